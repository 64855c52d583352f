/**
 * What differs between several answers to one question, for any task type. Whether two marks, lines or amounts mean the same is
 * the task type's to say: the server tells which parts of an answer not all have. Plain values and orders are compared here.
 */
import type { Item, Question, ReviewAnswer } from "../../../api/types";
import { clockText } from "../../../media/time/axis";
import { brief } from "../../../ui/format";

/** A small part of a value: a label, a mark, a score, an order of two. `path`: where in the value it is. */
export interface Part {
  key: string;
  title: string;
  path: readonly (string | number)[];
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

type Given = Pick<ReviewAnswer, "value" | "different">;
type Plain = Record<string, unknown>;
const isPlain = (value: unknown): value is Plain => typeof value === "object" && value !== null && !Array.isArray(value);

/** The parts of a value; none of one that is missing. Nothing marked is a part too, so that it differs from something. */
export function partsOf(question: Question, value: unknown, item?: Item): Part[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.length === 0 ? [NOTHING] : value.map((one, at) => listPart(question, one, [at], item));
  if (isPlain(value) && Array.isArray(value.tiers)) return rankParts(value.tiers as unknown[][], value.strength);
  if (!isPlain(value)) return [{ key: text(value), title: brief(value, 80), path: [] }];
  return Object.entries(value).flatMap(([name, one]) => entryParts(question, name, one, item));
}

const NOTHING: Part = { key: "nothing", title: "nothing marked", path: [] };

/** An entry of an object: the elements of its list, or itself. */
function entryParts(question: Question, name: string, one: unknown, item?: Item): Part[] {
  if (Array.isArray(one)) return one.map((mark, at) => listPart(question, mark, [name, at], item));
  const said = isPlain(one) && "value" in one ? one.value : one;
  return [{ key: `${name}=${text(one)}`, title: `${name}: ${said === null ? "not said" : text(said)}`, path: [name] }];
}

/** For each answer, in order, its parts that not all of the answers have. */
export function differences(question: Question, answers: readonly Given[], item?: Item): Difference[][] {
  const all = answers.map((answer) => partsOf(question, answer.value, item));
  const of = answers.length;
  return all.map((own, at) => {
    const told = answers[at]?.different;
    if (told && own[0] !== NOTHING) return told.flatMap(({ path, n }) => own.filter((one) => isAt(one, path)).map((one) => ({ ...one, n, of })));
    return own.flatMap((one) => {
      const n = all.filter((parts) => parts.some((other) => other.key === one.key)).length;
      return n === of ? [] : [{ ...one, n, of }];
    });
  });
}

const isAt = (one: Part, path: readonly (string | number)[]) => one.path.length === path.length && one.path.every((step, at) => step === path[at]);

/** Only those elements of a list that differ; any other value as it is. */
export function onlyDifferent(value: unknown, different: readonly Difference[]): unknown {
  if (!Array.isArray(value)) return value;
  const places = new Set(different.map((one) => one.path[0]));
  return value.filter((_, at) => places.has(at));
}

function listPart(question: Question, one: unknown, path: Part["path"], item?: Item): Part {
  const named = (title: string): Part => ({ key: text(one), title, path });
  if (!isPlain(one)) return named(brief(one, 80));
  const label = typeof one.label === "string" ? one.label : "mark";
  const box = boxOf(one);
  const page = typeof one.page === "number" && one.page > 0 ? `, page ${one.page + 1}` : "";
  if (box) return named(`${label} at ${Math.round(box.x)}, ${Math.round(box.y)} (${Math.round(box.w)} × ${Math.round(box.h)})${page}`);
  if (typeof one.counts === "string") return named(`${label}, outlined pixel by pixel`);
  if (Array.isArray(one.keyframes)) return named(`${label}, ${framesOf(one.keyframes)}`);
  const excerpt = excerptOf(question, one, item);
  if (excerpt !== null) return named(`${label === "mark" ? "" : `${label}: `}${excerpt}`);
  if (typeof one.content === "string") return named(brief(one.content, 80));
  return named(Object.entries(one).map(([name, value]) => `${name} ${text(value)}`).join(", "));
}

/** The box around a mark on an image: its own, or that of its points, of those that are there. */
function boxOf(one: Plain): Box | null {
  if (typeof one.x === "number" && typeof one.w === "number") return { x: one.x, y: Number(one.y), w: one.w, h: Number(one.h) };
  const points = pointsOf(one.points);
  if (points.length < 2) return null;
  const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { x: left, y: top, w: Math.max(...xs) - left, h: Math.max(...ys) - top };
}

function pointsOf(points: unknown): [number, number][] {
  if (!Array.isArray(points)) return [];
  return points.flatMap((p): [number, number][] => (Array.isArray(p) && typeof p[0] === "number" && typeof p[1] === "number" && p[2] !== 0 ? [[p[0], p[1]]] : []));
}

function framesOf(keys: unknown[]): string {
  const frames = keys.flatMap((key) => (isPlain(key) && typeof key.frame === "number" ? [key.frame] : []));
  return frames.length > 1 ? `frames ${frames[0]} to ${frames.at(-1)}` : `frame ${frames[0] ?? "?"}`;
}

/** What a mark covers: the words of a text, whose offsets count code points, or the time. */
function excerptOf(question: Question, one: Plain, item?: Item): string | null {
  if (typeof one.start !== "number" || typeof one.end !== "number") return null;
  const field = typeof one.field === "string" ? one.field : question.field;
  const data: unknown = field ? (item?.readings[field]?.text ?? item?.data[field]) : undefined;
  if (typeof data === "string") return `“${brief([...data].slice(one.start, one.end).join(""), 60)}”`;
  const words = typeof one.text === "string" && one.text ? ` “${brief(one.text, 60)}”` : "";
  return isPlain(data) || words ? `${clockText(one.start)} to ${clockText(one.end)}${words}` : `${one.start} to ${one.end}`;
}

/** Which of two stands above the other, or beside it, for each two. */
function rankParts(tiers: readonly unknown[][], strength: unknown): Part[] {
  const placed = tiers.flatMap((tier, at) => tier.map((id) => ({ id: text(id), at })));
  const pairs = placed.flatMap((a, i) => placed.slice(i + 1).map((b) => (a.at < b.at ? `${a.id} > ${b.id}` : `${[a.id, b.id].sort().join(" = ")}`)));
  const by = strength === undefined || strength === null ? [] : [{ key: `strength=${text(strength)}`, title: `strength ${text(strength)}`, path: [] }];
  return [...pairs.map((pair) => ({ key: pair, title: pair, path: [] })), ...by];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
