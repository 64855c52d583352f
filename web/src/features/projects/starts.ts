/** Which heading a ready-made project stands under: by what people look at, or by whether they judge and write answers. */
import type { Recipe } from "../../api/types";
import { widgets } from "../../tasks";

export const GROUPS = ["Text", "Images", "Video", "Audio", "Documents", "Answers and preferences"] as const;
export type Group = (typeof GROUPS)[number];

const BY_KIND: Partial<Record<string, Group>> = { video: "Video", audio: "Audio", document: "Documents", image: "Images" };
/** Whether a question needs the room of the middle: answers are written, compared or judged there. */
const aboutAnswers = (question: { type: string }): boolean => widgets[question.type]?.place === "page";

export function groupOf({ spec }: Pick<Recipe, "spec">): Group {
  const seen = (spec.fields ?? []).map((field) => BY_KIND[field.kind ?? "text"]);
  const shown = GROUPS.find((group) => seen.includes(group));
  if (shown) return shown;
  // Two texts stand beside each other to be held against each other: a question and its answer, a source and its translation.
  return seen.length > 1 || (spec.questions ?? []).some(aboutAnswers) ? "Answers and preferences" : "Text";
}

/** The groups that have something in them, in their order. */
export function grouped<R extends Pick<Recipe, "spec">>(recipes: readonly R[]): { group: Group; recipes: R[] }[] {
  return GROUPS.map((group) => ({ group, recipes: recipes.filter((one) => groupOf(one) === group) })).filter((one) => one.recipes.length > 0);
}
