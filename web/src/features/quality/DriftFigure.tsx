/** One person over time: agreement in stretches of equal length, and whether it has changed. */
import { useCallback, useMemo } from "react";
import type { Contributor } from "../../api/types";
import { Panel } from "../../ui";
import { day, plural } from "../../ui/format";
import { Figure, intervals, type Column, type PlotLibrary } from "../../ui/plot";

type Period = Contributor["drift"]["periods"][number];

export function DriftFigure({ person }: { person: Contributor }) {
  const { drift } = person;
  const rows = drift.periods;
  const drawn = useMemo(
    () => rows.map((row, at) => ({ name: `${at + 1}. ${day(row.start)}`, value: row.agreement.value, low: row.agreement.low, high: row.agreement.high })),
    [rows],
  );
  const draw = useCallback((plot: PlotLibrary, width: number) => intervals(plot, width, drawn, { label: "agreement", domain: [0, 1], percent: true }), [drawn]);
  const columns: Column<Period>[] = [
    { title: "from", value: (row) => day(row.start) },
    { title: "to", value: (row) => day(row.end) },
    { title: "agreement", value: (row) => row.agreement.value },
    { title: "low", value: (row) => row.agreement.low },
    { title: "high", value: (row) => row.agreement.high },
    { title: "items", value: (row) => row.agreement.n_items },
  ];
  const items = rows.reduce((sum, row) => sum + row.agreement.n_items, 0);
  const verdict = drift.changed_at
    ? `Since ${day(drift.changed_at)} there is strong evidence that ${person.name} disagrees more than in the first answers. Fatigue, harder items or changed guidelines may be the reason: look before you judge.`
    : "No evidence that anything has changed since the first answers.";
  return (
    <Panel>
      <Figure
        title={`${person.name} over time`} rows={rows} columns={columns} draw={draw} file={`over-time-${person.name}`}
        basis={rows.length > 0 ? `agreement with ${drift.against}, ${plural(items, "item")} in ${plural(rows.length, "stretch", "stretches")}` : `agreement with ${drift.against}`}
        empty={drift.why || "Nothing to show yet."} note={rows.length > 0 ? verdict : undefined}
      />
    </Panel>
  );
}
