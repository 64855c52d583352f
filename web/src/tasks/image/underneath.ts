/** Pixels that a mask takes from the others of its question, so that each pixel belongs to one thing. Pure. */
import { combined, type Bitmask } from "../../lib/bitmask";
import { overlaps, type Size } from "../../lib/geometry";
import { changedMany } from "./many";
import type { DrawnMark, Kind, Mark } from "./marks";

/** The list without these pixels in any of the things underneath; a thing of which nothing is left goes, and is named in `gone`. */
export function withoutPixels<M extends Mark>(kind: Kind<M>, value: readonly M[], under: readonly DrawnMark[], pixels: Bitmask, image: Size, question: Parameters<Kind<M>["geometry"]>[2]): { value: M[]; gone: string[] } {
  const masks = new Map<string, Bitmask>();
  for (const { key, shape, ...bounds } of under) if (shape?.kind === "mask" && overlaps(bounds, pixels) && shares(shape.mask, pixels)) masks.set(key, shape.mask);
  const gone: string[] = [];
  if (masks.size === 0) return { value: [...value], gone };
  const next = changedMany(kind, value, new Set(masks.keys()), (_, key) => {
    const rest = combined(masks.get(key)!, pixels, "take");
    const geometry = rest && kind.geometry({ kind: "mask", mask: rest }, image, question);
    if (!geometry) gone.push(key);
    return geometry;
  });
  return { value: next, gone };
}

/** Whether two masks have a pixel in common. */
function shares(a: Bitmask, b: Bitmask): boolean {
  const [x0, x1] = [Math.max(a.x, b.x), Math.min(a.x + a.w, b.x + b.w)];
  for (let y = Math.max(a.y, b.y); y < Math.min(a.y + a.h, b.y + b.h); y++) {
    for (let x = x0; x < x1; x++) if (a.bits[(y - a.y) * a.w + x - a.x] && b.bits[(y - b.y) * b.w + x - b.x]) return true;
  }
  return false;
}
