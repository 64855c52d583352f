/** What the totals page says, worked out from the figures. */
import type { TotalFigure } from "../../api/types";
import { percent, plural } from "../../ui/format";

const KINDS: Record<TotalFigure["kind"], string> = {
  share: "Share", mean: "Mean", accuracy: "Accuracy", precision: "Precision", recall: "Recall", f1: "F1",
};

/** "Share of good", "Mean", "Recall of good, in a". */
export function figureName(figure: TotalFigure, title: (label: string) => string): string {
  const of = figure.name === "" ? "" : ` of ${title(figure.name)}`;
  return `${KINDS[figure.kind]}${of}${figure.slice === "" ? "" : `, ${figure.slice}`}`;
}

export function valueText(kind: TotalFigure["kind"], value: number | null): string {
  if (value === null) return "too few labels";
  return kind === "mean" ? value.toFixed(2) : percent(value, 1);
}

export function moreText(more: number | null): string {
  if (more === null) return "not so many items are left";
  return more === 0 ? "–" : plural(more, "more label");
}

export interface EstimateRow {
  name: string;
  value: number | null;
  low: number | null;
  high: number | null;
  group: string;
}

/** Each figure twice: with the model's word, and from the labels alone. */
export function estimateRows(figures: readonly TotalFigure[], title: (label: string) => string): EstimateRow[] {
  return figures.flatMap((figure) => {
    const name = figureName(figure, title);
    const own = { name, value: figure.value, low: figure.low, high: figure.high, group: "with the model" };
    const human = { name, value: figure.human, low: figure.human_low, high: figure.human_high, group: "labels alone" };
    return figure.trust > 0 ? [own, human] : [{ ...human }];
  });
}
