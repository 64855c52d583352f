/** What a study found, from the verdict down to the single person; made to be read on paper as well. */
import { lazy, Suspense } from "react";
import type { StudyContrast, StudyReport } from "../../api/types";
import { Note, Panel, Skeleton, TableFile } from "../../ui";
import { count, duration, percent, plural } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { ByPerson, ByStratum, Caps, Practice } from "./ReportFigures";
import css from "./studies.module.css";
import { change, headline, pointsText, pText, ratioText, VERDICTS, whyOpen } from "./studyWords";

const Markdown = lazy(() => import("../../ui/Markdown"));

export function ReportView({ report }: { report: StudyReport }) {
  const { conduct } = report;
  return (
    <div className={css.report}>
      {conduct.rehearsed ? <Note>A rehearsal with simulated people.</Note> : null}
      {conduct.closed ? null : <Note tone="warn">The study still runs: these figures will change, and looking at them was counted.</Note>}
      {report.contrasts.map((contrast) => <Verdict key={contrast.arm} contrast={contrast} report={report} />)}
      <Panel title="Arms" tools={<ArmsFile report={report} />} flush><Arms report={report} /></Panel>
      <div className={css.plots}>
        {report.contrasts.map((contrast) => (contrast.people.length > 0 ? <Panel key={`p${contrast.arm}`}><ByPerson contrast={contrast} /></Panel> : null))}
        {report.contrasts.map((contrast) => (contrast.strata.length > 1 ? <Panel key={`s${contrast.arm}`}><ByStratum contrast={contrast} /></Panel> : null))}
        <Panel><Caps report={report} /></Panel>
        <Panel><Practice report={report} /></Panel>
      </div>
      <Panel title="Methods">
        <div className={css.methods}>
          <Suspense fallback={<Skeleton height={200} />}><Markdown text={report.methods} /></Suspense>
        </div>
      </Panel>
    </div>
  );
}

function Verdict({ contrast, report }: { contrast: StudyContrast; report: StudyReport }) {
  const { verdict, time, quality } = contrast;
  const known = VERDICTS[verdict.grid] ?? { title: verdict.grid, tone: "neutral" as const };
  const margin = `${(100 * report.design.margin).toFixed(1).replace(/\.0$/, "")} points`;
  return (
    <section className={css.verdict} data-tone={known.tone}>
      <div className={`${layout.row} ${layout.top}`}>
        <h3 className={layout.grow}>{contrast.arm} against {contrast.against}: {headline(verdict)}</h3>
        <TableFile file={`study-${contrast.arm}`} label="Download the figures (CSV)" header={["figure", "value", "low", "high", "p", "rests on", "how"]} rows={() => contrastRows(contrast)} />
      </div>
      <p>
        {time.value === null ? "Time cannot be told." : `Time: ${change(time.value)} (${verdict.time}).`} Quality: {verdict.quality}
        {quality.value === null ? `, ${quality.method}` : ` (margin ${margin})`}. It speaks of {contrast.scope}. {whyOpen(contrast, report.design.level)}
      </p>
      <dl className={css.figures}>
        <Item name="Time, ratio of geometric means" value={ratioText(time)} note={`${pText(time.p_holm ?? time.p)}, ${plural(time.n, "person", "people")}; ${time.method}`} />
        <Item name="Quality, difference" value={pointsText(quality, true)} note={plural(quality.n, "answer")} />
        <Item name="Correct labels an hour, ratio" value={ratioText(contrast.throughput)} note={tested(contrast.throughput, "person", "people")} />
        <Item name="Second opinion on time" value={ratioText(contrast.mixed)} note={contrast.mixed.value === null ? "" : `${tested(contrast.mixed, "person", "people")}; ${contrast.mixed.method}`} />
        <Item name="Time with waiting for models" value={ratioText(contrast.with_waiting)} note={tested(contrast.with_waiting, "person", "people")} />
        <Item name="Pull of suggestions" value={pointsText(contrast.pull, true)} note={contrast.pull.value === null ? "" : `agreement shown minus withheld, ${plural(contrast.pull.n, "answer")}`} />
        <Item name="Wrong suggestions kept" value={pointsText(contrast.over_reliance)} note={`of ${plural(contrast.over_reliance.n, "wrong one", "wrong ones")} shown`} />
        <Item name="Right suggestions changed" value={pointsText(contrast.under_reliance)} note={`of ${plural(contrast.under_reliance.n, "right one", "right ones")} shown`} />
        <Item name="Task load, difference (0 to 100)" value={numberText(contrast.load)} note={plural(contrast.load.n, "person", "people")} />
        <Item name="Saving that people believe in" value={contrast.perceived.value === null ? contrast.perceived.method : percent(contrast.perceived.value)} note={contrast.perceived.value === null ? "" : `mean of ${plural(contrast.perceived.n, "person", "people")}${time.value === null ? "" : `; measured: ${change(time.value)}`}`} />
      </dl>
    </section>
  );
}

