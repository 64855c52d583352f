/** Figures with their doubt, in the words of the quality pages. */
import type { QualityFigure } from "../../api/types";
import type { Estimate } from "../../ui/plot";
import { count, percent } from "../../ui/format";

/** 0.241 -> ".24"; missing -> a dash. */
export function number(figure: QualityFigure | null): string {
  return figure === null || figure.value === null ? "–" : signed(figure.value);
}

/** ".22 to .26", or nothing where there is no interval. */
export function between(figure: QualityFigure | null): string {
  if (figure === null || figure.low === null || figure.high === null) return "";
  return `${signed(figure.low)} to ${signed(figure.high)}`;
}

/** "87%" and "80% to 92%" for shares. */
export function share(figure: QualityFigure | null): string {
  return figure === null || figure.value === null ? "–" : percent(figure.value);
}

export function shareBetween(figure: QualityFigure | null): string {
  if (figure === null || figure.low === null || figure.high === null) return "";
  return `${percent(figure.low)} to ${percent(figure.high)}`;
}

function signed(value: number): string {
  const text = Math.abs(value).toFixed(2).replace(/^0/, "");
  return value < -0.004 ? `−${text}` : text;
}

/** What an alpha means, with its interval: only what the whole interval allows is said. */
export function alphaMeaning(alpha: QualityFigure): string {
  if (alpha.value === null) return alpha.why;
  const low = alpha.low ?? alpha.value;
  const high = alpha.high ?? alpha.value;
  if (low >= 0.8) return "Answers can be relied upon.";
  if (high < 0) return "People contradict each other systematically: they may read the question differently.";
  if (low <= 0 && high < 0.4) return "Not shown to be better than chance. Look at the items on which people differ, then at the guidelines.";
  if (high < 0.667) return "Too little to rely on single answers: ask more people an item, or make the guidelines clearer.";
  if (low >= 0.667) return "Good enough for tentative conclusions.";
  return "The interval spans more than one verdict: more items answered twice would tell.";
}

/** "on 800 items, 36,000 pairs of answers". */
export function basisOf(figure: QualityFigure): string {
  const items = `on ${count(figure.n_items)} ${figure.n_items === 1 ? "item" : "items"}`;
  return figure.n_pairs > figure.n_items ? `${items}, ${count(figure.n_pairs)} pairs of answers` : items;
}

/** A row of a plot. */
export function estimate(name: string, figure: QualityFigure): Estimate {
  return { name, value: figure.value, low: figure.low, high: figure.high };
}
