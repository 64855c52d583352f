/** What stands in the place of candidates that models are still writing, or could not write; and the box to write on. */
import { IconRefresh, IconSend } from "@tabler/icons-react";
import { useEffect, useState, type KeyboardEvent } from "react";
import { useStore } from "zustand";
import type { Question } from "../../api/types";
import { manages } from "../../lib/rights";
import { liveOf } from "../../tasks/candidates/live";
import { letterOf } from "../../tasks/candidates/candidates";
import { Button, IconButton, Note } from "../../ui";
import { plural } from "../../ui/format";
import { roundKey, type Round } from "./logic/contest";
import css from "./making.module.css";
import { useBench, useDesk } from "./session";

const PATIENT_SECONDS = 3;

function useRound(question: Question): { item: number; round: Round | undefined } {
  const { contest } = useBench();
  const item = useDesk((s) => s.open?.work.item.id ?? 0);
  return { item, round: useStore(contest.store, (rounds) => rounds[roundKey(item, question.name)]) };
}

/** In the place of the candidates: they are being written, or why there are none. */
export function Making({ question }: { question: Question }) {
  const { round } = useRound(question);
  if (round && round.phase !== "making" && round.phase !== "ready") return <Trouble question={question} round={round} />;
  const n = liveOf(question)?.draw ?? 2;
  return (
    <div className={css.making} role="status" aria-live="polite">
      <div className={css.cards}>
        {Array.from({ length: n }, (_, at) => (
          <div key={at} className={css.card} aria-hidden>
            <b>{letterOf(at)}</b>
            <i /><i /><i />
          </div>
        ))}
      </div>
      <p>
        {n === 2 ? "Both models are" : `${n} models are`} writing. Their answers appear together. <Waited since={round?.since ?? 0} />
      </p>
    </div>
  );
}

/** Seconds of waiting, once there are some worth telling. */
function Waited({ since }: { since: number }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const clock = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(clock);
  }, []);
  const seconds = since > 0 ? Math.round((now - since) / 1000) : 0;
  if (seconds < PATIENT_SECONDS) return null;
  return <span className={css.waited}>{plural(seconds, "second")} so far; waiting does not count as your working time.</span>;
}

const WHAT_TO_DO: Record<"failed" | "refused" | "spent", string> = {
  failed: "What was answered is kept; only what is missing is asked again.",
  refused: "Skip the item (S), or tell whoever manages the project.",
  spent: "Nothing was sent. Skip the item (S), or tell whoever manages the project.",
};

function Trouble({ question, round }: { question: Question; round: Round }) {
  const { contest, project } = useBench();
  const item = useDesk((s) => s.open?.work.item.id ?? 0);
  const phase = round.phase as keyof typeof WHAT_TO_DO;
  const detail = manages(project.my_role) && round.detail !== round.message ? round.detail : "";
  return (
    <div className={css.trouble} role="alert">
      <Note tone="warn">
        <strong>There is nothing to compare yet.</strong> {round.message} {WHAT_TO_DO[phase]}
        {detail ? <small>For managers: {detail}</small> : null}
      </Note>
      <Button size="small" icon={<IconRefresh size={15} aria-hidden />} onClick={() => contest.retry(item, question)}>Try again</Button>
    </div>
  );
}

/** Under the candidates: write on, and all models answer again. */
export function WriteOn({ question }: { question: Question }) {
  const { contest } = useBench();
  const { item, round } = useRound(question);
  const [text, setText] = useState("");
  const [refusal, setRefusal] = useState<string | null>(null);
  const most = liveOf(question)?.follow_ups ?? 0;
  if (most === 0 || !round) return null;
  if (round.phase === "making" && round.turns > 0) return <p className={css.again} role="status">All models are answering what you wrote. <Waited since={round.since} /></p>;
  if (round.phase !== "ready" && round.phase !== "making") return <Trouble question={question} round={round} />;
  if (round.followUps === 0) return round.turns > most ? <p className={css.again}>No more can be written for this item.</p> : null;
  const send = async () => {
    if (text.trim() === "") return;
    const wrong = await contest.writeOn(item, question, text);
    setRefusal(wrong);
    if (wrong === null) setText("");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    void send();
  };
  return (
    <div className={css.writeOn}>
      <div className={css.box}>
        <textarea
          aria-label="Write on to all models" placeholder="Write on: all models get the same words and answer again" rows={1} value={text} maxLength={20_000}
          onChange={(event) => setText(event.currentTarget.value)} onKeyDown={onKeyDown}
        />
        <IconButton label="Send to all models" disabled={text.trim() === ""} onClick={() => void send()}><IconSend size={16} /></IconButton>
      </div>
      <small>{refusal ?? `Enter sends, Shift+Enter makes a new line. ${plural(round.followUps, "follow-up")} left; the answers are judged as whole conversations.`}</small>
    </div>
  );
}
