/**
 * Geometry of axis-aligned boxes on an image: normalising, clamping, moving, resizing, hit testing. Pure functions.
 * Units are pixels of the upright image; origin top left, x to the right, y down.
 */

export interface Point {
  x: number;
  y: number;
}
export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}
export interface Size {
  w: number;
  h: number;
}

/** The eight handles, by the edges they move. */
export type Handle = "nw" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w";
export const HANDLES: readonly Handle[] = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

/** The smallest side of a box, in image pixels. */
export const MIN_SIDE = 1;

const limit = (n: number, low: number, high: number) => Math.min(Math.max(n, low), high);

/** The box between two opposite corners given in any order. */
export function between(a: Point, b: Point): Rect {
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), w: Math.abs(a.x - b.x), h: Math.abs(a.y - b.y) };
}

/** The part of the box that lies on the image; never smaller than MIN_SIDE, never outside. */
export function clip(rect: Rect, image: Size): Rect {
  const x = limit(rect.x, 0, Math.max(0, image.w - MIN_SIDE));
  const y = limit(rect.y, 0, Math.max(0, image.h - MIN_SIDE));
  const right = limit(rect.x + rect.w, x + Math.min(MIN_SIDE, image.w), image.w);
  const bottom = limit(rect.y + rect.h, y + Math.min(MIN_SIDE, image.h), image.h);
  return { x, y, w: right - x, h: bottom - y };
}

/** The box moved by (dx, dy), keeping its size and stopping at the edge of the image. */
export function moved(rect: Rect, dx: number, dy: number, image: Size): Rect {
  return {
    ...rect,
    x: limit(rect.x + dx, 0, Math.max(0, image.w - rect.w)),
    y: limit(rect.y + dy, 0, Math.max(0, image.h - rect.h)),
  };
}

/** How far a box may go of a way, so that no more of it than now leaves the image. */
export function stepWithin(rect: Rect, dx: number, dy: number, image: Size): Point {
  const along = (n: number, from: number, to: number, end: number) => limit(n, Math.min(0, -from), Math.max(0, end - to));
  return { x: along(dx, rect.x, rect.x + rect.w, image.w), y: along(dy, rect.y, rect.y + rect.h, image.h) };
}

/** The box with one handle dragged to a point. Crossing the opposite edge turns the box over. */
export function resized(rect: Rect, handle: Handle, to: Point, image: Size): Rect {
  let left = rect.x;
  let top = rect.y;
  let right = rect.x + rect.w;
  let bottom = rect.y + rect.h;
  if (handle.includes("w")) left = limit(to.x, 0, image.w);
  if (handle.includes("e")) right = limit(to.x, 0, image.w);
  if (handle.startsWith("n")) top = limit(to.y, 0, image.h);
  if (handle.startsWith("s")) bottom = limit(to.y, 0, image.h);
  return clip(between({ x: left, y: top }, { x: right, y: bottom }), image);
}

/** Where a handle sits on the box. */
export function handlePoint(rect: Rect, handle: Handle): Point {
  const x = handle.includes("w") ? rect.x : handle.includes("e") ? rect.x + rect.w : rect.x + rect.w / 2;
  const y = handle.startsWith("n") ? rect.y : handle.startsWith("s") ? rect.y + rect.h : rect.y + rect.h / 2;
  return { x, y };
}

/** The handle nearest to a point, if it lies within `reach` (same units as the box) on both axes. */
export function handleAt(rect: Rect, point: Point, reach: number): Handle | null {
  let best: Handle | null = null;
  let nearest = Infinity;
  for (const handle of HANDLES) {
    const at = handlePoint(rect, handle);
    const dx = Math.abs(at.x - point.x);
    const dy = Math.abs(at.y - point.y);
    if (dx > reach || dy > reach || dx + dy >= nearest) continue;
    best = handle;
    nearest = dx + dy;
  }
  return best;
}

export const contains = (rect: Rect, p: Point): boolean =>
  p.x >= rect.x && p.x <= rect.x + rect.w && p.y >= rect.y && p.y <= rect.y + rect.h;

export const overlaps = (a: Rect, b: Rect): boolean =>
  a.x <= b.x + b.w && b.x <= a.x + a.w && a.y <= b.y + b.h && b.y <= a.y + a.h;

export const area = (rect: Rect): number => rect.w * rect.h;

/** The smallest box around all the given ones; null for none. */
export function around(rects: readonly Rect[]): Rect | null {
  if (rects.length === 0) return null;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const r of rects) {
    left = Math.min(left, r.x);
    top = Math.min(top, r.y);
    right = Math.max(right, r.x + r.w);
    bottom = Math.max(bottom, r.y + r.h);
  }
  return { x: left, y: top, w: right - left, h: bottom - top };
}

/** Coordinates to a tenth of a pixel: what is stored. */
export function rounded(rect: Rect): Rect {
  const tenth = (n: number) => Math.round(n * 10) / 10;
  const x = tenth(rect.x);
  const y = tenth(rect.y);
  return { x, y, w: Math.max(0.1, tenth(rect.x + rect.w - x)), h: Math.max(0.1, tenth(rect.y + rect.h - y)) };
}

/** Whether the first box lies wholly in the second; half a pixel does not count. */
export const rectInside = (inner: Rect, outer: Rect): boolean =>
  inner.x >= outer.x - 0.5 && inner.y >= outer.y - 0.5 && inner.x + inner.w <= outer.x + outer.w + 0.5 && inner.y + inner.h <= outer.y + outer.h + 0.5;
