/** What a model card says, worked out from the numbers. */
import type { CurvePoint, Model, Quality } from "../../api/types";
import { count, duration, percent, plural } from "../../ui/format";

/** Fewer blind answers than this say nothing. */
export const LEAST_BLIND = 10;
/** From here on the interval is narrow enough to decide by. */
export const ENOUGH_BLIND = 30;

export type QualityView = { kind: "none" | "few"; text: string } | { kind: "value"; quality: Quality; text: string };

export function qualityView(quality: Quality | null): QualityView {
  const n = quality?.n ?? 0;
  if (quality === null || n === 0) return { kind: "none", text: `Not enough yet: no blind answer of about ${ENOUGH_BLIND}.` };
  if (n < LEAST_BLIND) return { kind: "few", text: `Not enough yet: ${n} of about ${ENOUGH_BLIND} blind answers.` };
  const text = `${count(quality.correct)} of ${count(n)} blind answers agree; ${percent(quality.level)} interval ${percent(quality.low)} to ${percent(quality.high)}.`;
  return { kind: "value", quality, text };
}

/** One line on when the model trains next. */
export function nextTraining(model: Model): string {
  if (!model.learns) return "does not learn";
  if (!model.enabled) return "switched off";
  if (model.state === "training") return "now";
  if (model.next_at === null) return "–";
  return model.next_at <= 0 ? "with the next answer" : `in ${plural(model.next_at, "answer")}`;
}

export const STATE_WORDS: Record<Model["state"], string> = {
  waiting: "Waiting",
  training: "Training",
  ready: "Ready",
  failed: "Failed",
};

/** Seconds that a run took, in words. */
export function took(created: number, finished: number | null): string {
  return finished === null ? "" : duration(Math.max(1, finished - created));
}

export interface CurveShape {
  band: string;
  line: string;
  dots: { x: number; y: number; title: string }[];
  low: number;
  high: number;
  first: number;
  last: number;
}

type Measured = CurvePoint & { accuracy: number; low: number; high: number };

function isMeasured(point: CurvePoint): point is Measured {
  return point.n > 0 && point.accuracy !== null && point.low !== null && point.high !== null;
}

/** A learning curve in a box of `width` x `height`: labels to the right, accuracy upwards, its interval as a band. */
export function curveShape(points: readonly CurvePoint[], width: number, height: number): CurveShape | null {
  const known = points.filter(isMeasured).sort((a, b) => a.n_labels - b.n_labels);
  const first = known[0];
  const last = known.at(-1);
  if (!first || !last || known.length < 2 || first.n_labels === last.n_labels) return null;
  const low = Math.floor(Math.min(...known.map((point) => point.low)) * 10) / 10;
  const high = Math.ceil(Math.max(...known.map((point) => point.high)) * 10) / 10;
  const x = (n: number) => ((n - first.n_labels) / (last.n_labels - first.n_labels)) * width;
  const y = (share: number) => height - ((share - low) / (high - low || 1)) * height;
  const at = (n: number, share: number) => `${x(n).toFixed(1)},${y(share).toFixed(1)}`;
  const upper = known.map((point) => at(point.n_labels, point.high));
  const lower = known.map((point) => at(point.n_labels, point.low)).reverse();
  return {
    band: `M${[...upper, ...lower].join("L")}Z`,
    line: `M${known.map((point) => at(point.n_labels, point.accuracy)).join("L")}`,
    dots: known.map((point) => ({
      x: x(point.n_labels),
      y: y(point.accuracy),
      title: `Version ${point.version}, ${count(point.n_labels)} labels: ${percent(point.accuracy)} (${percent(point.low)} to ${percent(point.high)}, ${count(point.n)} blind answers)`,
    })),
    low,
    high,
    first: first.n_labels,
    last: last.n_labels,
  };
}
