/** What kinds of cases and numbers are called on the page. */
import type { ReviewCase, ReviewKind } from "../../api/types";
import { percent } from "../../ui/format";

export const KIND_TITLES: Record<ReviewKind, string> = {
  conflict: "Conflict",
  alarm: "Judge's alarm",
  error: "Likely error",
  sample: "Random check",
  revised: "Came back",
};

export const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Why this case is here, in one line. */
export function whyHere(found: ReviewCase): string {
  switch (found.kind) {
    case "conflict":
      return `${found.answers.length} answers differ${sureness(found)}.`;
    case "alarm":
      return `The judge ${text(found.detail.judge)} found this answer wanting.`;
    case "error":
      return "A model that did not see this answer finds it unlikely.";
    case "sample":
      return `Drawn at random${found.odds === null ? "" : ` with odds of ${percent(found.odds)}`}.`;
    case "revised":
      return `Sent back: “${found.reason}”`;
  }
}

/** How far they agree; where an aggregator resolved them, how sure it is. */
function sureness({ together }: ReviewCase): string {
  if (!together) return "";
  return together.by === "merge" ? `; they agree to ${percent(together.certainty)}` : `; ${together.by} is ${percent(together.certainty)} sure`;
}


export function text(value: unknown): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
}
