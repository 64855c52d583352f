/** What share of all items is what, how high is the mean, how good is the model: each with an interval, and what would halve it. */
import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { modelsQuery, projectQuery, totalsQuery } from "../../api/queries";
import type { Project, Totals } from "../../api/types";
import { Empty, ErrorNote, Note, Skeleton } from "../../ui";
import { count, plural } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { DifferencesFigure, TotalsFigure } from "./TotalsFigure";

const route = getRouteApi("/inside/p/$projectId/totals");

export function TotalsPage() {
  const { projectId } = route.useParams();
  const project = useQuery(projectQuery(projectId)).data;
  return project ? <Choosing key={project.id} project={project} /> : null;
}

function Choosing({ project }: { project: Project }) {
  const { questions } = project.spec;
  const [question, setQuestion] = useState(questions[0]?.name ?? "");
  const [source, setSource] = useState<string | null>(null);
  const [by, setBy] = useState<string | null>(null);
  const all = useQuery(modelsQuery(project.id)).data;
  const models = (all ?? []).filter((model) => model.question === question);
  const open = models.filter((model) => model.enabled);
  const chosen = source ?? (open.length > 1 ? (open.find((model) => model.version > 0) ?? open[0])!.name : null);
  const found = useQuery({ ...totalsQuery(project.id, question, chosen, by), enabled: question !== "" && models.length > 0 });
  const known = found.data;
  return (
    <div className={layout.page}>
      <div className={layout.pageHead}>
        <div>
          <h1>Totals</h1>
          <p>Figures about all items, from the model’s word on all of them and what people said blind of some.</p>
        </div>
      </div>
      <div className={layout.stack}>
        <div className={`${layout.row} ${layout.wrap}`}>
          <Select
            label="Question" value={question} allowDeselect={false} data={questions.map((one) => ({ value: one.name, label: one.title ?? one.name }))}
            onChange={(value) => { setQuestion(value ?? question); setSource(null); setBy(null); }}
          />
          <Select label="Model" placeholder={known?.source ?? "the only one"} value={chosen} onChange={setSource} data={models.map((model) => model.name)} />
          <Select label="Also by" placeholder="nothing" clearable value={by} onChange={setBy} data={known?.slices ?? []} disabled={!known || known.slices.length === 0} />
        </div>
        {models.length > 0 ? <ErrorNote error={found.error} onRetry={() => void found.refetch()} /> : null}
        {found.isLoading ? <Skeleton height={280} /> : null}
        {all !== undefined && models.length === 0 ? <Empty title="No model yet" text="Totals rest on a model that has spoken of all items. Add one on the Models page." /> : null}
        {models.length > 0 && known && !found.error ? <Found project={project} totals={known} by={by} /> : null}
      </div>
    </div>
  );
}

function Found({ project, totals, by }: { project: Project; totals: Totals; by: string | null }) {
  const question = project.spec.questions.find((one) => one.name === totals.question);
  const titles = new Map(((question?.config?.labels ?? []) as { value: string; title?: string }[]).map((one) => [one.value, one.title ?? one.value]));
  const title = (label: string) => titles.get(label) ?? label;
  const basis = `${plural(totals.items, "item")}, ${count(totals.labels)} labelled blind or in an audit`;
  const left = project.counts.items - totals.items;
  const whole = totals.figures.filter((one) => one.slice === "");
  const sliced = totals.figures.filter((one) => one.slice !== "");
  return (
    <>
      {left > 0 ? <Note>{plural(left, "item", "items")} of {count(project.counts.items)} {left === 1 ? "has" : "have"} only answers that were given with help or that taught the model: they are left out on both sides.</Note> : null}
      {totals.notes.map((text) => <Note key={text}>{text}</Note>)}
      {whole.length > 0 ? <TotalsFigure title={`All items: “${question?.title ?? totals.question}”`} basis={basis} figures={whole} label={title} level={totals.level} /> : null}
      {sliced.length > 0 ? <TotalsFigure title={`By ${by ?? "slice"}`} basis={basis} figures={sliced} label={title} level={totals.level} /> : null}
      {totals.differences.length > 0 ? <DifferencesFigure basis={basis} differences={totals.differences} label={title} level={totals.level} /> : null}
      {totals.metrics.length > 0 ? (
        <TotalsFigure title={`How good is ${totals.source}?`} basis={`${basis}; of what the model has spoken of`} figures={totals.metrics} label={title} level={totals.level} />
      ) : null}
    </>
  );
}
