/** A rubric while it is being written: pure changes, and what is still missing. The server checks again. */
import type { Criterion, Rubric } from "../../api/types";

export const EMPTY: Rubric = { name: "", description: "", pass_mark: 0.6, criteria: [] };

export function newCriterion(rubric: Rubric): Criterion {
  const names = new Set(rubric.criteria.map((c) => c.name));
  let n = rubric.criteria.length + 1;
  while (names.has(`criterion-${n}`)) n += 1;
  const levels = ["", "", "", ""].map((description, k) => ({ score: k + 1, description }));
  return { name: `criterion-${n}`, title: "", description: "", weight: 1, pass_mark: null, levels };
}

export function replaced(rubric: Rubric, at: number, criterion: Criterion): Rubric {
  return { ...rubric, criteria: rubric.criteria.map((c, k) => (k === at ? criterion : c)) };
}

export function moved(rubric: Rubric, at: number, by: -1 | 1): Rubric {
  const criteria = [...rubric.criteria];
  const [one] = criteria.splice(at, 1);
  if (one) criteria.splice(at + by, 0, one);
  return { ...rubric, criteria };
}

/** One level more at the top, or one less; a pass mark that is gone with it is dropped. */
export function resized(criterion: Criterion, by: -1 | 1): Criterion {
  const last = criterion.levels.at(-1)?.score ?? 0;
  const levels = by > 0 ? [...criterion.levels, { score: last + 1, description: "" }] : criterion.levels.slice(0, -1);
  const mark = levels.some((l) => l.score === criterion.pass_mark) ? criterion.pass_mark : null;
  return { ...criterion, levels, pass_mark: mark };
}

/** A title as a name for files and columns; the name that verdicts refer to is set once and kept. */
export function nameFrom(title: string): string {
  const name = title.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^[-0-9]+|-+$/g, "");
  return name.slice(0, 40);
}

/** Why it cannot be saved yet, or null. */
export function missing(rubric: Rubric): string | null {
  if (!/^[A-Za-z][\w-]{0,63}$/.test(rubric.name)) return "Give the rubric a name: a letter first, then letters, digits, _ or -.";
  if (rubric.criteria.length === 0) return "Add a criterion.";
  const untitled = rubric.criteria.findIndex((c) => c.title.trim() === "");
  if (untitled >= 0) return `Criterion ${untitled + 1} needs a title.`;
  const names = rubric.criteria.map((c) => c.name);
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (twice !== undefined) return `Two criteria are named “${twice}”.`;
  const bare = rubric.criteria.find((c) => c.levels.some((l) => l.description.trim() === ""));
  if (bare) return `Describe each level of “${bare.title}”: without words two people use a scale differently.`;
  return null;
}
