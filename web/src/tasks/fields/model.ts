/** A form filled in from a document, as it is stored, and the changes a person makes to it. Pure. */
import type { Question, Suggestion } from "../../api/types";
import { areEntries, partsOf, trouble, type Entry, type Part } from "../entries/entries";
import type { SuggestionPart } from "../types";

export type Form = Record<string, Entry>;

export function withEntry(form: Form | undefined, name: string, entry: Entry | undefined): Form | undefined {
  const { [name]: _old, ...rest } = form ?? {};
  const next = entry ? { ...rest, [name]: entry } : rest;
  return Object.keys(next).length > 0 ? next : undefined;
}

export function problemOf(question: Question, form: Form): string | null {
  for (const part of partsOf(question)) {
    const what = trouble(part, form[part.name], question);
    if (what) return `${part.title}: ${what}.`;
  }
  return null;
}

/** The field after another that has no value yet, from the start again at the end; the next one if all have. */
export function nextOpen(parts: readonly Part[], form: Form | undefined, after: string): Part | undefined {
  const at = parts.findIndex((part) => part.name === after);
  const ring = [...parts.slice(at + 1), ...parts.slice(0, at + 1)];
  return ring.find((part) => !form?.[part.name]) ?? ring[0];
}

export interface FieldPart {
  name: string;
  entry: Entry;
}
export type OpenPart = SuggestionPart & { part: FieldPart; source: string };

export const isFieldPart = (part: unknown): part is FieldPart => typeof part === "object" && part !== null && typeof (part as FieldPart).name === "string" && areEntries({ x: (part as FieldPart).entry });

/** One part for each field of a suggested form. */
export function formParts(suggestion: Suggestion): OpenPart[] {
  if (!areEntries(suggestion.value)) return [];
  return Object.entries(suggestion.value).map(([name, { score, ...entry }]) => ({
    key: `${suggestion.id}:${name}`,
    score: score ?? suggestion.score,
    title: `${name}: ${entry.value === null ? "not said" : entry.value}`,
    part: { name, entry },
    source: suggestion.version ? `${suggestion.source} v${suggestion.version}` : suggestion.source,
  }));
}

export const holds = (form: Form | undefined, part: FieldPart): boolean => form?.[part.name] !== undefined && form[part.name]!.value === part.entry.value;

/** The best open suggestion for each field that has none of them as its value; one with a chance comes before one without. */
export function openByField(suggestions: readonly Suggestion[], form: Form | undefined, rejected: ReadonlySet<string>, minScore: number): Map<string, OpenPart> {
  const best = new Map<string, OpenPart>();
  for (const part of suggestions.filter((s) => !rejected.has(String(s.id))).flatMap(formParts)) {
    if (rejected.has(part.key) || (part.score !== null && part.score < minScore) || holds(form, part.part)) continue;
    const known = best.get(part.part.name);
    if (!known || (part.score ?? 0) > (known.score ?? 0)) best.set(part.part.name, part);
  }
  return best;
}
