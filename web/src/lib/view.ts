/** The view onto an image: one scale and one translation between image pixels and CSS pixels of the surface. Pure. */
import type { Point, Rect, Size } from "./geometry";

/** screen = image * scale + (x, y). */
export interface View {
  scale: number;
  x: number;
  y: number;
}

/** Largest magnification: one image pixel as 40 CSS pixels. */
export const MAX_SCALE = 40;
const PADDING = 12;

export const toScreen = (view: View, p: Point): Point => ({ x: p.x * view.scale + view.x, y: p.y * view.scale + view.y });
export const toImage = (view: View, p: Point): Point => ({ x: (p.x - view.x) / view.scale, y: (p.y - view.y) / view.scale });

export const rectToScreen = (view: View, r: Rect): Rect => ({
  x: r.x * view.scale + view.x,
  y: r.y * view.scale + view.y,
  w: r.w * view.scale,
  h: r.h * view.scale,
});

/** The part of the image plane that a surface of this size shows. */
export function visible(view: View, surface: Size): Rect {
  const corner = toImage(view, { x: 0, y: 0 });
  return { x: corner.x, y: corner.y, w: surface.w / view.scale, h: surface.h / view.scale };
}

/** The whole pixels of an image that a rectangle touches. */
export function pixelsIn(rect: Rect, image: Size): Rect {
  const [x, y] = [Math.max(0, Math.floor(rect.x)), Math.max(0, Math.floor(rect.y))];
  return { x, y, w: Math.max(0, Math.min(image.w, Math.ceil(rect.x + rect.w)) - x), h: Math.max(0, Math.min(image.h, Math.ceil(rect.y + rect.h)) - y) };
}

/** The view that centres a rectangle and shows all of it, with some air around. `cap` bounds the magnification. */
export function fit(rect: Rect, surface: Size, cap = MAX_SCALE, air = PADDING): View {
  const width = Math.max(1, surface.w - 2 * air);
  const height = Math.max(1, surface.h - 2 * air);
  const scale = Math.min(width / Math.max(rect.w, 1e-6), height / Math.max(rect.h, 1e-6), cap);
  return {
    scale,
    x: surface.w / 2 - (rect.x + rect.w / 2) * scale,
    y: surface.h / 2 - (rect.y + rect.h / 2) * scale,
  };
}

/** The whole image, never magnified more than 4 times. */
export const fitImage = (image: Size, surface: Size): View => fit({ x: 0, y: 0, ...image }, surface, 4);

/** Zoomed by a factor while the image point under `at` (CSS pixels) stays where it is. */
export function zoomedAt(view: View, at: Point, factor: number, min: number): View {
  const scale = Math.min(Math.max(view.scale * factor, min), MAX_SCALE);
  const ratio = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

/** The view held so that at least `keep` CSS pixels of the image stay on the surface. */
export function held(view: View, image: Size, surface: Size, keep = 48): View {
  const clamp = (n: number, low: number, high: number) => Math.min(Math.max(n, low), high);
  return {
    scale: view.scale,
    x: clamp(view.x, keep - image.w * view.scale, surface.w - keep),
    y: clamp(view.y, keep - image.h * view.scale, surface.h - keep),
  };
}

export const sameView = (a: View, b: View): boolean => a.scale === b.scale && a.x === b.x && a.y === b.y;

/** How far a view is turned, in degrees clockwise. */
export type Turn = 0 | 90 | 180 | 270;

/** The place on a surface of that size (before it was turned about its middle) that a place in its element means. */
export function unturned(at: Point, turn: Turn, surface: Size): Point {
  if (turn === 0) return at;
  if (turn === 90) return { x: at.y, y: surface.h - at.x };
  if (turn === 180) return { x: surface.w - at.x, y: surface.h - at.y };
  return { x: surface.w - at.y, y: at.x };
}
