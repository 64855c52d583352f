/**
 * What differs between several answers to one question, for any task type: values are taken apart into small parts by their
 * shape, and each part is looked for in the other answers.
 */
import type { Item, Question } from "../../../api/types";
import { brief } from "../../../ui/format";

/** A small part of a value: a label, a mark, a score, an order of two. `index`: its place where the value is a list. */
export interface Part {
  key: string;
  title: string;
  index: number | null;
  /** A box around it, where it lies on an image: such parts are the same if they overlap by half and more. */
  box: Box | null;
  label: string;
}

interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** A part of an answer that not all answers have; `n` of `of` have it. */
export interface Difference extends Part {
  n: number;
  of: number;
}

type Plain = Record<string, unknown>;
const isPlain = (value: unknown): value is Plain => typeof value === "object" && value !== null && !Array.isArray(value);
const SAME = 0.5;

/** The parts of a value; none of one that is missing. Nothing marked is a part too, so that it differs from something. */
export function partsOf(question: Question, value: unknown, item?: Item): Part[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.length === 0 ? [part("nothing", "nothing marked", null)] : value.map((one, at) => listPart(question, one, at, item));
  if (isPlain(value) && Array.isArray(value.tiers)) return rankParts(value.tiers as unknown[][], value.strength);
  if (isPlain(value)) return Object.entries(value).map(([name, one]) => part(`${name}=${text(one)}`, `${name}: ${text(one)}`, null));
  return [part(text(value), brief(value, 80), null)];
}

/** For each answer, in order, its parts that not all of the answers have. */
export function differences(question: Question, values: readonly unknown[], item?: Item): Difference[][] {
  const all = values.map((value) => partsOf(question, value, item));
  return all.map((own) =>
    own.flatMap((one) => {
      const n = all.filter((parts) => parts.some((other) => sameParts(one, other))).length;
      return n === values.length ? [] : [{ ...one, n, of: values.length }];
    }),
  );
}

/** Only those elements of a list that differ; any other value as it is. */
export function onlyDifferent(value: unknown, different: readonly Difference[]): unknown {
  if (!Array.isArray(value)) return value;
  const places = new Set(different.map((one) => one.index));
  return value.filter((_, at) => places.has(at));
}

/** Whether two parts are the same thing, as far as a reader cares. */
export function sameParts(a: Part, b: Part): boolean {
  if (a.box && b.box) return a.label === b.label && overlap(a.box, b.box) >= SAME;
  return a.key === b.key;
}

/** Intersection over union. */
export function overlap(a: Box, b: Box): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  if (w <= 0 || h <= 0) return 0;
  return (w * h) / (a.w * a.h + b.w * b.h - w * h);
}

function part(key: string, title: string, index: number | null, more: Partial<Part> = {}): Part {
  return { key, title, index, box: null, label: "", ...more };
}

function listPart(question: Question, one: unknown, at: number, item?: Item): Part {
  if (!isPlain(one)) return part(text(one), brief(one, 80), at);
  const label = typeof one.label === "string" ? one.label : "";
  const box = boxOf(one);
  if (box) return part(text(one), `${label || "mark"} at ${Math.round(box.x)}, ${Math.round(box.y)} (${Math.round(box.w)} × ${Math.round(box.h)})`, at, { box, label });
  const excerpt = excerptOf(question, one, item);
  if (excerpt !== null) return part(text(one), `${label ? `${label}: ` : ""}“${excerpt}”`, at, { label });
  if (typeof one.content === "string") return part(text(one), brief(one.content, 80), at);
  return part(text(one), Object.entries(one).map(([name, value]) => `${name} ${text(value)}`).join(", "), at, { label });
}

/** The box around a mark on an image: its own, or that of its points. */
function boxOf(one: Plain): Box | null {
  const [x, y, w, h] = [one.x, one.y, one.w, one.h].map(Number);
  if (typeof one.x === "number" && typeof one.w === "number") return { x: x!, y: y!, w: w!, h: h! };
  const points = pointsOf(one.points);
  if (points.length < 3) return null;
  const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { x: left, y: top, w: Math.max(...xs) - left, h: Math.max(...ys) - top };
}

function pointsOf(points: unknown): [number, number][] {
  if (!Array.isArray(points)) return [];
  return points.flatMap((p): [number, number][] => {
    if (Array.isArray(p) && typeof p[0] === "number" && typeof p[1] === "number") return [[p[0], p[1]]];
    return isPlain(p) && typeof p.x === "number" && typeof p.y === "number" ? [[p.x, p.y]] : [];
  });
}

/** The words that a mark on a text covers. Offsets count code points. */
function excerptOf(question: Question, one: Plain, item?: Item): string | null {
  if (typeof one.start !== "number" || typeof one.end !== "number") return null;
  const field = typeof one.field === "string" ? one.field : question.field;
  const data: unknown = field ? item?.data[field] : undefined;
  return typeof data === "string" ? brief([...data].slice(one.start, one.end).join(""), 60) : `${one.start} to ${one.end}`;
}

/** Which of two stands above the other, or beside it, for each two. */
function rankParts(tiers: readonly unknown[][], strength: unknown): Part[] {
  const placed = tiers.flatMap((tier, at) => tier.map((id) => ({ id: text(id), at })));
  const pairs = placed.flatMap((a, i) => placed.slice(i + 1).map((b) => (a.at < b.at ? `${a.id} > ${b.id}` : `${[a.id, b.id].sort().join(" = ")}`)));
  const by = strength === undefined || strength === null ? [] : [part(`strength=${text(strength)}`, `strength ${text(strength)}`, null)];
  return [...pairs.map((pair) => part(pair, pair, null)), ...by];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
