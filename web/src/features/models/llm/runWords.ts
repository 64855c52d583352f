/** What a run says about itself, in words and numbers for people. */
import type { Confidence, Estimate, Run, RunProgress } from "../../../api/types";
import { count, duration, moneyText as money, plural } from "../../../ui/format";

/** What all runs of a model took, as far as it is stored with them. */
export function spentText(runs: readonly Run[], currency: string): string {
  if (runs.length === 0) return "nothing";
  const sum = (name: string) => runs.reduce((total, run) => total + (typeof run.info[name] === "number" ? run.info[name] : 0), 0);
  const tokens = sum("input_tokens") + sum("output_tokens");
  const cost = sum("cost");
  return cost > 0 ? money(cost, currency) : `${count(tokens)} tokens`;
}

/** One line on how sure one can be of the scores. */
export function calibrated(confidence: Confidence | undefined): string {
  if (!confidence) return "Confidence: not known yet.";
  if (confidence.ready) return `Confidence is calibrated on ${count(confidence.n)} blind answers.`;
  return `Confidence: not enough yet, ${count(confidence.n)} of about ${count(confidence.needed)} blind answers. Until then suggestions carry no score.`;
}

/** "1,200 calls, about 340,000 tokens, 0.41 USD, 2 min". */
export function estimateText(estimate: Estimate): string {
  const tokens = estimate.input_tokens + estimate.output_tokens;
  const cost = estimate.cost === null ? "price not known" : estimate.cost === 0 ? "no cost" : money(estimate.cost, estimate.currency);
  return `${plural(estimate.calls, "call")}, about ${count(tokens)} tokens, ${cost}, about ${duration(Math.max(1, estimate.seconds))}`;
}

/** A budget with room for what an estimate cannot know: half as much again, in round numbers. */
export function proposedBudget(estimate: Estimate): { money: number | null; tokens: number | null } {
  if (estimate.cost !== null && estimate.cost > 0) return { money: roundUp(estimate.cost * 1.5), tokens: null };
  return { money: null, tokens: Math.max(1000, roundUp((estimate.input_tokens + estimate.output_tokens) * 1.5)) };
}

/** Up to two digits that count: 0.1234 -> 0.13, 51,234 -> 52,000. */
export function roundUp(value: number): number {
  if (value <= 0) return 0;
  const step = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.ceil(value / step - 1e-9) * step).toPrecision(12));
}

export const STATES: Record<RunProgress["state"], string> = {
  running: "Running", paused: "Paused", done: "Done", failed: "Failed", cancelled: "Cancelled", stopped: "Stopped: the budget is spent",
};

/** "120 of 400 · 38 a second · 7 s left · 0.12 of 1.00 USD". */
export function progressLine(run: RunProgress): string {
  const parts = [`${count(run.done)} of ${count(run.total)}`];
  if (run.failed > 0) parts.push(`${count(run.failed)} failed`);
  if (run.skipped > 0) parts.push(`${count(run.skipped)} answered before`);
  if (run.rate !== null && run.rate > 0) parts.push(`${run.rate < 10 ? run.rate.toFixed(1) : count(run.rate)} a second`);
  if (run.seconds_left !== null && run.state === "running") parts.push(`${duration(run.seconds_left)} left`);
  parts.push(spentOf(run));
  if (run.repeated > 0) parts.push(`${plural(run.repeated, "call")} paid twice after a crash`);
  return parts.join(" · ");
}

function spentOf(run: RunProgress): string {
  const tokens = run.input_tokens + run.output_tokens;
  if (run.cost !== null && (run.cost > 0 || run.budget.money)) {
    return run.budget.money ? `${money(run.cost, "")} of ${money(run.budget.money, run.currency)}` : money(run.cost, run.currency);
  }
  return run.budget.tokens ? `${count(tokens)} of ${count(run.budget.tokens)} tokens` : `${count(tokens)} tokens`;
}
