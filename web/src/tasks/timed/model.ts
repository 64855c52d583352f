/** Segments of time as they are stored, and the changes a person makes to them. Pure; seconds. */
import type { Question } from "../../api/types";
import { milli } from "../../media/time/axis";
import type { Range } from "../../media/time/gestures";
import { newId, type Region } from "../regions/parts";

export interface Segment extends Region {
  start: number;
  end: number;
  field?: string;
  text?: string;
  attributes?: Record<string, unknown>;
}

/** What a task type adds to the editor of segments. */
export interface TimedKind {
  type: string;
  noun: string;
  nouns: string;
  /** Segments have words. */
  worded: boolean;
  /** What is dragged over to select time; the waveform where it is not said. */
  over?: string;
}

export function isSegment(value: unknown): value is Segment {
  const one = value as Partial<Segment> | null;
  return typeof one === "object" && one !== null && typeof one.label === "string" && Number.isFinite(one.start) && Number.isFinite(one.end);
}

/** Two segments with the same signature are the same to a person; of words, what they say counts too. */
export const signature = (one: Segment): string => `${one.label}:${milli(one.start)}:${milli(one.end)}${one.text ? `:${one.text}` : ""}`;
export const keyOf = (one: Segment): string => one.id ?? signature(one);

const inOrder = (a: Segment, b: Segment) => a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : 1);
export const sorted = (value: readonly Segment[]): Segment[] => [...value].sort(inOrder);

export function toSegment(kind: TimedKind, range: Range, label: string, field?: string): Segment {
  return { id: newId(), start: milli(range.start), end: milli(range.end), label, ...(kind.worded ? { text: "" } : {}), ...(field ? { field } : {}) };
}

/** The list with one segment changed. It keeps its key: one without an id gets it as id. What is undefined goes. */
export function changed(value: readonly Segment[], key: string, change: Partial<Segment>): Segment[] {
  return sorted(value.map((one) => (keyOf(one) === key ? ({ ...clean({ ...one, ...change }), id: key } as Segment) : one)));
}

const clean = (one: object): object => Object.fromEntries(Object.entries(one).filter(([, v]) => v !== undefined));

export const withoutSegment = (value: readonly Segment[], key: string): Segment[] => value.filter((one) => keyOf(one) !== key);

/** Cut in two at a time; the words go where they probably were said. The same list where the time is not inside. */
export function split(value: readonly Segment[], key: string, at: number): Segment[] {
  return sorted(value.flatMap((one) => {
    if (keyOf(one) !== key || at <= one.start + 0.001 || at >= one.end - 0.001) return [one];
    const words = (one.text ?? "").split(/\s+/).filter(Boolean);
    const n = Math.round((words.length * (at - one.start)) / (one.end - one.start));
    const text = (part: string[]) => (one.text === undefined ? {} : { text: part.join(" ") });
    return [{ ...one, id: key, end: milli(at), ...text(words.slice(0, n)) }, { ...one, id: newId(), start: milli(at), ...text(words.slice(n)) }];
  }));
}

/** Joined with the next segment of its label; its words come along. The same list where there is none. */
export function joined(value: readonly Segment[], key: string): Segment[] {
  const one = value.find((s) => keyOf(s) === key);
  const next = one && sorted(value).find((s) => s.label === one.label && s !== one && (s.start > one.start || (s.start === one.start && s.end > one.end)));
  if (!one || !next) return [...value];
  const text = one.text === undefined ? {} : { text: [one.text, next.text ?? ""].filter(Boolean).join(" ") };
  return changed(withoutSegment(value, keyOf(next)), key, { end: Math.max(one.end, next.end), ...text });
}

/** Which other segment keeps a stretch from having a label, by the question's rule. */
export function clashing(question: Question, value: readonly Segment[], range: Range, label: string, key?: string): Segment | undefined {
  const rule = question.config.overlap ?? true;
  if (rule === true) return undefined;
  return value.find((one) => keyOf(one) !== key && (rule !== "labels" || one.label === label) && one.start < range.end - 1e-6 && range.start < one.end - 1e-6);
}

/** A range cut so that it clashes with nothing, keeping the moment where the drawing or dragging is; null if nothing is left. */
export function fitted(question: Question, value: readonly Segment[], range: Range, label: string, key?: string): Range | null {
  let { start, end } = range;
  const own = key === undefined ? undefined : value.find((one) => keyOf(one) === key);
  const middle = own ? (own.start + own.end) / 2 : (start + end) / 2;
  for (let clash = clashing(question, value, { start, end }, label, key), n = 0; clash && n < 1000; clash = clashing(question, value, { start, end }, label, key), n++) {
    if (clash.start <= middle && middle < clash.end) return null;
    if (clash.end <= middle) start = Math.max(start, clash.end);
    else end = Math.min(end, clash.start);
  }
  return end - start > 0.001 ? { start, end } : null;
}

/** Attributes that belong to the speaker are answered for all of their segments at once. */
export function withAttribute(question: Question, value: readonly Segment[], key: string, name: string, answer: unknown): Segment[] {
  const one = value.find((s) => keyOf(s) === key);
  const ofSpeaker = Array.isArray(question.config.of_speaker) && question.config.of_speaker.includes(name);
  return value.map((s) => {
    if (keyOf(s) !== key && !(ofSpeaker && s.label === one?.label)) return s;
    const attributes = clean({ ...s.attributes, [name]: answer }) as Record<string, unknown>;
    return { ...(clean({ ...s, attributes: Object.keys(attributes).length > 0 ? attributes : undefined }) as Segment), id: keyOf(s) };
  });
}

/** What is known of a speaker from their other segments. */
export function ofSpeaker(question: Question, value: readonly Segment[], label: string): Record<string, unknown> | undefined {
  const names = Array.isArray(question.config.of_speaker) ? (question.config.of_speaker as string[]) : [];
  const known = value.find((s) => s.label === label && names.some((name) => s.attributes?.[name] !== undefined))?.attributes;
  return known ? Object.fromEntries(Object.entries(known).filter(([name]) => names.includes(name))) : undefined;
}

/** With what is known of its speaker. */
export function introduced(question: Question, value: readonly Segment[], one: Segment): Segment {
  const names = Array.isArray(question.config.of_speaker) ? (question.config.of_speaker as string[]) : [];
  if (names.length === 0) return one;
  const own = Object.fromEntries(Object.entries(one.attributes ?? {}).filter(([name]) => !names.includes(name)));
  const attributes = { ...own, ...ofSpeaker(question, value.filter((s) => s !== one), one.label) };
  return clean({ ...one, attributes: Object.keys(attributes).length > 0 ? attributes : undefined }) as Segment;
}
