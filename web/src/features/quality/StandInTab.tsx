/** May a model stand in for a person here? The alternative annotator test, with its verdict in words. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { standInQuery } from "../../api/qualityQueries";
import { modelsQuery } from "../../api/queries";
import type { Project, StandIn } from "../../api/types";
import { Empty, ErrorNote, Note, Panel, Skeleton } from "../../ui";
import { count, percent, plural } from "../../ui/format";
import { Figure, intervals, type Column, type PlotLibrary } from "../../ui/plot";
import layout from "../../ui/layout.module.css";
import { Big } from "./Big";
import css from "./quality.module.css";

type Question = Project["spec"]["questions"][number];
type Against = StandIn["against"][number];
const PERSON = "the person";
const PEOPLE = [
  { epsilon: 0.2, title: "Experts" },
  { epsilon: 0.15, title: "Skilled people" },
  { epsilon: 0.1, title: "Crowd workers" },
];

export function StandInTab({ project, question }: { project: Project; question: Question }) {
  const models = useQuery(modelsQuery(project.id));
  const [epsilon, setEpsilon] = useState(0.2);
  const able = (models.data ?? []).filter((one) => one.question === question.name);
  const [chosen, setChosen] = useState<number | null>(null);
  const model = able.find((one) => one.id === chosen) ?? able[0];
  if (models.isPending) return <Skeleton height={240} />;
  if (!model) return <Empty title="No model answers this question" text="Add one on the Models page; once it has answered items that people answered too, it can be tested here." />;
  return (
    <div className={layout.stack}>
      <div className={css.controls}>
        <div className={css.tabs} role="group" aria-label="Model">
          {able.map((one) => <button key={one.id} type="button" className={css.tab} aria-pressed={one.id === model.id} onClick={() => setChosen(one.id)}>{one.name}</button>)}
        </div>
        <span className="dim">in the place of</span>
        <div className={css.tabs} role="group" aria-label="In the place of">
          {PEOPLE.map((one) => <button key={one.epsilon} type="button" className={css.tab} aria-pressed={one.epsilon === epsilon} onClick={() => setEpsilon(one.epsilon)}>{one.title}</button>)}
        </div>
      </div>
      <Verdict project={project} question={question} model={model.id} epsilon={epsilon} />
    </div>
  );
}

function Verdict({ project, question, model, epsilon }: { project: Project; question: Question; model: number; epsilon: number }) {
  const found = useQuery(standInQuery(project.id, question.name, model, epsilon));
  const report = found.data;
  return (
    <>
      <ErrorNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isPending ? <Skeleton height={240} /> : null}
      {report ? <Report report={report} /> : null}
    </>
  );
}

function Report({ report }: { report: StandIn }) {
  return (
    <>
      <Note tone={report.passes === null ? "neutral" : report.passes ? "ok" : "warn"}>{report.words}</Note>
      {report.against.length > 0 ? (
        <Panel title={report.model}>
          <div className={css.headline}>
            <div className={css.big} data-main>
              <h3>People it holds its own against</h3>
              <strong>{count(report.against.filter((one) => one.wins).length)} of {count(report.against.length)}</strong>
              <span className={layout.help}>half are needed</span>
            </div>
            <Big name="Items on which it is at least as close to the others" figure={report.advantage} asShare about="mean over people" />
          </div>
        </Panel>
      ) : null}
      {report.against.length > 0 ? <Panel><People report={report} /></Panel> : null}
      <p className={layout.help}>
        Each person in turn is compared with the model: who is closer to all the others? Only answers given without a suggestion on the screen count; a model that
        learns here is tested on blind items only. A person’s work is allowed an advantage of {report.epsilon.toFixed(2)} for its price.
        {report.skipped > 0 ? ` ${plural(report.skipped, "person", "people")} with fewer than ten items are left out.` : ""} After Calderon, Reichart and Dror (2025), with an exact test.
      </p>
    </>
  );
}

function People({ report }: { report: StandIn }) {
  const rows = report.against;
  const drawn = useMemo(
    () => rows.slice(0, 40).flatMap((row) => [{ name: row.name, value: row.advantage, low: row.low, high: row.high, group: report.model }, { name: row.name, value: row.own, low: null, high: null, group: PERSON }]),
    [rows, report.model],
  );
  const draw = useCallback((plot: PlotLibrary, width: number) => intervals(plot, width, drawn, { label: "at least as close", domain: [0, 1], percent: true }), [drawn]);
  const columns: Column<Against>[] = [
    { title: "person", value: (row) => row.name },
    { title: "items", value: (row) => row.n },
    { title: "model at least as close", value: (row) => row.advantage, text: (row) => percent(row.advantage) },
    { title: "low", value: (row) => row.low, text: (row) => percent(row.low) },
    { title: "high", value: (row) => row.high, text: (row) => percent(row.high) },
    { title: "person at least as close", value: (row) => row.own, text: (row) => percent(row.own) },
    { title: "p", value: (row) => row.p, text: (row) => row.p.toFixed(3) },
    { title: "holds its own", value: (row) => row.wins, text: (row) => (row.wins ? "yes" : "not shown") },
  ];
  return <Figure title="Against each person" rows={rows} columns={columns} draw={draw} file="stand-in" basis={plural(report.n_items, "item")} groups={[report.model, PERSON]} note={`Share of items on which ${report.model} is at least as close to the other people as this person is, with exact 95% intervals, and the other way round. It holds its own where it is shown to lie less than ${report.epsilon.toFixed(2)} behind the person.${rows.length > 40 ? " The first 40 are drawn; the table has all." : ""}`} />;
}
