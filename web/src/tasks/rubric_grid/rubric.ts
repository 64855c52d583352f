/** A rubric as its question writes it: criteria, each with its levels. Pure. */
import type { Question } from "../../api/types";

export interface Level {
  score: number;
  description: string;
}

export interface Criterion {
  name: string;
  title: string;
  description: string;
  weight: number;
  levels: Level[];
}

export type Scores = Record<string, number>;

/** The criteria of a completed question. */
export function criteriaOf(question: Question): Criterion[] {
  const raw = Array.isArray(question.config.criteria) ? (question.config.criteria as (Partial<Criterion> | string)[]) : [];
  const common = levelsOf(question.config.levels) ?? ONE_TO_FIVE;
  return raw.map((entry) => {
    const one = typeof entry === "string" ? { name: entry } : entry;
    const name = one.name ?? "";
    return { name, title: one.title || name.replaceAll("_", " "), description: one.description ?? "", weight: one.weight ?? 1, levels: levelsOf(one.levels) ?? common };
  });
}

const ONE_TO_FIVE: Level[] = [1, 2, 3, 4, 5].map((score) => ({ score, description: "" }));

function levelsOf(raw: unknown): Level[] | null {
  if (!Array.isArray(raw) || raw.length === 0) return null;
  return raw.map((entry, at) => (typeof entry === "string" ? { score: at + 1, description: entry } : { description: "", ...(entry as { score: number }) }));
}

/** The digit that chooses a level: the score itself where all are digits, else the place from 1. */
export function keyOf(levels: readonly Level[], at: number): string | null {
  if (levels.every(({ score }) => score >= 0 && score <= 9)) return String(levels[at]!.score);
  if (levels.every(({ score }) => score >= 1 && score <= 10)) return String(levels[at]!.score % 10);
  return at < 9 ? String(at + 1) : at === 9 ? "0" : null;
}

/** The next criterion without a score, behind `at` and then from the start; `at` if all have one. */
export function nextOpen(criteria: readonly Criterion[], scores: Scores, at: number): number {
  for (let step = 1; step <= criteria.length; step++) {
    const next = (at + step) % criteria.length;
    if (!(criteria[next]!.name in scores)) return next;
  }
  return at;
}

export const isScores = (value: unknown): value is Scores =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0 && Object.values(value).every((score) => typeof score === "number");
