/** What changed answers are called. */
import type { Changed } from "../../api/types";

export const OUTCOMES: Record<Changed["outcome"], string> = {
  mended: "Wrong to right",
  spoiled: "Right to wrong",
  neither: "No better, no worse",
  unknown: "Right answer unknown",
};

export function causeText(cause: Changed["cause"]): string {
  return cause === "advice" ? "a judge’s advice" : "a suggestion";
}

export function shownText(cause: Changed["cause"]): string {
  return cause === "advice" ? "Proposed" : "Suggested";
}
