/** Review: one case at a time, answers side by side, one key for each decision. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useState } from "react";
import { meQuery, projectQuery, reviewQuery } from "../../api/queries";
import type { Project, ReviewCase } from "../../api/types";
import { seedOf } from "../../lib/shuffle";
import { widgets } from "../../tasks";
import { Button, ErrorNote, Kbd, Skeleton } from "../../ui";
import { count } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { CaseView } from "./CaseView";
import { CasePicker } from "./CasePicker";
import { NothingToReview } from "./NothingToReview";
import { ReturnDialog } from "./ReturnDialog";
import css from "./review.module.css";
import { WaysDialog } from "./WaysDialog";
import { useDesk, useOutbox, useReviewCommands, useReviewDesk, type Filters } from "./useReview";

const route = getRouteApi("/inside/p/$projectId/review");

export function ReviewPage() {
  const { projectId } = route.useParams();
  const filters = route.useSearch();
  const project = useQuery(projectQuery(projectId)).data;
  const me = useQuery(meQuery).data;
  if (!project || !me) return <div className={layout.page}><Skeleton height={320} /></div>;
  return <Room key={`${projectId} ${filters.kind ?? ""} ${filters.question ?? ""}`} project={project} user={me.user.id} filters={filters} />;
}

function Room({ project, user, filters }: { project: Project; user: number; filters: Filters }) {
  const desk = useReviewDesk(user, project.id, filters);
  const summary = useQuery(reviewQuery(project.id)).data;
  const found = useDesk(desk, (s) => s.cases[0]);
  const phase = useDesk(desk, (s) => s.phase);
  const error = useDesk(desk, (s) => s.error);
  const past = useDesk(desk, (s) => s.past);
  const returning = useDesk(desk, (s) => s.returning);
  const chosen = useDesk(desk, (s) => s.chosen);
  const [only, setOnly] = useState(false);
  const [ways, setWays] = useState(false);
  const [notice, setNotice] = useState<string | null>(null);
  const question = project.spec.questions.find((q) => q.name === found?.question);
  const save = () => {
    const trouble = found && question ? unsaveable(desk.store.getState().draft?.value, found, question.type, project, user) : null;
    setNotice(trouble?.notice ?? null);
    if (trouble && trouble.notice === null) desk.saveFix(trouble.value);
  };
  useReviewCommands(desk, project, { save, onlyDifferences: () => setOnly(!only) });
  const last = past.at(-1);
  return (
    <div className={css.page}>
      <header className={css.strip}>
        <h1>Review</h1>
        <CasePicker project={project} summary={summary} filters={filters} />
        <span className={layout.grow} />
        {last ? <span className={css.last} role="status">Item {count(last.case.item.ord)} {last.said}</span> : null}
        <Saved user={user} />
        <label className={css.toggle}><input type="checkbox" checked={only} onChange={() => setOnly(!only)} /> only what differs <Kbd>D</Kbd></label>
        <Button size="small" onClick={() => setWays(true)}>Ways</Button>
        <Button size="small" icon={<IconArrowBackUp size={15} />} disabled={past.length === 0} keys="Ctrl+Z" onClick={() => desk.undo()}>Undo</Button>
      </header>
      {error && phase !== "failed" ? <ErrorNote error={error} onRetry={() => void desk.fill()} /> : null}
      {phase === "failed" ? <div className={layout.page}><ErrorNote error={error} onRetry={() => void desk.fill()} /></div> : null}
      {phase === "loading" ? <div className={layout.page}><Skeleton height={280} /></div> : null}
      {phase === "empty" ? <NothingToReview project={project} filters={filters} onAgain={() => void desk.fill()} /> : null}
      {phase === "working" && found && question ? (
        <>
          <CaseView key={found.id} desk={desk} found={found} project={project} question={question} user={user} only={only} notice={notice} onSave={save} />
          <Foot found={found} onFix={() => desk.beginFix()} onReturn={() => desk.store.setState({ returning: true })} onSkip={() => desk.skip()} onAccept={() => desk.acceptChosen()} ready={chosen !== null || found.answers.length === 1} />
        </>
      ) : null}
      {ways ? <WaysDialog project={project} onClose={() => setWays(false)} /> : null}
      {returning && found ? (
        <ReturnDialog found={found} chosen={typeof chosen === "number" ? chosen : null} onSend={(annotation, reason) => desk.sendBack(annotation, reason)} onClose={() => desk.leave()} />
      ) : null}
    </div>
  );
}

interface FootProps {
  found: ReviewCase;
  ready: boolean;
  onAccept(): void;
  onFix(): void;
  onReturn(): void;
  onSkip(): void;
}

function Foot({ found, ready, onAccept, onFix, onReturn, onSkip }: FootProps) {
  return (
    <footer className={css.foot}>
      <Button kind="primary" disabled={!ready} keys="Enter" onClick={onAccept}>Accept the chosen one</Button>
      <Button keys="F" onClick={onFix}>Correct</Button>
      <Button keys="B" disabled={!found.answers.some((a) => a.returnable)} onClick={onReturn}>Send back</Button>
      <Button keys="S" onClick={onSkip}>Skip</Button>
      <span className={css.hint}>A digit accepts an answer at once; arrows choose.</span>
    </footer>
  );
}

function Saved({ user }: { user: number }) {
  const { queued, parked, online } = useOutbox(user);
  if (parked > 0) return <span className={css.saved} data-tone="danger">{parked} refused: see Label, “Saved”</span>;
  if (!online) return <span className={css.saved} data-tone="warn">Offline · {queued} kept</span>;
  return <span className={css.saved}>{queued > 0 ? `${queued} queued` : "Saved"}</span>;
}

/** What keeps a correction from being saved, in words; or the value as it is sent. */
function unsaveable(value: unknown, found: ReviewCase, type: string, project: Project, user: number): { notice: string | null; value: unknown } {
  const widget = widgets[type];
  const question = project.spec.questions.find((q) => q.name === found.question);
  if (!widget || !question) return { notice: null, value };
  const nothing = widget.nothing?.(question) ?? (widget.place === "field" ? [] : undefined);
  if (widget.isEmpty(value)) return nothing === undefined ? { notice: "Give an answer first.", value } : { notice: null, value: nothing };
  const place = { item: found.item, question, seed: seedOf(user, found.item.id, question.name) };
  const problem = widget.problem?.(value, place) ?? null;
  return { notice: problem, value: widget.seal ? widget.seal(value, place) : value };
}
