/** Figures of one kind beside each other: with the model, and from the labels alone. */
import type { TotalFigure, Totals } from "../../api/types";
import { Panel } from "../../ui";
import { percent } from "../../ui/format";
import { Figure, intervals } from "../../ui/plot";
import { estimateRows, figureName, moreText, valueText } from "./totalWords";

interface TotalsFigureProps {
  title: string;
  basis: string;
  figures: readonly TotalFigure[];
  label(name: string): string;
  level: number;
}

export function TotalsFigure({ title, basis, figures, label, level }: TotalsFigureProps) {
  const mean = figures.some((one) => one.kind === "mean");
  const rows = estimateRows(figures, label);
  const groups = [...new Set(rows.map((row) => row.group))];
  return (
    <Panel><Figure
      title={title} basis={basis} rows={figures} file="totals" groups={groups.length > 1 ? groups : []}
      note={`Intervals at ${percent(level)}. The model’s word narrows an interval where it is of use; where only the labels are drawn, it was of none.`}
      columns={[
        { title: "Figure", value: (row) => figureName(row, label) },
        { title: "Value", value: (row) => row.value, text: (row) => valueText(row.kind, row.value) },
        { title: "From", value: (row) => row.low, text: (row) => valueText(row.kind, row.low) },
        { title: "To", value: (row) => row.high, text: (row) => valueText(row.kind, row.high) },
        { title: "Labels", value: (row) => row.n },
        { title: "To halve it", value: (row) => row.more, text: (row) => moreText(row.more) },
      ]}
      draw={(plot, width) => intervals(plot, width, rows, mean ? { label: "Mean" } : { label: "Share (%)", domain: [0, 1], percent: true })}
    /></Panel>
  );
}

type Difference = Totals["differences"][number];

/** How far slices are apart; an interval that holds the dashed line cannot tell them apart. */
export function DifferencesFigure({ basis, differences, label, level }: { basis: string; differences: readonly Difference[]; label(name: string): string; level: number }) {
  const mean = differences.some((one) => one.kind === "mean");
  const name = (one: Difference) => `${one.kind === "mean" ? "Mean" : `Share of ${label(one.name)}`}: ${one.first} minus ${one.second}`;
  const rows = differences.map((one) => ({ name: name(one), value: one.value, low: one.value === null ? null : one.low, high: one.value === null ? null : one.high }));
  return (
    <Panel><Figure
      title="Differences" basis={basis} rows={differences} file="differences"
      note={`Intervals at ${percent(level)}. Where one holds the dashed line, no difference is shown: it may be there or not.`}
      columns={[
        { title: "Figure", value: name },
        { title: "Difference", value: (row) => row.value, text: (row) => valueText(row.kind, row.value) },
        { title: "From", value: (row) => row.low, text: (row) => valueText(row.kind, row.low) },
        { title: "To", value: (row) => row.high, text: (row) => valueText(row.kind, row.high) },
        { title: "Labels", value: (row) => row.n },
        { title: "To halve it", value: (row) => row.more, text: (row) => moreText(row.more) },
      ]}
      draw={(plot, width) => intervals(plot, width, rows, mean ? { label: "Difference of means" } : { label: "Difference of shares (% points)", percent: true }, 0)}
    /></Panel>
  );
}
