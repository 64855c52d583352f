/** Promises in words, and which one a person has chosen. "none": accept without a guarantee. */
import type { Offer, PromiseKind, Wish } from "../../api/types";
import { count, duration, percent, plural } from "../format";

export interface Choice {
  promise: PromiseKind | "none";
  target: number;
  /** From this agreement on a suggestion is right; null: the question's own rule. */
  rightAt: number | null;
}

export const FIRST_CHOICE: Choice = { promise: "total", target: 0.05, rightAt: null };
export const TARGETS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2];
export const RIGHT_AT = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5];

export const PROMISES: { value: Choice["promise"]; title: string }[] = [
  { value: "total", title: "Wrong answers among all items" },
  { value: "among", title: "Wrong answers among the accepted" },
  { value: "expected", title: "Wrong among the accepted, on average" },
  { value: "none", title: "No guarantee" },
];

/** Questions whose answers are right or wrong, and those that are right by degrees. */
export function isExact(type: string): boolean {
  return type === "choice" || type === "pairwise";
}

export function wishOf(choice: Choice, exact: boolean, usual: number): Wish | null {
  if (choice.promise === "none") return null;
  return { promise: choice.promise, target: choice.target, right_at: exact ? 1 : (choice.rightAt ?? usual) };
}

/** What the choice promises, as a sentence that begins with "At most". */
export function promiseText({ promise, target }: Choice): string {
  const share = percent(target, target < 0.01 ? 1 : 0);
  if (promise === "total") return `At most ${share} of all items get a wrong answer, with 95% certainty. What people answer counts as right.`;
  if (promise === "among") return `At most ${share} of the accepted are wrong, with 95% certainty.`;
  if (promise === "expected") return `On average at most ${share} of the accepted are wrong; a single time it can be more.`;
  return "Nothing is promised. The decision is recorded as made without a guarantee.";
}

export interface Standing {
  tone: "ok" | "warn";
  text: string;
}

/** What accepting at one confidence would mean; `errors` and `bound` are the server's. */
export function standing(accepted: number, errors: number | null, bound: number, wish: Wish, offer: Offer): Standing {
  const saved = offer.pace === null ? "" : ` About ${duration(accepted * offer.pace)} of work saved.`;
  const what = { total: "of all items", among: "of the accepted", expected: "of the accepted on average" }[wish.promise];
  const most = errors === null ? "" : ` At most ${plural(Math.ceil(errors), "wrong answer")}:`;
  const share = percent(bound, 1);
  if (accepted === 0) return { tone: "warn", text: "No open suggestion reaches this confidence." };
  if (bound <= wish.target) return { tone: "ok", text: `${plural(accepted, "item")}.${saved}${most} up to ${share} ${what}, within the ${percent(wish.target, 1)} asked for.` };
  const known = bound >= 1 ? "Nothing can be promised here yet" : `Up to ${share} ${what} could be wrong, more than the ${percent(wish.target, 1)} asked for`;
  return { tone: "warn", text: `${plural(accepted, "item")}.${saved} ${known}.` };
}

/** On what it rests. */
export function restsOn(offer: Offer): string {
  if (offer.audits === 0) return "No blind answer was compared with this version yet.";
  return `Rests on ${plural(offer.audits, "blind answer")}, ${count(Math.round(offer.wrong))} of them unlike the model's; version ${offer.version}.`;
}
