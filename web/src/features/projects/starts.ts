/** Which heading a ready-made project stands under: by what people look at, or by whether they judge and write answers. */
import type { Recipe } from "../../api/types";

export const GROUPS = ["Text", "Images", "Video", "Audio", "Documents", "Answers and preferences"] as const;
export type Group = (typeof GROUPS)[number];

const BY_KIND: Partial<Record<string, Group>> = { video: "Video", audio: "Audio", document: "Documents", image: "Images" };
/** Shapes of values that write, compare or score answers. */
const ABOUT_ANSWERS = new Set(["turns", "ranks", "scores", "turn_marks"]);

/** `shapes`: task type -> the shape of its values. */
export function groupOf({ spec }: Pick<Recipe, "spec">, shapes: ReadonlyMap<string, string>): Group {
  const seen = (spec.fields ?? []).map((field) => BY_KIND[field.kind ?? "text"]);
  const shown = GROUPS.find((group) => seen.includes(group));
  if (shown) return shown;
  // Two texts stand beside each other to be held against each other: a question and its answer, a source and its translation.
  return seen.length > 1 || (spec.questions ?? []).some((question) => ABOUT_ANSWERS.has(shapes.get(question.type) ?? "")) ? "Answers and preferences" : "Text";
}

/** The groups that have something in them, in their order. */
export function grouped<R extends Pick<Recipe, "spec">>(recipes: readonly R[], shapes: ReadonlyMap<string, string>): { group: Group; recipes: R[] }[] {
  return GROUPS.map((group) => ({ group, recipes: recipes.filter((one) => groupOf(one, shapes) === group) })).filter((one) => one.recipes.length > 0);
}
