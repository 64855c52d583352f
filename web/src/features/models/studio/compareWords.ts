/** What a comparison says, in words and numbers for people. "Cannot tell" is a result. */
import type { ArmView, Comparison, Figure, PairReport } from "../../../api/types";
import { count, duration, percent, plural } from "../../../ui/format";

/** "triage v3": a version among versions of one model is only "v3". */
export function armNames(arms: readonly ArmView[]): string[] {
  const one = new Set(arms.map((arm) => arm.model)).size === 1;
  return arms.map((arm) => (one ? `v${arm.version}` : `${arm.name} v${arm.version}`));
}

/** "82% (74 to 88%)"; without anything to measure by a dash. */
export function figureText(figure: Figure): string {
  if (figure.value === null) return "–";
  if (figure.low === null || figure.high === null) return percent(figure.value);
  return `${percent(figure.value)} (${percent(figure.low)} to ${percent(figure.high)})`;
}

const points = (share: number) => `${share > 0 ? "+" : share < 0 ? "−" : "±"}${(Math.abs(share) * 100).toFixed(1)}`;

/** "+8.0 points (+1.2 to +14.9)". */
export function differenceText(figure: Figure): string {
  if (figure.value === null) return "no answers to measure by";
  if (figure.low === null || figure.high === null) return `${points(figure.value)} points`;
  return `${points(figure.value)} points (${points(figure.low)} to ${points(figure.high)})`;
}

export function pText(p: number | null): string {
  if (p === null) return "–";
  return p < 0.001 ? "< 0.001" : p.toFixed(p < 0.1 ? 3 : 2);
}

/** The pair seen from its better side, so that a difference that is told is above zero. */
export function turned(pair: PairReport): PairReport {
  const { value, low, high, n } = pair.difference;
  if (value === null || value >= 0) return pair;
  const verdict = pair.verdict === "a" ? "b" : pair.verdict === "b" ? "a" : pair.verdict;
  const difference = { value: -value, low: high === null ? null : -high, high: low === null ? null : -low, n };
  return { ...pair, a: pair.b, b: pair.a, only_a: pair.only_b, only_b: pair.only_a, difference, verdict };
}

/** One sentence on a pair. */
export function verdictText(pair: PairReport, names: readonly string[]): string {
  const [a, b] = [names[pair.a] ?? "", names[pair.b] ?? ""];
  if (pair.verdict === "a") return `${a} is better than ${b}`;
  if (pair.verdict === "b") return `${b} is better than ${a}`;
  if (pair.difference.value === null) return "Nothing to measure by";
  return pair.only_a + pair.only_b === 0 ? "No difference on these items" : "Cannot tell";
}

/** How many more items might settle it: the interval shrinks with the root of their number. Null where that says nothing. */
export function itemsToTell(pair: PairReport): number | null {
  const { value, low, high, n } = pair.difference;
  if (pair.verdict !== "cannot tell" || value === null || low === null || high === null || Math.abs(value) < 0.005) return null;
  const half = (high - low) / 2;
  const needed = Math.ceil(n * (half / Math.abs(value)) ** 2);
  return needed > n && needed < 100_000 ? needed : null;
}

const WHAT: Record<string, string> = {
  sample: "items drawn from all", answered: "answered items", gold: "items with gold", blind: "items answered blind", items: "chosen items",
};

/** "100 answered items, 96 with an answer to measure by". */
export function itemsText(comparison: Comparison): string {
  const what = `${count(comparison.items)} ${WHAT[comparison.what] ?? "items"}`;
  return comparison.scored === comparison.items ? what : `${what}, ${count(comparison.scored)} with an answer to measure by`;
}

/** What a look at the blind answers means for its figures. */
export function lookText(comparison: Comparison): string | null {
  if (comparison.look === 0) return null;
  const level = percent(comparison.report?.level ?? 1 - 0.05 / (comparison.look * (comparison.look + 1)), 1);
  return `Look ${comparison.look} at the blind answers. Each look makes chance finds likelier, so this one is held to a level of ${level}; no items are shown.`;
}

/** "written after look 2": tuned by the test, perhaps. */
export function afterLook(arm: ArmView): string | null {
  return arm.looks_before ? `written after look ${arm.looks_before}` : null;
}

export function secondsText(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds < 0.01) return "< 0.01 s";
  return seconds < 10 ? `${seconds.toFixed(seconds < 1 ? 2 : 1)} s` : duration(seconds);
}

/** Why items are missing, or "". */
export function leftOutText(left: Record<string, number>): string {
  return Object.entries(left).map(([why, n]) => `${plural(n, "item")} left out: ${why}`).join("; ");
}
