/** The shapes of the desk: the item in hand, what lies ready, and what was done. Pure constructors beside them. */

import type { Question, ShownSuggestion, WorkItem } from "../../../api/types";
import { askedQuestions, type IsEmpty } from "./questions";
import type { Minimum } from "./suggestions";
import { EMPTY_STACK, type UndoStack, type Values } from "./undo";

/** The item in hand. */
export interface Open {
  work: WorkItem;
  values: Values;
  rejected: ReadonlySet<string>;
  undo: UndoStack;
  /** The question that has the keyboard. */
  active: string;
  /** Questions whose suggestions were asked for. */
  revealed: ReadonlySet<string>;
  /** Questions whose first answer is on record, for "suggestions after the first answer". */
  first: ReadonlySet<string>;
  /** The suggestion that was accepted by question. */
  accepted: Readonly<Record<string, number>>;
  /** Every suggestion that was on the screen, by its id. */
  seen: Readonly<Record<number, ShownSuggestion & { question: string }>>;
  /** The suggestion part that was pointed at. */
  chosen: string | null;
  /** Answered before: the new answer replaces the old one. */
  reopened: boolean;
}

/** What was submitted or skipped in this session; enough to take it back as it was. */
export interface Done {
  kind: "submitted" | "skipped";
  open: Open;
}

export type Phase = "loading" | "working" | "empty" | "failed";

export interface DeskState {
  phase: Phase;
  error: unknown;
  open: Open | null;
  queue: readonly WorkItem[];
  done: readonly Done[];
  /** What was taken back and can be submitted again. */
  redo: readonly Done[];
  minimum: Minimum;
  /** Which model or workflow suggests; null: as the project says. */
  source: string | null;
  /** Items finished in this session, less the ones taken back. */
  finished: number;
  /** What keeps the item from being submitted, or what just happened. */
  notice: string | null;
  /** The same person has the project open in another tab. */
  elsewhere: boolean;
}

export function openItem(work: WorkItem, questions: readonly Question[], isEmpty: IsEmpty): Open {
  const values = work.draft?.values ?? work.previous ?? {};
  const asked = askedQuestions(questions, values);
  const first = asked.find((q) => q.required !== false && isEmpty(q, values[q.name])) ?? asked[0];
  return {
    work,
    values,
    rejected: new Set(),
    undo: EMPTY_STACK,
    active: first?.name ?? "",
    revealed: new Set(),
    first: new Set(Object.keys(work.previous ?? {})),
    accepted: {},
    seen: {},
    chosen: null,
    reopened: work.previous !== null,
  };
}

/** One line that tells an item from others in lists: its first text, its name or its number. */
export function excerptOf(work: WorkItem, length = 90): string {
  const { data, key, ord } = work.item;
  const text = Object.values(data).map(firstText).find((t) => t !== "");
  const line = (text ?? key ?? `Item ${ord}`).replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

function firstText(value: unknown): string {
  if (typeof value === "string") return value.trim();
  if (Array.isArray(value)) return firstText((value[0] as { content?: unknown } | undefined)?.content ?? "");
  if (typeof value === "object" && value !== null && "name" in value) return String(value.name);
  return "";
}
