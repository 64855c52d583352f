/** A question's label set as the widgets use it: with keys, colours and places; and the suggestions about it. */
import type { Label, Question, Suggestion } from "../../api/types";
import { labelColor } from "../../ui/labelColor";

export interface LabelEntry {
  value: string;
  title: string;
  /** A CSS colour; may be a variable of the theme. */
  color: string;
  key: string | null;
  parent: string | null;
  description: string | null;
  /** Place in the question's list, from 0. */
  index: number;
}

const DEFAULT_KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];
const cache = new WeakMap<object, LabelEntry[]>();

/** The labels of a question, in its order; the same array for the same config. Labels may be written as plain strings. */
export function labelsOf(question: Question): LabelEntry[] {
  const known = cache.get(question.config);
  if (known) return known;
  const raw = question.config.labels;
  const labels = (Array.isArray(raw) ? raw : []).map((l: string | Label) => (typeof l === "string" ? { value: l } : l));
  const entries = withKeys(labels).map(({ label, key }, index) => ({
    value: label.value,
    title: label.title ?? label.value,
    color: labelColor(label, index),
    key,
    parent: label.parent ?? null,
    description: label.description ?? null,
    index,
  }));
  cache.set(question.config, entries);
  return entries;
}

/** Own keys first; where no label has one, the first ten get the digits. */
function withKeys(labels: readonly Label[]): { label: Label; key: string | null }[] {
  const own = labels.some((label) => label.key);
  return labels.map((label, i) => ({ label, key: label.key ?? (own ? null : (DEFAULT_KEYS[i] ?? null)) }));
}

const maps = new WeakMap<readonly LabelEntry[], Map<string, LabelEntry>>();

/** The entry of a label value; one made up for a label that the question does not know (any more). */
export function entryOf(labels: readonly LabelEntry[], value: string): LabelEntry {
  let byValue = maps.get(labels);
  if (!byValue) {
    byValue = new Map(labels.map((label) => [label.value, label]));
    maps.set(labels, byValue);
  }
  const unknown = { value, title: value, color: "var(--border-strong)", key: null, parent: null, description: null, index: -1 };
  return byValue.get(value) ?? unknown;
}

/** The titles from the root down to the label itself. */
export function pathOf(labels: readonly LabelEntry[], value: string): string[] {
  const path: string[] = [];
  const seen = new Set<string>();
  for (let at: string | null = value; at !== null && !seen.has(at); at = entryOf(labels, at).parent) {
    seen.add(at);
    path.unshift(entryOf(labels, at).title);
  }
  return path;
}

/** The suggestions that are to be seen: not rejected, not below the least score (an unstated score always passes). */
export function visibleSuggestions(suggestions: readonly Suggestion[], rejected: ReadonlySet<string>, minScore: number): Suggestion[] {
  return suggestions.filter((s) => !rejected.has(String(s.id)) && (s.score === null || s.score >= minScore));
}

/** The best score that any visible suggestion gives each value. */
export function scoresByValue(suggestions: readonly Suggestion[], valuesOf: (value: unknown) => string[]): Map<string, number | null> {
  const best = new Map<string, number | null>();
  for (const suggestion of suggestions) {
    for (const value of valuesOf(suggestion.value)) {
      const before = best.get(value);
      if (before === undefined || (suggestion.score ?? -1) > (before ?? -1)) best.set(value, suggestion.score);
    }
  }
  return best;
}

/** Entries whose title or path contains all typed words; those that begin with the text come first. */
export function filterLabels(labels: readonly LabelEntry[], typed: string): LabelEntry[] {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...labels];
  const text = (l: LabelEntry) => (l.parent ? pathOf(labels, l.value).join(" ") : l.title).toLowerCase();
  const begins = (l: LabelEntry) => l.title.toLowerCase().startsWith(words[0]!);
  const found = labels.filter((l) => words.every((word) => text(l).includes(word) || l.value.toLowerCase().includes(word)));
  return [...found.filter(begins), ...found.filter((l) => !begins(l))];
}
