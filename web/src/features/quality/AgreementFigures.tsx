/** Agreement drawn: by label, by pair of people, and the labels that are taken for one another. */
import { useCallback, useMemo } from "react";
import type { AgreementReport, QualityFigure } from "../../api/types";
import { Panel } from "../../ui";
import { count, percent, plural } from "../../ui/format";
import { bars, Figure, intervals, type Column, type PlotLibrary } from "../../ui/plot";
import { estimate } from "./figureWords";
import layout from "../../ui/layout.module.css";
import css from "./quality.module.css";

type LabelLine = AgreementReport["labels"][number];
type PairLine = AgreementReport["pairs"][number];
type Confused = AgreementReport["confused"][number];
const SHOWN = 25;

function figureColumns<Row>(name: string, get: (row: Row) => QualityFigure | null): Column<Row>[] {
  return [
    { title: name, value: (row) => get(row)?.value ?? null, text: (row) => three(get(row)?.value) },
    { title: `${name}, low`, value: (row) => get(row)?.low ?? null, text: (row) => three(get(row)?.low) },
    { title: `${name}, high`, value: (row) => get(row)?.high ?? null, text: (row) => three(get(row)?.high) },
    { title: `${name}, items`, value: (row) => get(row)?.n_items ?? 0 },
  ];
}

const three = (value: number | null | undefined) => (value === null || value === undefined ? "–" : value.toFixed(3));
const SHARE = { label: "agreement", domain: [0, 1] as [number, number], percent: true };

export function AgreementFigures({ report }: { report: AgreementReport }) {
  return (
    <div className={css.two}>
      <div className={layout.stack}>
        {report.labels.length > 1 ? <Panel><Labels report={report} /></Panel> : null}
        {report.confused.length > 1 ? <Panel><Mixed report={report} /></Panel> : null}
      </div>
      {report.pairs.length > 0 ? <Panel><Pairs report={report} /></Panel> : null}
    </div>
  );
}

function Labels({ report }: { report: AgreementReport }) {
  const rows = report.labels;
  const drawn = useMemo(() => rows.slice(0, SHOWN).map((row) => estimate(row.label, row.specific)), [rows]);
  const draw = useCallback((plot: PlotLibrary, width: number) => intervals(plot, width, drawn, SHARE), [drawn]);
  const columns: Column<LabelLine>[] = [
    { title: "label", value: (row) => row.label },
    { title: "answers", value: (row) => row.n },
    ...figureColumns<LabelLine>("agreement on it", (row) => row.specific),
    ...(rows.some((row) => row.alpha) ? figureColumns<LabelLine>("alpha", (row) => row.alpha) : []),
  ];
  const more = rows.length > SHOWN ? ` The ${SHOWN} most frequent are drawn; the table has all.` : "";
  return (
    <Figure
      title="By label" rows={rows} columns={columns} draw={draw} file="agreement-by-label"
      basis={`${plural(report.alpha.n_items, "item")} with two answers or more`}
      note={`Where one answer has the label, how likely a second one has it too, with 95% intervals.${more}`}
    />
  );
}

function Pairs({ report }: { report: AgreementReport }) {
  const rows = report.pairs;
  const drawn = useMemo(() => rows.slice(0, SHOWN).map((row) => estimate(`${row.a} · ${row.b}`, row.observed)), [rows]);
  const draw = useCallback((plot: PlotLibrary, width: number) => intervals(plot, width, drawn, SHARE), [drawn]);
  const columns: Column<PairLine>[] = [
    { title: "person", value: (row) => row.a },
    { title: "and", value: (row) => row.b },
    ...figureColumns<PairLine>("agreement", (row) => row.observed),
    ...(rows.some((row) => row.kappa) ? figureColumns<PairLine>("Cohen’s kappa", (row) => row.kappa) : []),
  ];
  const left = report.more_pairs > 0 ? ` ${count(report.more_pairs)} pairs with fewer items are left out.` : "";
  const more = rows.length > SHOWN ? ` The ${SHOWN} with most items in common are drawn; the table has ${count(rows.length)}.` : "";
  return (
    <Figure
      title="By pair of people" rows={rows} columns={columns} draw={draw} file="agreement-by-pair"
      basis={`${plural(rows.length + report.more_pairs, "pair")} of people with items in common`}
      note={`Those with most items in common first; a wide interval means few items.${more}${left}`}
    />
  );
}

function Mixed({ report }: { report: AgreementReport }) {
  const rows = report.confused;
  const drawn = useMemo(() => rows.slice(0, 12).map((row) => ({ name: `${row.a} · ${row.b}`, value: row.n })), [rows]);
  const draw = useCallback((plot: PlotLibrary, width: number) => bars(plot, width, drawn, { label: "pairs of answers" }), [drawn]);
  const columns: Column<Confused>[] = [
    { title: "label", value: (row) => row.a },
    { title: "and", value: (row) => row.b },
    { title: "pairs of answers", value: (row) => row.n },
    { title: "share of pairs with either", value: (row) => row.share, text: (row) => percent(row.share) },
  ];
  return (
    <Figure
      title="Labels taken for one another" rows={rows} columns={columns} draw={draw} file="labels-confused"
      basis={`${plural(report.observed.n_pairs, "pair")} of answers`} note="Two labels given to the same item by two people: candidates for a clearer guideline."
    />
  );
}
