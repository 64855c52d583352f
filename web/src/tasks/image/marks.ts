/**
 * Things marked on an image as they are stored, and the changes a person makes to them. It stands alone because boxes, polygons, lines,
 * figures and masks differ in geometry only; each of them says what that is in a `Kind`. Pure; pixels of the upright image.
 */
import type { ComponentType } from "react";
import type { Question } from "../../api/types";
import type { Pen, Paper } from "../../canvas/pens";
import type { Ink } from "../../canvas/brush-pen";
import type { Ask, Shown } from "../../canvas/click-pen";
import type { SurfaceRegion } from "../../canvas/regions-layer";
import type { Bitmask } from "../../lib/bitmask";
import type { Rect, Size } from "../../lib/geometry";
import { boundsOf, type Shape } from "../../lib/shape";
import { newId, type Region, type RegionPart } from "../regions/parts";

export interface Mark extends Region {
  field?: string;
  attributes?: Record<string, unknown>;
  group?: number;
  z?: number;
  /** Of an image with several pages, from 0; the first where it is left out. */
  page?: number;
  /** What leads from this thing to others, by their ids. */
  relations?: { to: string; label: string; score?: number }[];
}

/** What a pen is made with. */
export interface PenHost {
  paper: Paper & { ink: Ink };
  question: Question;
  /** Radius of the brush in pixels of the image. */
  radius(): number;
  /** A stroke of the brush ended. */
  onStroke(pixels: Bitmask, how: "add" | "take"): void;
  /** What the next click means; null for nothing special. */
  onHint(words: string | null): void;
  /** What a helper on the server makes of clicks and a box. */
  refine: Ask;
  /** What another live tool says of clicks and a box; as the tool gives it. */
  help(tool: string, shown: Shown): Promise<unknown>;
  /** What is in view, in whole pixels of the image. */
  inView(): Rect;
}

export interface ToolSpec {
  id: string;
  title: string;
  key: string;
  Icon: ComponentType<{ size?: number }>;
  /** What to do with it, in a few words. */
  hint: string;
  pen(host: PenHost): Pen;
  /** Shows its rim, and has a size. */
  brush?: boolean;
  /** What it draws is not a new thing but a hole in the selected one. */
  cuts?: boolean;
}

/** One kind of geometry: what a task type adds to the editor of things on an image. */
export interface Kind<M extends Mark> {
  type: string;
  noun: string;
  nouns: string;
  tools: readonly ToolSpec[];
  isMark(value: unknown): value is M;
  signature(mark: M): string;
  /** The shape to draw; undefined for an upright box, which is its own bounds. */
  shapeOf(mark: M, question: Question): Shape | undefined;
  /** What is stored of a shape; null where nothing of it is left on the image. */
  geometry(shape: Shape, image: Size, question: Question): Partial<M> | null;
  /** A thing of ordinary size in the middle, for those who draw without a mouse. */
  inMiddle(at: { x: number; y: number }, side: number, question: Question): Shape;
  /** There are no relations between things of this kind. */
  unrelated?: boolean;
  /** Whether a question lets boxes be turned. */
  turns?(question: Question): boolean;
  /** What a thing looks like besides its label: worked out or placed, and what is written after its name. */
  look?(mark: M): { faint?: boolean; note?: string };
}

const isKeyed = (value: unknown): value is Mark => typeof value === "object" && value !== null && typeof (value as Mark).label === "string";
export const isPoints = (value: unknown, least: number, width: number): boolean =>
  Array.isArray(value) && value.length >= least && value.every((p) => Array.isArray(p) && p.length === width && p.every((n) => typeof n === "number" && Number.isFinite(n)));
export const isNamed = isKeyed;

export const tenth = (n: number): number => Math.round(n * 10) / 10;
const keys = new WeakMap<Mark, string>();

/** The id of a thing, or its signature, which is worked out once. */
export function keyOf<M extends Mark>(kind: Pick<Kind<M>, "signature">, mark: M): string {
  if (mark.id !== undefined) return mark.id;
  let key = keys.get(mark);
  if (key === undefined) keys.set(mark, (key = kind.signature(mark)));
  return key;
}

/** The list with one thing changed. It keeps its key: one without an id gets it as id. What is undefined goes. */
export function changed<M extends Mark>(kind: Kind<M>, value: readonly M[], key: string, change: Partial<M>): M[] {
  return value.map((mark) => (keyOf(kind, mark) === key ? without({ ...mark, ...change, id: key }) : mark));
}

export function without<T extends object>(mark: T): T {
  return Object.fromEntries(Object.entries(mark).filter(([, v]) => v !== undefined)) as T;
}

export const withoutMark = <M extends Mark>(kind: Kind<M>, value: readonly M[], key: string): M[] => value.filter((mark) => keyOf(kind, mark) !== key);

/** A new thing with an id. Null where nothing of the shape lies on the image. */
export function toMark<M extends Mark>(kind: Kind<M>, shape: Shape, label: string, image: Size, question: Question, more: Partial<Mark>): M | null {
  const geometry = kind.geometry(shape, image, question);
  if (!geometry) return null;
  return without({ id: newId(), ...geometry, label, ...more } as unknown as M);
}

/** A thing drawn on the surface, or a suggested one. */
export interface DrawnMark extends SurfaceRegion {
  label: string;
  suggested: { score: number | null; source: string } | null;
  attributes: Record<string, unknown>;
  group: number | null;
  z: number;
}

export interface Looks {
  title: string;
  color: string;
}

/** Turns stored things into drawn ones; the same object always gives the same drawn object. */
export class Drawer<M extends Mark> {
  #known = new WeakMap<object, DrawnMark>();

  constructor(
    private readonly kind: Kind<M>,
    private readonly question: Question,
    private readonly looks: (label: string) => Looks,
  ) {}

  ofMark(mark: M): DrawnMark | null {
    return this.#drawn(mark, mark, null);
  }

  ofPart(part: RegionPart<M>): DrawnMark | null {
    const { source, version } = part.suggestion;
    return this.#drawn(part, part.part, { score: part.score, source: version ? `${source} v${version}` : source });
  }

  #drawn(owner: object, mark: M, suggested: DrawnMark["suggested"]): DrawnMark | null {
    const known = this.#known.get(owner);
    if (known) return known;
    const { title, color } = this.looks(mark.label);
    const score = suggested?.score;
    const shown = score === null || score === undefined ? title : `${title} ${score.toFixed(2).replace(/^0/, "")}`;
    const { faint, note } = this.kind.look?.(mark) ?? {};
    const shape = readShape(this.kind, mark, this.question);
    if (shape === null) return null;
    const bounds = shape ? boundsOf(shape) : (mark as unknown as { x: number; y: number; w: number; h: number });
    const { x, y, w, h } = bounds;
    const made: DrawnMark = {
      key: keyOf(this.kind, mark), x, y, w, h, label: mark.label, color, title: note ? `${shown} ${note}` : shown, dashed: suggested !== null, suggested, ...(faint ? { faint } : {}),
      attributes: mark.attributes ?? {}, group: mark.group ?? null, z: mark.z ?? 0, ...(shape ? { shape } : {}),
    };
    this.#known.set(owner, made);
    return made;
  }
}

/** Null for a thing whose geometry cannot be read. */
function readShape<M extends Mark>(kind: Kind<M>, mark: M, question: Question): Shape | undefined | null {
  try {
    return kind.shapeOf(mark, question);
  } catch {
    return null;
  }
}
