/**
 * What the workbench and a task widget know of each other. One folder per task type holds one `TaskWidget`, under the
 * same name as the task type on the server; nothing else in the web app knows a task type by name.
 */
import type { ComponentType } from "react";
import type { Field, Item, Question, Suggestion } from "../api/types";

/** One command: shown on its control, in the palette, in the help sheet; remappable. Keys in tinykeys notation ("1", "Shift+A", "$mod+Enter"). */
export interface Command {
  id: string;
  title: string;
  keys: string[];
  group: string;
  run(): void;
  enabled?: boolean;
  hidden?: boolean;
  /** Works while the caret is in a text field. */
  inText?: boolean;
  /** Goes on while the key is held down; so do commands of the scopes region and tool unless this is false. */
  repeat?: boolean;
  scope: "global" | "task" | "label" | "suggestion" | "region" | "tool";
}

export interface WidgetProps<V = unknown> {
  item: Item;
  fields: Field[];
  question: Question;
  /** Current answer of this question; undefined: not answered. */
  value: V | undefined;
  /** merge: consecutive changes with the same merge tag are one undo step (a drag, typing). */
  onChange(value: V | undefined, how?: { merge?: string; label?: string }): void;
  /** Visible ones for this question, highest score first; a region-type suggestion's value is a list. */
  suggestions: Suggestion[];
  /** Keys of rejected parts: `${suggestionId}` or `${suggestionId}:${index}`. */
  rejected: ReadonlySet<string>;
  onReject(key: string | readonly string[], how?: { merge?: string }): void;
  /** Suggestions scored below are not drawn. */
  minScore: number;
  /** Has the keyboard (several questions on one item). */
  active: boolean;
  onActivate(): void;
  readOnly: boolean;
  /** The widget gives its current commands to the registry (labels, tools, regions); called with [] on unmount. */
  setCommands(commands: Command[]): void;
  /** After an answer that completes a single-decision question: lets the workbench advance or submit. */
  onComplete(): void;
  /** Show the guideline section of that label. */
  onGuideline(label: string | null): void;
  /** A text fixed for this person, item and question: what is shuffled by it looks the same whenever it is seen again. */
  seed: string;
}

/** What a widget is told of the place where its answer is given. */
export type Place = Pick<WidgetProps, "item" | "question" | "seed">;

/** What the form of a project gives the settings of a question. */
export interface SettingsProps {
  question: Question;
  fields: readonly Field[];
  onChange(question: Question): void;
}

/** A part of a suggestion that can be accepted by itself. */
export interface SuggestionPart {
  key: string;
  score: number | null;
  title: string;
  part: unknown;
}

// The registry holds widgets of every value type; each widget checks its own.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export interface TaskWidget<V = any> {
  /** Same name as in builtin/tasks. */
  type: string;
  /** "field": draws on the item itself and replaces the plain view of that field; "form": a control beside it; "page": needs the room of the middle, and stands under the item's fields. */
  place: "field" | "form" | "page";
  Editor: ComponentType<WidgetProps<V>>;
  /** Compact read-only rendering for grid, history, review. */
  View: ComponentType<{ question: Question; value: V }>;
  /** Parts of a suggestion that can be accepted one by one (regions); for plain values one part. */
  parts(suggestion: Suggestion): SuggestionPart[];
  /** Value after accepting parts, in their order; the same value if all are already in. */
  accept(value: V | undefined, parts: readonly unknown[], question: Question): V;
  /** Whether the value holds the part already, so that it needs no accepting any more. */
  holds(value: V | undefined, part: unknown): boolean;
  isEmpty(value: V | undefined): boolean;
  /** Fields that a "page" widget shows by itself, so that they are not shown twice. */
  covers?(question: Question): readonly string[];
  /** What "nothing found" is as an answer; by default an empty list for "field" widgets, none for others. */
  nothing?(question: Question): V | undefined;
  /** What keeps a value from being sent, in words that say what to do; null if nothing does. */
  problem?(value: V, place: Place): string | null;
  /** The value as it is sent: without what only the editor needs, with what only the screen knows. */
  seal?(value: V, place: Place): V;
  /** Its settings in the project's form, besides labels. */
  Settings?: ComponentType<SettingsProps>;
  /** The editor may stay on the page when the next item comes, so that what it draws on need not be made anew. */
  stays?: boolean;
}
