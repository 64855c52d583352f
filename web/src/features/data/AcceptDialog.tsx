/** Accept every suggestion above a confidence: see first how many and which, then do it as one step that can be undone. */
import { Modal, Select, Slider } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api/client";
import { modelsQuery } from "../../api/queries";
import type { BulkAcceptResult, Histogram, Project } from "../../api/types";
import { Button, ErrorNote, Note } from "../../ui";
import { count, plural, score } from "../../ui/format";
import { GuaranteeNote, PromisePicker, useGuarantee } from "../../ui/guarantee";
import layout from "../../ui/layout.module.css";
import { notify } from "../../ui/notify";
import { refreshAfterBulk, undoBulk } from "./bulk";
import { HistogramBars } from "./HistogramBars";
import { optionsOf } from "./questionText";

/** The items that it is about; null: all of the project. */
export interface AcceptScope {
  /** "the 12 items that match". */
  text: string;
  body: { item_ids: number[] } | { filter: object };
}

export function AcceptDialog({ project, scope, onClose }: { project: Project; scope: AcceptScope | null; onClose(): void }) {
  const { questions } = project.spec;
  const [question, setQuestion] = useState(questions[0]?.name ?? "");
  const [source, setSource] = useState<string | null>(null);
  const [least, setLeast] = useState(0.9);
  const [settled] = useDebouncedValue(least, 250);
  const models = (useQuery({ ...modelsQuery(project.id), retry: false }).data ?? []).filter((model) => model.question === question);
  const client = useQueryClient();
  const guarantee = useGuarantee(project.id, questions.find((one) => one.name === question), source);
  const { wish } = guarantee;
  const ask = (dry_run: boolean) =>
    api.post<BulkAcceptResult>(`/projects/${project.id}/bulk/accept`, {
      op_id: crypto.randomUUID(), question, source: source ?? undefined, min_score: dry_run ? settled : least, dry_run,
      ...scope?.body, ...(wish ? { promise: wish } : {}),
    });
  const histogram = useQuery({
    queryKey: ["histogram", project.id, question, source],
    queryFn: () => api.get<Histogram>(`/projects/${project.id}/suggestions/histogram`, { question, source }),
  });
  const dry = useQuery({ queryKey: ["bulk", project.id, "dry", question, source, settled, scope, wish], queryFn: () => ask(true), staleTime: 0, retry: false });
  const accept = useMutation({
    mutationFn: () => ask(false),
    onSuccess: (result) => {
      const { bulk } = result;
      const action = bulk === null ? undefined : { text: "Undo", run: () => undoBulk(client, project.id, bulk) };
      notify(`${plural(result.changed, "suggestion")} accepted.`, action);
      onClose();
    },
    onSettled: () => refreshAfterBulk(client, project.id),
  });
  const n = dry.error ? 0 : (dry.data?.changed ?? 0);
  const promised = dry.error ? null : (dry.data?.promise ?? null);
  const kept = wish === null || (promised !== null && promised.bound <= wish.target);
  return (
    <Modal opened onClose={onClose} title="Accept confident suggestions" centered size={620}>
      <div className={layout.stack}>
        <p>
          On <strong>{scope ? scope.text : "all items of the project"}</strong>, except those that have an answer.
        </p>
        <div className={layout.two}>
          <Select
            label="Question" value={question} allowDeselect={false} onChange={(value) => value && setQuestion(value)}
            data={questions.map((one) => ({ value: one.name, label: one.title ?? one.name }))}
          />
          <Select label="Suggested by" placeholder="any model" clearable value={source} onChange={setSource} data={models.map((model) => model.name)} />
        </div>
        <div>
          <div className={layout.row}>
            <span className={layout.grow}>Confidence at least</span>
            <span className="mono">{score(least)}</span>
          </div>
          <HistogramBars histogram={histogram.data} least={least} />
          {scope ? <p className={layout.help}>The bars count the suggestions of the whole project.</p> : null}
          <Slider min={0} max={1} step={0.01} value={least} onChange={setLeast} label={null} thumbLabel="Confidence at least" size="sm" />
        </div>
        <PromisePicker choice={guarantee.choice} exact={guarantee.exact} usual={guarantee.usual} onChange={guarantee.setChoice} />
        {wish && !dry.error ? <GuaranteeNote offer={guarantee.offer.data} wish={wish} promised={promised} accepted={n} onThreshold={setLeast} onAsk={guarantee.ask} /> : null}
        {dry.data && !dry.error ? <Preview project={project} question={question} result={dry.data} /> : null}
        <ErrorNote error={dry.error ?? accept.error ?? guarantee.offer.error} />
        <Note>Accepted in bulk is marked as such: it counts as an answer, but never as evidence of quality.</Note>
        <div className={layout.row} style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={accept.isPending} disabled={n === 0 || !kept || settled !== least || dry.isFetching} onClick={() => accept.mutate()}>
            Accept {count(n)}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

function Preview({ project, question, result }: { project: Project; question: string; result: BulkAcceptResult }) {
  const asked = project.spec.questions.find((one) => one.name === question);
  const titles = new Map((asked ? optionsOf(asked) : []).map((option) => [option.value, option.title]));
  const labels = Object.entries(result.by_label).sort((a, b) => b[1] - a[1]);
  return (
    <div className={`${layout.stack} ${layout.tight}`}>
      <p>{labels.length === 0 ? "Nothing is that confident." : labels.slice(0, 12).map(([label, n]) => `${titles.get(label) ?? label}: ${count(n)}`).join(" · ")}</p>
      {result.examples.length > 0 ? (
        <p className={layout.help}>
          Look at some:{" "}
          {result.examples.slice(0, 8).map((item, at) => (
            <span key={item}>
              {at > 0 ? ", " : ""}
              <Link to="/p/$projectId/data" params={{ projectId: project.id }} search={{ item }} target="_blank" style={{ textDecoration: "underline" }}>
                example {at + 1}
              </Link>
            </span>
          ))}
        </p>
      ) : null}
      {result.skipped_blind + result.skipped_lent > 0 ? (
        <p className={layout.help}>{count(result.skipped_lent + result.skipped_blind)} are left out: being labelled now, or kept for blind answers.</p>
      ) : null}
    </div>
  );
}
