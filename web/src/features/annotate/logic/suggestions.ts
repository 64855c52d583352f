/**
 * What the suggestions panel lists and what accepting means. Pure functions over suggestions and the widgets' own parts.
 *
 * A suggestion for a plain question is one part; one with regions has a part per region, each accepted by itself.
 */

import type { Question, Show, Suggestion } from "../../../api/types";
import type { SuggestionPart, TaskWidget } from "../../../tasks/types";
import type { Patch, Values } from "./undo";

export type PartState = "pending" | "accepted" | "rejected";

export interface Row {
  key: string;
  question: Question;
  suggestion: Suggestion;
  part: SuggestionPart;
  state: PartState;
  /** At least the minimum confidence that is set for it. */
  confident: boolean;
  /** The question has its one answer already; accepting this would replace it. */
  decided: boolean;
}

export interface Minimum {
  overall: number;
  perLabel: Readonly<Record<string, number>>;
}

/** What the assistant proposed, when it was asked, stands among the suggestions with the exchange's number, less than 0. */
export function fromAssistant(suggestion: Pick<Suggestion, "id">): boolean {
  return suggestion.id < 0;
}

/** Whether suggestions of a question may be drawn now. */
export function isVisible(show: Show, revealed: boolean, answered: boolean): boolean {
  if (show === "shown") return true;
  if (show === "on_demand") return revealed;
  return show === "after_first_answer" && answered;
}

/** The minimum for one part; parts without a score count as certain. */
export function minimumFor(minimum: Minimum, title: string): number {
  return minimum.perLabel[title] ?? minimum.overall;
}

/** The parts of one question's suggestions, highest confidence first. */
export function rowsOf(
  question: Question, widget: TaskWidget, suggestions: readonly Suggestion[], value: unknown,
  rejected: ReadonlySet<string>, minimum: Minimum,
): Row[] { // prettier-ignore
  return suggestions
    .filter((s) => s.question === question.name)
    .flatMap((suggestion) => widget.parts(suggestion).map((part) => ({ suggestion, part })))
    .map(({ suggestion, part }) => ({
      key: part.key,
      question,
      suggestion,
      part,
      state: stateOf(widget, value, part, rejected),
      confident: (part.score ?? 1) >= minimumFor(minimum, part.title),
      decided: !isPartOfMany(suggestion, part) && !widget.isEmpty(value),
    }))
    .sort((a, b) => (b.part.score ?? 1) - (a.part.score ?? 1));
}

/** The row that A and R act on: the chosen one while it is pending, else the first pending, confident ones first. */
export function currentRow(rows: readonly Row[], chosen: string | null): Row | undefined {
  const pending = rows.filter((r) => r.state === "pending");
  return pending.find((r) => r.key === chosen) ?? pending.find((r) => r.confident) ?? pending[0];
}

/** What "accept all" would take: pending and confident; of an open plain question the best one only. */
export function acceptable(rows: readonly Row[]): Row[] {
  const taken = new Set<string>();
  return rows.filter((row) => {
    if (row.state !== "pending" || !row.confident || row.decided) return false;
    if (isPartOfMany(row.suggestion, row.part)) return true;
    const first = !taken.has(row.question.name);
    taken.add(row.question.name);
    return first;
  });
}

/** The changes that accept these rows, as one undo step. */
export function acceptPatches(rows: readonly Row[], values: Values, widgets: Readonly<Record<string, TaskWidget>>): Patch[] {
  const byQuestion = new Map<Question, Row[]>();
  for (const row of rows) {
    const list = byQuestion.get(row.question);
    if (list) list.push(row);
    else byQuestion.set(row.question, [row]);
  }
  return [...byQuestion].map(([question, taken]) => {
    const before = values[question.name];
    const after = widgets[question.type]?.accept(before, taken.map((row) => row.part.part), question);
    return { kind: "value", question: question.name, before, after };
  });
}

/** Part keys that must not be drawn because their label has a minimum of its own that they miss. */
export function belowOwnMinimum(rows: readonly Row[], minimum: Minimum): string[] {
  return rows.filter((r) => r.part.title in minimum.perLabel && !r.confident).map((r) => r.key);
}

/** How many parts each label has, for the sliders per label; most frequent first. */
export function labelsIn(rows: readonly Row[]): { title: string; n: number }[] {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row.part.title, (counts.get(row.part.title) ?? 0) + 1);
  return [...counts].map(([title, n]) => ({ title, n })).sort((a, b) => b.n - a.n);
}

/** A confidence moved by one notch of 0.05, kept within 0..1 and on the grid. */
export function notch(value: number, step: 1 | -1): number {
  return Math.min(1, Math.max(0, Math.round((value + step * 0.05) * 20) / 20));
}

/** One of several that an answer is made of: of a list, or of a graph or a form, whose parts have keys of their own. */
function isPartOfMany(suggestion: Suggestion, part: SuggestionPart): boolean {
  return Array.isArray(suggestion.value) || part.key !== String(suggestion.id);
}

function stateOf(widget: TaskWidget, value: unknown, part: SuggestionPart, rejected: ReadonlySet<string>): PartState {
  if (widget.holds(value, part.part)) return "accepted";
  return rejected.has(part.key) ? "rejected" : "pending";
}
