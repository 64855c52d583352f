/** Spans as they are stored (code points) and as they are drawn (UTF-16), and the changes a person makes to them. Pure. */
import type { Suggestion } from "../../api/types";
import type { OffsetMap } from "../../lib/offsets";
import { byPlace, type Stretch } from "../../lib/segments";
import type { TextRange } from "../../lib/words";
import { entryOf, type LabelEntry } from "../labels/label-set";
import { newId, type Region, type RegionPart } from "../regions/parts";

/** As stored: code points, `end` exclusive. */
export interface Span extends Region {
  start: number;
  end: number;
  field?: string;
  /** The id of an entry of the project's knowledge base, or "NIL". */
  entity?: string | undefined;
}

/** As drawn: UTF-16 offsets, with its looks. */
export interface DrawnSpan extends Stretch {
  label: string;
  title: string;
  color: string;
  /** Set on a suggestion that waits for a decision. */
  suggested: { score: number | null; source: string } | null;
}

export function isSpan(value: unknown): value is Span {
  const span = value as Partial<Span> | null;
  return typeof span === "object" && span !== null && Number.isInteger(span.start) && Number.isInteger(span.end) && typeof span.label === "string";
}

export const signature = (span: Span): string => `${span.start}:${span.end}:${span.label}`;

/** The key under which a stored span is drawn and selected. */
export const keyOf = (span: Span): string => span.id ?? signature(span);

const inOrder = (a: Span, b: Span) => a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : a.label > b.label ? 1 : 0);

/** Turns stored spans into drawn ones; the same span object always gives the same drawn object. */
export class SpanDrawer {
  #known = new WeakMap<object, DrawnSpan>();

  constructor(
    private readonly offsets: OffsetMap,
    private readonly labels: readonly LabelEntry[],
  ) {}

  ofSpan(span: Span): DrawnSpan {
    return this.#drawn(span, span, null);
  }

  ofPart(part: RegionPart<Span>): DrawnSpan {
    return this.#drawn(part, part.part, { score: part.score, source: sourceOf(part.suggestion) });
  }

  #drawn(owner: object, span: Span, suggested: DrawnSpan["suggested"]): DrawnSpan {
    const known = this.#known.get(owner);
    if (known) return known;
    const { title, color } = entryOf(this.labels, span.label);
    const made = { key: keyOf(span), start: this.offsets.toUtf16(span.start), end: this.offsets.toUtf16(span.end), label: span.label, title, color, suggested };
    this.#known.set(owner, made);
    return made;
  }
}

const sourceOf = (suggestion: Suggestion) => (suggestion.version ? `${suggestion.source} v${suggestion.version}` : suggestion.source);

/** The stored form of a UTF-16 range. */
export function toSpan(range: TextRange, label: string, offsets: OffsetMap, field?: string): Span {
  const span = { id: newId(), start: offsets.toCodePoint(range.start), end: offsets.toCodePoint(range.end), label };
  return field === undefined ? span : { ...span, field };
}

/** The list with one more span, in reading order; the same list if an equal span is in it. */
export function withSpan(value: readonly Span[], span: Span): Span[] {
  if (value.some((other) => other.start === span.start && other.end === span.end && other.label === span.label)) return value as Span[];
  return [...value, span].sort(inOrder);
}

/** The list with more spans that are not in it, in reading order. */
export const withSpans = (value: Span[], more: readonly Span[]): Span[] => (more.length > 0 ? [...value, ...more].sort(inOrder) : value);

export const withoutSpan = (value: readonly Span[], key: string): Span[] => value.filter((span) => keyOf(span) !== key);

/** The list with one span changed, in reading order. The changed span keeps its key: one without an id gets it as id. */
export function changed(value: readonly Span[], key: string, change: Partial<Span>): Span[] {
  return value.map((span) => (keyOf(span) === key ? { ...span, ...change, id: key } : span)).sort(inOrder);
}

/** The spans that overlap a code point range. */
export const overlapping = (value: readonly Span[], start: number, end: number): Span[] =>
  value.filter((span) => span.start < end && start < span.end);

/** Everything drawn in reading order: the way J and K go. Two stored spans may be equal in everything; only one of them is drawn. */
export function readingOrder(drawn: readonly DrawnSpan[]): DrawnSpan[] {
  const sorted = [...drawn].sort(byPlace);
  return sorted.filter((span, i) => i === 0 || span.key !== sorted[i - 1]!.key);
}
