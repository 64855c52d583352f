/** Boxes as they are stored, and the changes a person makes to them. Pure; pixels of the upright image. */
import type { SurfaceRegion } from "../../canvas/regions-layer";
import { clip, moved, rounded, type Rect, type Size } from "../../lib/geometry";
import { newId, type Region, type RegionPart } from "../regions/parts";

export interface Box extends Region, Rect {
  field?: string;
}

export function isBox(value: unknown): value is Box {
  const box = value as Partial<Box> | null;
  if (typeof box !== "object" || box === null || typeof box.label !== "string") return false;
  return [box.x, box.y, box.w, box.h].every((n) => typeof n === "number" && Number.isFinite(n));
}

export const signature = (b: Box): string => `${b.x}:${b.y}:${b.w}:${b.h}:${b.label}`;
export const keyOf = (box: Box): string => box.id ?? signature(box);

/** A new box with an id, on the image, to a tenth of a pixel. */
export function toBox(rect: Rect, label: string, image: Size, field?: string): Box {
  const box = { id: newId(), ...rounded(clip(rect, image)), label };
  return field === undefined ? box : { ...box, field };
}

/** The list with one box changed. It keeps its key: one without an id gets it as id. */
export function changed(value: readonly Box[], key: string, change: Partial<Box>): Box[] {
  return value.map((box) => (keyOf(box) === key ? { ...box, ...change, id: key } : box));
}

export const withoutBox = (value: readonly Box[], key: string): Box[] => value.filter((box) => keyOf(box) !== key);

/** A copy a little to the right and below, inside the image. */
export function duplicate(box: Box, image: Size): Box {
  const away = Math.max(4, Math.round(Math.min(box.w, box.h) / 8));
  const there = moved(box, away, away, image);
  const blocked = there.x === box.x && there.y === box.y;
  return { ...box, ...rounded(blocked ? moved(box, -away, -away, image) : there), id: newId() };
}

/** A box drawn on the surface, or a suggested one. */
export interface DrawnBox extends SurfaceRegion {
  label: string;
  suggested: { score: number | null; source: string } | null;
}

export interface Looks {
  title: string;
  color: string;
}

/** Turns stored boxes into drawn ones; the same box object always gives the same drawn object. */
export class BoxDrawer {
  #known = new WeakMap<object, DrawnBox>();

  constructor(private readonly looks: (label: string) => Looks) {}

  ofBox(box: Box): DrawnBox {
    return this.#drawn(box, box, null);
  }

  ofPart(part: RegionPart<Box>): DrawnBox {
    const { source, version } = part.suggestion;
    return this.#drawn(part, part.part, { score: part.score, source: version ? `${source} v${version}` : source });
  }

  #drawn(owner: object, box: Box, suggested: DrawnBox["suggested"]): DrawnBox {
    const known = this.#known.get(owner);
    if (known) return known;
    const { title, color } = this.looks(box.label);
    const score = suggested?.score;
    const shown = score === null || score === undefined ? title : `${title} ${score.toFixed(2).replace(/^0/, "")}`;
    const { x, y, w, h, label } = box;
    const made = { key: keyOf(box), x, y, w, h, label, color, title: shown, dashed: suggested !== null, suggested };
    this.#known.set(owner, made);
    return made;
  }
}
