/** What a judge says of the answer in hand: criterion by criterion, with the words it rests on. Advice, never a lock. */
import { IconCheck, IconPlayerStop, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { rubricQuery } from "../../api/queries";
import type { LiveJudge, Rubric, VerdictView } from "../../api/types";
import { useKey } from "../../commands/live";
import { markEvidence, showQuote } from "../../lib/evidence";
import { widgets } from "../../tasks";
import { Button, Note, Skeleton } from "../../ui";
import { Scores } from "../../ui/Scores";
import css from "./judge.module.css";
import { useBench, useDesk } from "./session";
import { useJudgeReady, useJudgeState } from "./useJudge";

export function JudgePanel({ judges }: { judges: readonly LiveJudge[] }) {
  const { judge: desk } = useBench();
  const { judge, ready } = useJudgeReady(judges);
  const state = useJudgeState((s) => s);
  const askKey = useKey("judge.ask") ?? undefined;
  const waiting = state.phase === "waiting";
  if (!judge) return <p className="dim">No judge looks at this question.</p>;
  return (
    <div className={css.panel}>
      <div className={css.top}>
        <Button size="small" wide disabled={!ready || waiting} keys={askKey} onClick={() => void desk.ask()}>
          {state.verdict ? "Judge again" : "Judge my answer"}
        </Button>
        <p className={css.about}>
          <b>{judge.name}</b>, {judge.live === "paused" ? "speaks when you pause" : "speaks when asked"}. You can submit at any time.
        </p>
        {judge.tested ? null : <p className={css.untested}>Not tested here yet: nobody knows how often it is wrong.</p>}
      </div>
      <div role="log" aria-live="polite" aria-busy={waiting} aria-label="Advice of the judge" className={css.answer}>
        {waiting ? <Waiting /> : null}
        {state.phase === "failed" ? <Note tone="danger" role="alert">{state.error}</Note> : null}
        {state.phase === "stopped" ? <p className="dim">Stopped.</p> : null}
        {state.phase === "unavailable" ? <p className="dim">No advice for this item.</p> : null}
        {state.verdict ? <Told view={state.verdict} /> : null}
      </div>
    </div>
  );
}

function Waiting() {
  const { judge } = useBench();
  return (
    <div className={css.waiting}>
      <i aria-hidden />
      <span>Reading your answer…</span>
      <Button size="small" kind="quiet" icon={<IconPlayerStop size={14} />} onClick={() => judge.stop()}>Stop</Button>
    </div>
  );
}

function Told({ view }: { view: VerdictView }) {
  const { judge, project } = useBench();
  const versions = useQuery(rubricQuery(project.id, view.rubric_id)).data;
  const value = useDesk((s) => s.open?.values[view.question]);
  const rubric = versions?.find((r) => r.id === view.rubric_id)?.rubric;
  const { verdict } = view;
  useEffect(() => markEvidence(rooms(), verdict.scores.flatMap((s) => s.evidence)), [verdict]);
  if (!rubric) return <Skeleton height={120} />;
  return (
    <div className={css.told} data-faded={view.response === "dismissed" || undefined}>
      <p className={css.result} data-passed={verdict.passed}>
        {verdict.passed ? <IconCheck size={15} aria-hidden /> : <IconX size={15} aria-hidden />}
        {verdict.passed ? "Passes the rubric" : "Below the mark"}
      </p>
      {judge.stale(value) ? <p className={css.stale}>You have changed your answer since.</p> : null}
      {verdict.own_model ? <p className={css.own}>Careful: this model also made the suggestion on your screen.</p> : null}
      {verdict.advice ? <p className={css.advice}>{verdict.advice}</p> : null}
      <Proposal view={view} />
      <Answered view={view} />
      <Scores rubric={rubric as Rubric} verdict={verdict} onQuote={(quote) => showQuote(rooms(), quote)} />
    </div>
  );
}

/** Where the item and the answer stand. */
function rooms(): Element[] {
  return [...document.querySelectorAll("[data-evidence]")];
}

function Proposal({ view }: { view: VerdictView }) {
  const { project } = useBench();
  const { proposal } = view.verdict.info;
  const question = project.spec.questions.find((q) => q.name === view.question);
  const widget = question && widgets[question.type];
  if (proposal === undefined || !question || !widget) return null;
  const { View } = widget;
  return (
    <div className={css.proposal} role="group" aria-label="Proposed answer">
      <View question={question} value={proposal} />
    </div>
  );
}

/** Taken or waved away by one key each; afterwards what was done. */
function Answered({ view }: { view: VerdictView }) {
  const { judge } = useBench();
  const takeKey = useKey("judge.take") ?? undefined;
  const dismissKey = useKey("judge.dismiss") ?? undefined;
  if (view.response === "dismissed") return <small className="dim">Dismissed; kept as a possible false alarm.</small>;
  if (view.response === "taken") return <small className="dim">Taken into your answer. Undo brings yours back.</small>;
  const said = view.verdict.advice !== "" || !view.verdict.passed;
  return (
    <div className={css.actions}>
      {view.verdict.info.proposal === undefined ? null : (
        <Button size="small" kind="primary" icon={<IconCheck size={14} />} keys={takeKey} onClick={() => judge.take()}>Use it</Button>
      )}
      {said ? <Button size="small" kind="quiet" keys={dismissKey} onClick={() => judge.dismiss()}>Dismiss</Button> : null}
    </div>
  );
}
