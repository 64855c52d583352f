/** Words and numbers of studies: arms, verdicts, ratios. */
import type { Arm, Design, Study, StudyContrast, StudyFigure } from "../../api/types";
import { percent, plural } from "../../ui/format";

export const PRESETS: readonly Arm[] = [
  { name: "manual", show: "hidden", source: null, assistant: false, judge: false, note: "" },
  { name: "pre-annotated", show: "shown", source: null, assistant: false, judge: false, note: "" },
  { name: "assisted", show: "hidden", source: null, assistant: true, judge: false, note: "" },
  { name: "judged", show: "hidden", source: null, assistant: false, judge: true, note: "" },
];

export const STRATA = ["short items", "middling items", "long items"] as const;

export function newDesign(question: string): Design {
  return {
    name: "", question, arms: PRESETS.slice(0, 2).map((arm) => ({ ...arm })), people: [], layout: "crossover", per_arm: 40, warm_up: 4, withhold: 0.1,
    strata: "length", pool: "any", saving: 0.2, margin: 0.02, least_gain: 0.05, level: 0.95, idle: 60, caps: [30, 60, 120, 300], shortest: 0.5,
    hypothesis: "", welcome: "", hourly: null, currency: "USD", seed: Math.floor(Math.random() * 1_000_000),
  }; // prettier-ignore
}

export function describe(arm: Arm): string {
  const shows = { shown: "suggestions shown", on_demand: "suggestions on demand", after_first_answer: "suggestions after the first answer", hidden: "" };
  const have = [shows[arm.show], arm.assistant ? "assistant" : "", arm.judge ? "live judge" : ""].filter(Boolean);
  return have.join(", ") || "no help from models";
}

export const LAYOUTS: Record<Design["layout"], string> = {
  crossover: "everybody works in each arm, in blocks",
  interleaved: "everybody works in each arm, item by item; speaks of these people only",
  between: "each person works in one arm; needs many more people",
};

/** How many items a design draws. */
export function itemsOf(design: Design): number {
  return (design.layout === "between" ? design.per_arm : design.per_arm * design.arms.length) + design.warm_up;
}

export function stateWord(study: Study): string {
  if (study.state === "draft") return "draft";
  if (study.state === "ended") return "ended";
  const done = study.people.filter((p) => p.finished_at !== null).length;
  return `running, ${done} of ${study.people.length} finished`;
}

/** 0.8 -> "20% less", 1.12 -> "12% more". */
export function change(ratio: number): string {
  if (Math.abs(ratio - 1) < 0.005) return "no change";
  return ratio < 1 ? `${percent(1 - ratio)} less` : `${percent(ratio - 1)} more`;
}

export function ratioText(figure: StudyFigure): string {
  if (figure.value === null) return figure.method || "cannot be told";
  const between = figure.low !== null && figure.high !== null ? ` (${figure.low.toFixed(2)} to ${figure.high.toFixed(2)})` : "";
  return `${figure.value.toFixed(2)}${between}`;
}

/** Shares as points of percent, with a sign where it is a difference. */
export function pointsText(figure: StudyFigure, signed = false): string {
  if (figure.value === null) return figure.method || "cannot be told";
  const one = (value: number) => `${signed && value > 0 ? "+" : ""}${(100 * value).toFixed(1)}`;
  const between = figure.low !== null && figure.high !== null ? ` (${one(figure.low)} to ${one(figure.high)})` : "";
  return `${one(figure.value)}${signed ? " points" : "%"}${between}`;
}

export function pText(p: number | null): string {
  if (p === null) return "–";
  return p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`;
}

/** The verdict as a heading: what is known is said even where the rest is open. */
export function headline(verdict: StudyContrast["verdict"]): string {
  if (verdict.grid !== "cannot tell") return VERDICTS[verdict.grid]?.title ?? verdict.grid;
  if (verdict.time === "faster") return "Faster; whether quality stays cannot be told";
  if (verdict.quality === "worse") return "Worse; whether time is saved cannot be told";
  if (verdict.quality === "not worse") return "Not worse; whether time is saved cannot be told";
  return "Cannot tell";
}

/** What stands in the way where time cannot be told: with few people the exact test never gets below a certain p. */
export function whyOpen(contrast: StudyContrast, level: number): string {
  const { time, verdict } = contrast;
  if (verdict.time !== "cannot tell" || time.value === null) return "";
  const least = 2 / 2 ** time.n;
  if (time.method.includes("sign flip") && least > 1 - level) {
    const enough = Math.ceil(1 - Math.log2(1 - level));
    return `${plural(time.n, "person is", "people are")} too few for any difference to be shown: the exact test cannot get below p = ${least.toFixed(2)}. From ${enough} people on it can.`;
  }
  return "The figures allow for a saving as well as for none: more people or more items would tell.";
}

export const VERDICTS: Record<string, { title: string; tone: "ok" | "warn" | "neutral" }> = {
  "faster and not worse": { title: "Faster, and not worse", tone: "ok" },
  "faster and worse": { title: "Faster, but worse", tone: "warn" },
  "no gain": { title: "No gain", tone: "neutral" },
  "cannot tell": { title: "Cannot tell", tone: "neutral" },
};
