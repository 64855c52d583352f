/** The plots of a study's report: by person, by difficulty, by idle cap, and over practice. */
import { useCallback, useMemo } from "react";
import type { StudyContrast, StudyReport } from "../../api/types";
import { plural } from "../../ui/format";
import { Figure, intervals, lines, type Estimate, type PlotLibrary } from "../../ui/plot";
import { STRATA } from "./studyWords";

const RATIO = { label: "time, ratio", log: true };
const RATIOS = [
  { title: "Ratio", value: (row: Estimate) => row.value, text: (row: Estimate) => row.value?.toFixed(2) ?? "–" },
  { title: "Low", value: (row: Estimate) => row.low, text: (row: Estimate) => row.low?.toFixed(2) ?? "–" },
  { title: "High", value: (row: Estimate) => row.high, text: (row: Estimate) => row.high?.toFixed(2) ?? "–" },
];

/** The axis around all intervals, so that a wide one is not cut off; never without 1. */
function around(rows: readonly Estimate[]): [number, number] {
  const ends = rows.flatMap((row) => [row.low, row.value, row.high]).filter((v): v is number => v !== null && v > 0);
  return [Math.max(0.1, Math.min(0.5, ...ends)), Math.min(10, Math.max(1.5, ...ends))];
}

const clip = (rows: readonly Estimate[]): Estimate[] => {
  const [low, high] = around(rows);
  return rows.map((row) => ({ ...row, low: row.low === null ? null : Math.max(low, row.low), high: row.high === null ? null : Math.min(high, row.high) }));
};

function useRatios(rows: readonly Estimate[]) {
  return useCallback((plot: PlotLibrary, width: number) => intervals(plot, width, clip(rows), { ...RATIO, domain: around(rows) }, 1), [rows]);
}

export function ByPerson({ contrast }: { contrast: StudyContrast }) {
  const rows = useMemo(() => contrast.people.map((p) => ({ name: p.person, value: p.ratio, low: p.low, high: p.high, line: p })), [contrast]);
  const draw = useRatios(rows);
  const share = (value: number | null) => (value === null ? "–" : value.toFixed(3));
  return (
    <Figure
      title={`By person: ${contrast.arm} against ${contrast.against}`} basis={plural(rows.length, "person", "people")} rows={rows} draw={draw} file={`study-people-${contrast.arm}`}
      note="Left of 1: faster in this arm. Each person's interval rests on their own answers alone."
      columns={[
        { title: "Person", value: (row) => row.name }, ...RATIOS,
        { title: "Seconds", value: (row) => row.line.seconds, text: (row) => row.line.seconds.toFixed(1) },
        { title: "Seconds compared", value: (row) => row.line.seconds_compared, text: (row) => row.line.seconds_compared.toFixed(1) },
        { title: "Answers", value: (row) => row.line.n + row.line.n_compared },
        { title: "Right", value: (row) => row.line.quality, text: (row) => share(row.line.quality) },
        { title: "Right compared", value: (row) => row.line.quality_compared, text: (row) => share(row.line.quality_compared) },
      ]}
    />
  );
}

export function ByStratum({ contrast }: { contrast: StudyContrast }) {
  const rows = useMemo(
    () => contrast.strata.map((s) => ({ name: STRATA[s.stratum] ?? `part ${s.stratum + 1}`, value: s.ratio.value, low: s.ratio.low, high: s.ratio.high, n: s.ratio.n, quality: s.quality.value })),
    [contrast],
  );
  const draw = useRatios(rows);
  return (
    <Figure
      title={`By difficulty: ${contrast.arm}`} basis={`${plural(rows[0]?.n ?? 0, "person", "people")}, items in thirds`} rows={rows} draw={draw} file={`study-difficulty-${contrast.arm}`}
      columns={[
        { title: "Items", value: (row) => row.name }, ...RATIOS, { title: "People", value: (row) => row.n },
        { title: "Quality, difference", value: (row) => row.quality, text: (row) => (row.quality === null ? "–" : row.quality.toFixed(3)) },
      ]}
    />
  );
}

export function Caps({ report }: { report: StudyReport }) {
  const rows = useMemo(
    () => report.contrasts.flatMap((c) => [...c.caps].sort((a, b) => a.cap - b.cap).map((at) => ({ name: `${at.cap} s`, value: at.ratio.value, low: at.ratio.low, high: at.ratio.high, group: c.arm }))),
    [report],
  );
  const draw = useRatios(rows);
  const groups = report.contrasts.map((c) => c.arm);
  return (
    <Figure
      title="By idle cap" basis={`${report.conduct.counted} answers; the plan's cap is ${report.design.idle} s`} rows={rows} draw={draw} file="study-caps" groups={groups}
      note="If a difference is there at one cap and gone at another, it comes from pauses, not from work."
      columns={[{ title: "Arm", value: (row) => row.group }, { title: "Pauses count up to", value: (row) => row.name }, ...RATIOS]}
    />
  );
}

/** Bands of two or three people reach to the sky: they are cut off well above the lines, so that these can be told apart. */
function cut<Row extends { value: number; high: number | null }>(rows: readonly Row[]): Row[] {
  const top = 2 * Math.max(0, ...rows.map((row) => row.value));
  return rows.map((row) => ({ ...row, high: row.high === null ? null : Math.min(top, row.high) }));
}

export function Practice({ report }: { report: StudyReport }) {
  const rows = useMemo(() => report.curve.map((m) => ({ x: Math.round((m.first + m.last) / 2), value: m.seconds, low: m.low, high: m.high, group: m.arm, moment: m })), [report]);
  const draw = useCallback((plot: PlotLibrary) => lines(plot, cut(rows), { label: "items so far" }, { label: "seconds an item" }), [rows]);
  const { learning } = report;
  const known = learning.value === null ? "" : `Each doubling of practice: ${learning.value.toFixed(3)} times as long${learning.low !== null && learning.high !== null ? ` (${learning.low.toFixed(3)} to ${learning.high.toFixed(3)})` : ""}.`;
  return (
    <Figure
      title="Practice" basis={`${report.conduct.counted} answers`} rows={rows} draw={draw} file="study-practice" note={`Geometric means with 95% intervals over people. ${known}`} groups={report.design.arms.map((arm) => arm.name)}
      columns={[
        { title: "Arm", value: (row) => row.group }, { title: "From item", value: (row) => row.moment.first }, { title: "To item", value: (row) => row.moment.last },
        { title: "Seconds", value: (row) => row.value, text: (row) => row.value.toFixed(1) },
        { title: "Low", value: (row) => row.low, text: (row) => row.low?.toFixed(1) ?? "–" }, { title: "High", value: (row) => row.high, text: (row) => row.high?.toFixed(1) ?? "–" }, { title: "Answers", value: (row) => row.moment.n },
      ]}
    />
  );
}
