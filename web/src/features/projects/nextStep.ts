/** What to do next in a project, worked out from its counts and from what the person may do. */
import type { Counts, Role } from "../../api/types";
import { manages, seesData } from "../../lib/rights";
import { count, plural } from "../../ui/format";

export type StepKind = "import" | "label" | "suggestions" | "review" | "export" | "nothing";

export interface Step {
  kind: StepKind;
  text: string;
}

/** The first step is the one to offer as a button; later ones are links beside it. */
export function nextSteps(counts: Counts, role: Role): Step[] {
  if (counts.items === 0) {
    return manages(role)
      ? [{ kind: "import", text: "Import data" }]
      : [{ kind: "nothing", text: "No data yet. A manager of this project has to import some." }];
  }
  const left = counts.new + counts.open;
  const steps: Step[] = [];
  if (left > 0) steps.push({ kind: "label", text: `Label ${plural(left, "item")}` });
  if (left > 0 && counts.suggested > 0 && manages(role)) {
    steps.push({ kind: "suggestions", text: `Look at ${plural(Math.min(counts.suggested, left), "suggestion")}` });
  }
  if (counts.review > 0 && seesData(role)) steps.push({ kind: "review", text: `Review ${plural(counts.review, "case")}` });
  if (left === 0 && manages(role)) steps.push({ kind: "export", text: "Export the answers" });
  if (steps.length === 0) steps.push({ kind: "nothing", text: "Everything is labelled. Thank you." });
  return steps;
}

/** "134 of 2,000 done", plus what matters beyond that. */
export function progressWords(counts: Counts, role: Role): string {
  const parts = [`${count(counts.done)} of ${count(counts.items - counts.aside)} done`];
  if (counts.open > 0) parts.push(`${count(counts.open)} begun`);
  if (counts.skipped > 0) parts.push(`${count(counts.skipped)} skipped`);
  if (counts.aside > 0) parts.push(`${count(counts.aside)} set aside`);
  if (counts.flagged > 0 && seesData(role)) parts.push(`${count(counts.flagged)} flagged`);
  if (counts.mine > 0) parts.push(`${count(counts.mine)} by you`);
  return parts.join(" · ");
}