const FIGURES = [
  ["time, ratio", "time"], ["quality, difference", "quality"], ["correct labels an hour, ratio", "throughput"], ["time, mixed model", "mixed"],
  ["time with waiting, ratio", "with_waiting"], ["pull of suggestions", "pull"], ["wrong suggestions kept", "over_reliance"],
  ["right suggestions changed", "under_reliance"], ["task load, difference", "load"], ["saving that people believe in", "perceived"],
] as const;

function contrastRows(contrast: StudyContrast) {
  return FIGURES.map(([name, key]) => {
    const { value, low, high, p, n, method } = contrast[key];
    return [name, value, low, high, p, n, method];
  });
}

/** "p = 0.031, 6 people". */
function tested(figure: StudyContrast["time"], one: string, many: string): string {
  return figure.value === null ? "" : `${pText(figure.p)}, ${plural(figure.n, one, many)}`;
}

function Item({ name, value, note }: { name: string; value: string; note: string }) {
  return <div><dt>{name}</dt><dd>{value}<small>{note}</small></dd></div>;
}

function Arms({ report }: { report: StudyReport }) {
  const { currency } = report.design;
  const fixed = (value: number | null, digits = 1) => (value === null ? "–" : value.toFixed(digits));
  return (
    <div className={layout.scroll}>
      <table className={`${layout.table} ${css.armsTable}`}>
        <thead>
          <tr>
            <th>Arm</th><th className={layout.number}>Answers</th><th className={layout.number}>People</th><th className={layout.number} title="Geometric mean of active seconds an item">Seconds</th>
            <th className={layout.number}>Median</th><th>Right</th><th className={layout.number}>Right an hour</th><th className={layout.number}>Cost of a right one</th>
            <th className={layout.number}>Task load</th><th className={layout.number} title="Trust, usefulness, control: 1 to 5">Trust</th><th className={layout.number}>Hours</th>
          </tr>
        </thead>
        <tbody>
          {report.arms.map((arm) => (
            <tr key={arm.arm}>
              <td className={css.whole}>{arm.arm}</td>
              <td className={layout.number}>{count(arm.answers)}</td>
              <td className={layout.number}>{arm.people}</td>
              <td className={layout.number}>{fixed(arm.seconds)}</td>
              <td className={layout.number}>{fixed(arm.median_seconds)}</td>
              <td className={css.whole}>{pointsText(arm.quality)}{arm.quality.value === null ? null : <small>{plural(arm.checked, "answer")} checked</small>}</td>
              <td className={layout.number}>{fixed(arm.correct_per_hour, 0)}</td>
              <td className={layout.number}>{arm.cost_per_correct === null ? "–" : `${arm.cost_per_correct.toFixed(3)} ${currency}`}</td>
              <td className={layout.number}>{fixed(arm.load, 0)}</td>
              <td className={`${layout.number} ${css.whole}`}>{arm.trust.length ? arm.trust.map((v) => v.toFixed(1)).join(" / ") : "–"}</td>
              <td className={layout.number} title={duration(arm.hours * 3600)}>{arm.hours.toFixed(2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ArmsFile({ report }: { report: StudyReport }) {
  const header = ["arm", "answers", "people", "seconds, geometric mean", "seconds, median", "right", "right, low", "right, high", "checked", "right an hour", "cost of a right one", "task load", "trust", "useful", "control", "hours"];
  const rows = () =>
    report.arms.map((arm) => [
      arm.arm, arm.answers, arm.people, arm.seconds, arm.median_seconds, arm.quality.value, arm.quality.low, arm.quality.high, arm.checked,
      arm.correct_per_hour, arm.cost_per_correct, arm.load, arm.trust[0], arm.trust[1], arm.trust[2], arm.hours,
    ]);
  return <TableFile file="study-arms" header={header} rows={rows} />;
}

function numberText(figure: StudyContrast["load"]): string {
  if (figure.value === null) return figure.method || "cannot be told";
  const between = figure.low !== null && figure.high !== null ? ` (${figure.low.toFixed(1)} to ${figure.high.toFixed(1)})` : "";
  return `${figure.value > 0 ? "+" : ""}${figure.value.toFixed(1)}${between}`;
}
