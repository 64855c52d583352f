/** One decision over many items: accept a model's suggestions above a confidence, with a live count, examples and one undo. */
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "../../commands/Dialog";
import { errorText } from "../../api/client";
import type { BulkAcceptResult } from "../../api/types";
import { newOpId } from "../../lib/outbox";
import { widgets } from "../../tasks";
import { Button, ErrorNote, Note } from "../../ui";
import { count, plural, score as scoreText } from "../../ui/format";
import { GuaranteeNote, PromisePicker, useGuarantee } from "../../ui/guarantee";
import css from "./bulk.module.css";
import { BulkExamples } from "./BulkExamples";
import { BulkUndo } from "./BulkUndo";
import { ScoreHistogram } from "./ScoreHistogram";
import { useBench, type Bench } from "./session";

export function BulkSheet({ onClose }: { onClose(): void }) {
  const bench = useBench();
  const { project, api, desk } = bench;
  const questions = project.spec.questions;
  const [name, setName] = useState(() => firstQuestion(bench));
  const [source, setSource] = useState<string | null>(desk.getState().source);
  const [least, setLeast] = useState(0.9);
  const [perLabel, setPerLabel] = useState<Record<string, number>>({});
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>(null);
  const question = questions.find((q) => q.name === name);
  const guarantee = useGuarantee(project.id, question, source);
  const { wish } = guarantee;
  const query = { question: name, min_score: least, per_label: perLabel, ...(source ? { source } : {}), ...(wish ? { promise: wish } : {}) };
  const histogram = useQuery({ queryKey: ["histogram", project.id, name, source], queryFn: () => api.histogram(name, source) });
  const trial = useQuery({
    queryKey: ["bulk-trial", project.id, query],
    queryFn: () => api.tryBulk(query, newOpId()),
    placeholderData: (before: BulkAcceptResult | undefined) => before,
    retry: false,
  });
  const change = (label: string, value: number | null) => {
    const next = { ...perLabel };
    if (value === null) delete next[label];
    else next[label] = value;
    setPerLabel(next);
  };
  const accept = async () => {
    setBusy(true);
    try {
      const result = await acceptMany(bench, query);
      onClose();
      offerUndo(bench, result, question?.title ?? name);
    } catch (error) {
      setFailed(error);
    } finally {
      setBusy(false);
    }
  };
  const changed = trial.error ? 0 : (trial.data?.changed ?? 0);
  const promised = trial.error ? null : (trial.data?.promise ?? null);
  const kept = wish === null || (promised !== null && promised.bound <= wish.target);
  return (
    <Dialog title="Accept suggestions on many items" size="wide" onClose={onClose}>
      <div className={css.sheet}>
        <div className={css.choices}>
          <label>Question
            <select value={name} onChange={(event) => { setName(event.target.value); setPerLabel({}); }}>
              {questions.filter((q) => widgets[q.type]).map((q) => <option key={q.name} value={q.name}>{q.title ?? q.name}</option>)}
            </select>
          </label>
          <label>Suggested by
            <select value={source ?? ""} onChange={(event) => setSource(event.target.value || null)}>
              <option value="">all models</option>
              {sourcesOf(bench).map((s) => <option key={s} value={s}>{s}</option>)}
            </select>
          </label>
        </div>
        <ScoreHistogram
          data={histogram.data} question={question} least={least} perLabel={perLabel} byLabel={trial.data?.by_label ?? {}}
          onLeast={setLeast} onLabel={change}
        />
        <PromisePicker choice={guarantee.choice} exact={guarantee.exact} usual={guarantee.usual} onChange={guarantee.setChoice} />
        {wish && !trial.error ? <GuaranteeNote offer={guarantee.offer.data} wish={wish} promised={promised} accepted={changed} onThreshold={(value) => { setPerLabel({}); setLeast(value); }} onAsk={guarantee.ask} /> : null}
        <ErrorNote error={failed ?? histogram.error ?? trial.error ?? guarantee.offer.error} />
        <p className={css.sum} aria-live="polite">
          <strong>{count(changed)}</strong> {changed === 1 ? "item gets its answer" : "items get their answer"} from the model at ≥ {scoreText(least)}. {left(trial.data)}
        </p>
        {trial.data && question && changed > 0 ? <BulkExamples ids={trial.data.examples} question={question} /> : null}
        {trial.data && changed === 0 ? <Note>No open suggestion reaches this confidence. Lower it, or let the model suggest for all items on the Models page.</Note> : null}
      </div>
      <div className={css.foot}>
        <span className="dim">{wish ? "One decision, undone as one; the promise is kept with it." : "One decision without a guarantee, undone as one."}</span>
        <Button kind="quiet" keys="Esc" onClick={onClose}>Cancel</Button>
        <Button kind="primary" busy={busy} disabled={changed === 0 || !kept || trial.isFetching} onClick={() => void accept()}>Accept {count(changed)}</Button>
      </div>
    </Dialog>
  );
}

/** The question to begin with: the active one if a model speaks about it, else one that a model speaks about. */
function firstQuestion({ desk, project }: Bench): string {
  const { open } = desk.getState();
  const { questions } = project.spec;
  const spoken = new Set(open?.work.suggestions.map((s) => s.question));
  if (open && spoken.has(open.active)) return open.active;
  return (questions.find((q) => spoken.has(q.name)) ?? questions[0])?.name ?? "";
}

type BulkQuery = Parameters<Bench["api"]["tryBulk"]>[0];

async function acceptMany({ outbox, project }: Bench, query: BulkQuery): Promise<BulkAcceptResult> {
  const op_id = newOpId();
  return (await outbox.deliver({
    op_id, project: project.id, kind: "bulk", item_id: null, method: "POST", path: `/projects/${project.id}/bulk/accept`,
    body: { ...query, op_id, dry_run: false }, title: `Bulk acceptance for “${query.question}”`,
  })) as BulkAcceptResult; // prettier-ignore
}

function offerUndo({ api, desk, supply }: Bench, result: BulkAcceptResult, title: string): void {
  const { bulk } = result;
  if (bulk === null) return;
  const id = `bulk-${bulk}`;
  const report = (error: unknown) => notifications.show({ color: "red", message: errorText(error) });
  const undo = () => {
    notifications.hide(id);
    api.undoBulk(bulk).then((r) => notifications.show({ message: `Undone: ${plural(r.reverted, "item")} open again.` }), report);
  };
  desk.recordEffect("bulk acceptance", { undo, redo: () => void api.redoBulk(bulk).catch(report) });
  notifications.show({ id, autoClose: 12_000, title: `${plural(result.changed, "item")} answered`, message: <BulkUndo title={title} onUndo={() => void desk.undo()} /> });
  void supply.exchange().catch(() => undefined);
}

function left(result: BulkAcceptResult | undefined): string {
  if (!result) return "";
  const parts = [
    result.skipped_lent > 0 ? `${plural(result.skipped_lent, "item")} in somebody's hands stay as they are` : "",
    result.skipped_blind > 0 ? `${count(result.skipped_blind)} are kept for measuring the model` : "",
  ].filter(Boolean);
  return parts.length > 0 ? `${parts.join("; ")}.` : "";
}

function sourcesOf({ project, desk }: Bench): string[] {
  const known = project.spec.predictors.map((p) => p.name).filter((n): n is string => typeof n === "string");
  const seen = (desk.getState().open?.work.suggestions ?? []).map((s) => s.source);
  return [...new Set([...project.spec.policy.workflows.map((w) => w.name), ...known, ...seen])];
}

