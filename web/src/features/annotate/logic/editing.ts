/** Changes to the item in hand, each one undo step. Pure: an `Open` in, an `Open` out. */

import type { Question } from "../../../api/types";
import type { TaskWidget } from "../../../tasks/types";
import { askedQuestions, type IsEmpty } from "./questions";
import type { Open } from "./state";
import { acceptPatches, type Row } from "./suggestions";
import { applyPatches, record, stepBack, stepForward, type Patch, type UndoEntry } from "./undo";

/** Does `entry` and writes it down for undo. */
export function perform(open: Open, entry: UndoEntry): Open {
  const sheet = applyPatches(open, entry.patches);
  return { ...open, ...sheet, undo: record(open.undo, entry) };
}

export function change(open: Open, question: string, value: unknown, how: { merge?: string; label?: string } = {}): Open {
  const before = open.values[question];
  if (Object.is(before, value)) return open;
  const merge = how.merge === undefined ? undefined : `${question}:${how.merge}`;
  const patch: Patch = { kind: "value", question, before, after: value };
  return perform(open, { label: how.label ?? "answer", merge, patches: [patch] });
}

export function reject(open: Open, keys: readonly string[], merge?: string): Open {
  const news = keys.filter((key) => !open.rejected.has(key));
  if (news.length === 0) return open;
  const label = news.length === 1 ? "rejected suggestion" : `rejected ${news.length} suggestions`;
  return perform(open, { label, merge, patches: news.map((key) => ({ kind: "rejected", key, after: true })) });
}

/** Accepts these suggestion parts as one step; remembers which suggestion each answer came from. */
export function accept(open: Open, rows: readonly Row[], widgets: Readonly<Record<string, TaskWidget>>): Open {
  const patches = acceptPatches(rows, open.values, widgets);
  const label = rows.length === 1 ? "accepted suggestion" : `accepted ${rows.length} suggestions`;
  const accepted = { ...open.accepted, ...Object.fromEntries(rows.map((r) => [r.question.name, r.suggestion.id])) };
  return { ...perform(open, { label, patches }), accepted };
}

export function back(open: Open): { open: Open; entry: UndoEntry } | null {
  const step = stepBack(open.undo, open);
  return step && { open: { ...open, ...step.sheet, undo: step.stack }, entry: step.entry };
}

export function forward(open: Open): { open: Open; entry: UndoEntry } | null {
  const step = stepForward(open.undo, open);
  return step && { open: { ...open, ...step.sheet, undo: step.stack }, entry: step.entry };
}

/** The accepted suggestion by question, where the answer still holds what was accepted; null otherwise. */
export function stillAccepted(open: Open, questions: readonly Question[], widgets: Readonly<Record<string, TaskWidget>>): Record<string, number | null> {
  return Object.fromEntries(questions.map((q) => [q.name, acceptedId(open, q, widgets[q.type])]));
}

function acceptedId(open: Open, question: Question, widget: TaskWidget | undefined): number | null {
  const id = open.accepted[question.name];
  const suggestion = open.work.suggestions.find((s) => s.id === id);
  if (!widget || !suggestion) return null;
  const value = open.values[question.name];
  return widget.parts(suggestion).some(({ part }) => widget.holds(value, part)) ? suggestion.id : null;
}

/** Keeps the keyboard on a question that is asked. */
export function withValidActive(open: Open, questions: readonly Question[], isEmpty: IsEmpty): Open {
  const asked = askedQuestions(questions, open.values);
  if (asked.some((q) => q.name === open.active)) return open;
  const next = asked.find((q) => isEmpty(q, open.values[q.name])) ?? asked.at(-1);
  return { ...open, active: next?.name ?? "" };
}
