/** A form filled in from a document, as it is stored, and the changes a person makes to it. Pure. */
import type { Question, Suggestion } from "../../api/types";
import type { Place } from "../../lib/pages";
import { readDate, readNumber, type DateOrder, type DecimalMark } from "../../lib/typed";
import { labelColor } from "../../ui/labelColor";
import type { SuggestionPart } from "../types";

export interface Entry {
  /** null: the document does not say it. A text in a field of numbers or dates is one that could not be read (yet). */
  value: string | number | null;
  text?: string;
  places?: Place[];
  score?: number;
}
export type Form = Record<string, Entry>;
export type PartType = "text" | "number" | "date" | "amount" | "choice";

export interface FormPart {
  name: string;
  title: string;
  type: PartType;
  required: boolean;
  labels: { value: string; title: string }[];
  help: string | null;
  key: string | null;
  color: string;
}

const TYPES: readonly string[] = ["text", "number", "date", "amount", "choice"];
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const cache = new WeakMap<object, FormPart[]>();

/** The fields of a form, with keys: their own, or the first digits. */
export function partsOf(question: Question): FormPart[] {
  const known = cache.get(question.config);
  if (known) return known;
  const raw = (Array.isArray(question.config.fields) ? question.config.fields : []) as (string | Record<string, unknown>)[];
  const given = raw.map((one) => (typeof one === "string" ? { name: one } : one) as Record<string, unknown>);
  const own = given.some((one) => one.key);
  const parts = given.map((one, i): FormPart => ({
    name: String(one.name),
    title: typeof one.title === "string" && one.title ? one.title : wordsOf(String(one.name)),
    type: TYPES.includes(String(one.type)) ? (one.type as PartType) : "text",
    required: one.required === true,
    labels: labelsIn(one.labels),
    help: typeof one.help === "string" ? one.help : null,
    key: typeof one.key === "string" ? one.key : own ? null : (DIGITS[i] ?? null),
    color: labelColor(null, i),
  }));
  cache.set(question.config, parts);
  return parts;
}

/** invoice_number -> Invoice number */
const wordsOf = (name: string): string => (name.charAt(0).toUpperCase() + name.slice(1)).replace(/[_-]+/g, " ");

const labelsIn = (labels: unknown): FormPart["labels"] =>
  (Array.isArray(labels) ? labels : []).map((l: string | { value: string; title?: string }) => (typeof l === "string" ? { value: l, title: l } : { value: l.value, title: l.title ?? l.value }));

export const isForm = (value: unknown): value is Form =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every((e) => typeof e === "object" && e !== null && "value" in e);

/** What a text means in a field; null where it means nothing. */
export function readAs(part: FormPart, text: string, question: Question): string | number | null {
  const words = text.trim();
  if (words === "") return null;
  if (part.type === "date") return readDate(words, question.config.dates as DateOrder | undefined);
  if (part.type === "number" || part.type === "amount") return readNumber(words, question.config.decimal as DecimalMark | undefined, part.type === "amount");
  if (part.type === "choice") {
    const same = (a: string) => a.toLowerCase() === words.toLowerCase();
    return (part.labels.find((l) => l.value === words) ?? part.labels.find((l) => same(l.value) || same(l.title)))?.value ?? null;
  }
  return text;
}

/** Whether a stored value is of the field's type. */
export function fits(part: FormPart, value: Entry["value"]): boolean {
  if (value === null) return true;
  if (part.type === "number" || part.type === "amount") return typeof value === "number" && Number.isFinite(value);
  if (part.type === "date") return typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) && readDate(value) === value;
  if (part.type === "choice") return part.labels.some((l) => l.value === value);
  return typeof value === "string" && value.trim() !== "";
}

/** The entry that words on a page make: their meaning, as written, where they stand. */
export function fromWords(part: FormPart, words: string, places: Place[], question: Question): Entry {
  const line = words.replace(/\s+/g, " ").trim();
  const value = readAs(part, line, question) ?? line;
  return { value, text: line, places };
}

/** Words added to an entry: a second line of an address, say. */
export function andWords(part: FormPart, entry: Entry, words: string, places: Place[], question: Question): Entry {
  const text = [entry.text ?? (typeof entry.value === "string" ? entry.value : ""), words].filter(Boolean).join(" ");
  return fromWords(part, text, [...(entry.places ?? []), ...places], question);
}

/** What was typed: its words and place on the page stay, because what is corrected is mostly a misread letter. */
export function typed(part: FormPart, before: Entry | undefined, text: string, question: Question): Entry | undefined {
  if (text.trim() === "") return undefined;
  const value = readAs(part, text, question) ?? text;
  const { text: written, places } = before ?? {};
  return { value, ...(written === undefined ? {} : { text: written }), ...(places ? { places } : {}) };
}

export function withEntry(form: Form | undefined, name: string, entry: Entry | undefined): Form | undefined {
  const { [name]: _old, ...rest } = form ?? {};
  const next = entry ? { ...rest, [name]: entry } : rest;
  return Object.keys(next).length > 0 ? next : undefined;
}

/** The value as it stands in its control. */
export const shown = (entry: Entry | undefined): string => (entry === undefined || entry.value === null ? "" : String(entry.value));

/** What keeps a field from being sent; null if nothing does. */
export function trouble(part: FormPart, entry: Entry | undefined, question: Question): string | null {
  if (!entry) return part.required ? "has no value yet; say so if the document does not say it" : null;
  if (!fits(part, entry.value)) return `“${String(entry.value).slice(0, 40)}” is no ${part.type === "choice" ? "choice of this field" : part.type}`;
  if (question.config.place === "needed" && entry.value !== null && !entry.places?.length) return "has no place; drag over the words that say it";
  return null;
}

export function problemOf(question: Question, form: Form): string | null {
  for (const part of partsOf(question)) {
    const what = trouble(part, form[part.name], question);
    if (what) return `${part.title}: ${what}.`;
  }
  return null;
}

/** The field after another that has no value yet, from the start again at the end; the next one if all have. */
export function nextOpen(parts: readonly FormPart[], form: Form | undefined, after: string): FormPart | undefined {
  const at = parts.findIndex((part) => part.name === after);
  const ring = [...parts.slice(at + 1), ...parts.slice(0, at + 1)];
  return ring.find((part) => !form?.[part.name]) ?? ring[0];
}

export interface FieldPart {
  name: string;
  entry: Entry;
}
export type OpenPart = SuggestionPart & { part: FieldPart; source: string };

export const isFieldPart = (part: unknown): part is FieldPart => typeof part === "object" && part !== null && typeof (part as FieldPart).name === "string" && isForm({ x: (part as FieldPart).entry });

/** One part for each field of a suggested form. */
export function formParts(suggestion: Suggestion): OpenPart[] {
  if (!isForm(suggestion.value)) return [];
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
