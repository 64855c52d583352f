/**
 * Typed values read from documents, each with the words as written and the places where they stand. Pure. It stands alone because the
 * fields of a form and the cells of a table are entries of one kind; what they can be is said by the question's `fields` or `columns`.
 */
import type { Question } from "../../api/types";
import type { Place } from "../../lib/pages";
import { readDate, readNumber, type DateOrder, type DecimalMark } from "../../lib/typed";
import { labelColor } from "../../ui/labelColor";

export interface Entry {
  /** null: the document does not say it. A text in a field of numbers or dates is one that could not be read (yet). */
  value: string | number | null;
  text?: string;
  places?: Place[];
  score?: number;
}
export type PartType = "text" | "number" | "date" | "amount" | "choice";

export interface Part {
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
const cache = new WeakMap<object, Part[]>();

/** The fields of a form, or the columns of a table, with keys: their own, or the first digits. */
export function partsOf(question: Question): Part[] {
  const known = cache.get(question.config);
  if (known) return known;
  const listed = question.config.fields ?? question.config.columns;
  const raw = (Array.isArray(listed) ? listed : []) as (string | Record<string, unknown>)[];
  const given = raw.map((one) => (typeof one === "string" ? { name: one } : one) as Record<string, unknown>);
  const own = given.some((one) => one.key);
  const parts = given.map((one, i): Part => ({
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

const labelsIn = (labels: unknown): Part["labels"] =>
  (Array.isArray(labels) ? labels : []).map((l: string | { value: string; title?: string }) => (typeof l === "string" ? { value: l, title: l } : { value: l.value, title: l.title ?? l.value }));

/** Whether something is entries by name. */
export const areEntries = (value: unknown): value is Record<string, Entry> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every((e) => typeof e === "object" && e !== null && "value" in e);

/** What a text means in a field; null where it means nothing. */
export function readAs(part: Part, text: string, question: Question): string | number | null {
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
export function fits(part: Part, value: Entry["value"]): boolean {
  if (value === null) return true;
  if (part.type === "number" || part.type === "amount") return typeof value === "number" && Number.isFinite(value);
  if (part.type === "date") return typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) && readDate(value) === value;
  if (part.type === "choice") return part.labels.some((l) => l.value === value);
  return typeof value === "string" && value.trim() !== "";
}

/** The entry that words on a page make: their meaning, as written, where they stand. */
export function fromWords(part: Part, words: string, places: Place[], question: Question): Entry {
  const line = words.replace(/\s+/g, " ").trim();
  const value = readAs(part, line, question) ?? line;
  return { value, text: line, places };
}

/** Words added to an entry: a second line of an address, say. */
export function andWords(part: Part, entry: Entry, words: string, places: Place[], question: Question): Entry {
  const text = [entry.text ?? (typeof entry.value === "string" ? entry.value : ""), words].filter(Boolean).join(" ");
  return fromWords(part, text, [...(entry.places ?? []), ...places], question);
}

/** What was typed: its words and place on the page stay, because what is corrected is mostly a misread letter. */
export function typed(part: Part, before: Entry | undefined, text: string, question: Question): Entry | undefined {
  if (text.trim() === "") return undefined;
  const value = readAs(part, text, question) ?? text;
  const { text: written, places } = before ?? {};
  return { value, ...(written === undefined ? {} : { text: written }), ...(places ? { places } : {}) };
}

/** The value as it stands in its control. */
export const shown = (entry: Entry | undefined): string => (entry === undefined || entry.value === null ? "" : String(entry.value));

/** What keeps a field from being sent; null if nothing does. */
export function trouble(part: Part, entry: Entry | undefined, question: Question): string | null {
  if (!entry) return part.required ? "has no value yet; say so if the document does not say it" : null;
  if (entry.value === "") return part.type === "choice" ? "has a place, but no value: choose it" : "has a place, but no value: there are no words to read it from; type it";
  if (!fits(part, entry.value)) return `“${String(entry.value).slice(0, 40)}” is no ${part.type === "choice" ? "choice here" : part.type}`;
  if (question.config.place === "needed" && entry.value !== null && !entry.places?.length) return "has no place; drag over the words that say it";
  return null;
}
