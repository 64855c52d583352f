/**
 * The pixels of one thing as a small bitmap with its place, and as runs the way COCO writes them: down each column, off first, as
 * compressed text. Pure. It stands alone because masks are stored as runs, painted as bits and drawn as outlines.
 */
import type { Point, Rect, Size } from "./geometry";

/** `bits` holds 0 or 1 for each pixel of the part w × h at (x, y), row after row. */
export interface Bitmask extends Rect {
  bits: Uint8Array;
}

export const emptyMask = (x: number, y: number, w: number, h: number): Bitmask => ({ x, y, w, h, bits: new Uint8Array(w * h) });

/** The numbers in a compressed text. Throws Error for what is none. */
export function readCounts(text: string): number[] {
  const counts: number[] = [];
  for (let at = 0; at < text.length; ) {
    let value = 0;
    let shift = 1;
    for (let more = true; more; shift *= 32) {
      const code = text.charCodeAt(at++) - 48;
      if (!(code >= 0 && code < 64)) throw new Error("This mask cannot be read.");
      value += (code & 31) * shift;
      more = (code & 32) !== 0;
      if (!more && code & 16) value -= 32 * shift;
    }
    counts.push(counts.length > 2 ? value + counts[counts.length - 2]! : value);
  }
  return counts;
}

/** The numbers as compressed text. */
export function writeCounts(counts: readonly number[]): string {
  let text = "";
  counts.forEach((count, i) => {
    let value = i > 2 ? count - counts[i - 2]! : count;
    for (let more = true; more; ) {
      const low = ((value % 32) + 32) % 32;
      value = Math.floor(value / 32);
      more = low & 16 ? value !== -1 : value !== 0;
      text += String.fromCharCode(low + (more ? 32 : 0) + 48);
    }
  });
  return text;
}

/** Where pixels are on: [from, to) along the columns. */
function* runsOf(counts: readonly number[]): Generator<[number, number]> {
  let at = 0;
  for (let i = 0; i < counts.length; i++) {
    if (i % 2 && counts[i]! > 0) yield [at, at + counts[i]!];
    at += counts[i]!;
  }
}

/** The bitmap that counts of an image of that height mean; null for an empty one. */
export function fromCounts(counts: readonly number[], height: number): Bitmask | null {
  const box = extentOf(counts, height);
  if (!box) return null;
  const mask = emptyMask(box.x, box.y, box.w, box.h);
  for (const [from, to] of runsOf(counts)) {
    for (let at = from; at < to; at++) mask.bits[(at % height - box.y) * box.w + Math.floor(at / height) - box.x] = 1;
  }
  return mask;
}

function extentOf(counts: readonly number[], height: number): Rect | null {
  let [left, right, top, bottom] = [Infinity, -1, Infinity, -1];
  for (const [from, to] of runsOf(counts)) {
    const first = Math.floor(from / height);
    const last = Math.floor((to - 1) / height);
    left = Math.min(left, first);
    right = Math.max(right, last);
    top = first === last ? Math.min(top, from % height) : 0;
    bottom = first === last ? Math.max(bottom, (to - 1) % height) : height - 1;
  }
  return right < 0 ? null : { x: left, y: top, w: right - left + 1, h: bottom - top + 1 };
}

/** The counts of a bitmap on an image of that size. What lies outside of the image is left out. */
export function toCounts(mask: Bitmask, image: Size): number[] {
  const counts: number[] = [];
  let end = 0;
  let open = -1;
  const close = (to: number) => {
    if (open < 0) return;
    if (counts.length > 0 && open === end) counts[counts.length - 1]! += to - open;
    else counts.push(open - end, to - open);
    end = to;
    open = -1;
  };
  const [x0, x1] = [Math.max(0, mask.x), Math.min(image.w, mask.x + mask.w)];
  const [y0, y1] = [Math.max(0, mask.y), Math.min(image.h, mask.y + mask.h)];
  for (let x = x0; x < x1; x++) {
    for (let y = y0; y < y1; y++) {
      const on = mask.bits[(y - mask.y) * mask.w + x - mask.x];
      if (on && open < 0) open = x * image.h + y;
      else if (!on) close(x * image.h + y);
    }
    close(x * image.h + y1);
  }
  const rest = image.w * image.h - end;
  if (rest > 0 || counts.length === 0) counts.push(rest);
  return counts;
}

/** The mask cut to what is on; null if nothing is. */
export function trimmed(mask: Bitmask): Bitmask | null {
  let [left, right, top, bottom] = [mask.w, -1, mask.h, -1];
  for (let y = 0, i = 0; y < mask.h; y++) {
    for (let x = 0; x < mask.w; x++, i++) {
      if (!mask.bits[i]) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  if (right < 0) return null;
  return part(mask, { x: mask.x + left, y: mask.y + top, w: right - left + 1, h: bottom - top + 1 });
}

/** The mask on another part of the image: cut or filled up with off pixels. */
export function part(mask: Bitmask, to: Rect): Bitmask {
  const out = emptyMask(to.x, to.y, to.w, to.h);
  const [x0, x1] = [Math.max(to.x, mask.x), Math.min(to.x + to.w, mask.x + mask.w)];
  if (x1 <= x0) return out;
  for (let y = Math.max(to.y, mask.y); y < Math.min(to.y + to.h, mask.y + mask.h); y++) {
    const from = (y - mask.y) * mask.w + x0 - mask.x;
    out.bits.set(mask.bits.subarray(from, from + x1 - x0), (y - to.y) * to.w + x0 - to.x);
  }
  return out;
}

/** Pixels of `b` added to `a` or taken from it; null if nothing is left. */
export function combined(a: Bitmask | null, b: Bitmask, how: "add" | "take"): Bitmask | null {
  if (!a) return how === "add" ? trimmed(b) : null;
  const frame = how === "take" ? a : {
    x: Math.min(a.x, b.x), y: Math.min(a.y, b.y),
    w: Math.max(a.x + a.w, b.x + b.w) - Math.min(a.x, b.x), h: Math.max(a.y + a.h, b.y + b.h) - Math.min(a.y, b.y),
  };
  const out = part(a, frame);
  const other = part(b, frame);
  for (let i = 0; i < out.bits.length; i++) if (other.bits[i]) out.bits[i] = how === "add" ? 1 : 0;
  return trimmed(out);
}

/** The pixels whose middle lies within `radius` of a line through points. */
export function stroked(points: readonly Point[], radius: number, image: Size): Bitmask {
  const xs = points.map((p) => p.x);
  const ys = points.map((p) => p.y);
  const x = Math.max(0, Math.floor(Math.min(...xs) - radius));
  const y = Math.max(0, Math.floor(Math.min(...ys) - radius));
  const w = Math.max(0, Math.min(image.w, Math.ceil(Math.max(...xs) + radius)) - x);
  const h = Math.max(0, Math.min(image.h, Math.ceil(Math.max(...ys) + radius)) - y);
  const mask = emptyMask(x, y, w, h);
  for (let i = 0; i < points.length; i++) capsule(mask, points[Math.max(0, i - 1)]!, points[i]!, radius);
  return mask;
}

function capsule(mask: Bitmask, a: Point, b: Point, radius: number): void {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const y0 = Math.max(mask.y, Math.floor(Math.min(a.y, b.y) - radius));
  const y1 = Math.min(mask.y + mask.h, Math.ceil(Math.max(a.y, b.y) + radius));
  const x0 = Math.max(mask.x, Math.floor(Math.min(a.x, b.x) - radius));
  const x1 = Math.min(mask.x + mask.w, Math.ceil(Math.max(a.x, b.x) + radius));
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const [px, py] = [x + 0.5 - a.x, y + 0.5 - a.y];
      const t = length > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / length)) : 0;
      if ((px - t * dx) ** 2 + (py - t * dy) ** 2 <= radius * radius) mask.bits[(y - mask.y) * mask.w + x - mask.x] = 1;
    }
  }
}

/** The pixels whose middle lies inside of outlines, by the even-odd rule. */
export function filled(rings: readonly (readonly Point[])[], image: Size): Bitmask {
  const all = rings.flat();
  const x = Math.max(0, Math.floor(Math.min(...all.map((p) => p.x))));
  const y = Math.max(0, Math.floor(Math.min(...all.map((p) => p.y))));
  const w = Math.max(0, Math.min(image.w, Math.ceil(Math.max(...all.map((p) => p.x)))) - x);
  const h = Math.max(0, Math.min(image.h, Math.ceil(Math.max(...all.map((p) => p.y)))) - y);
  const mask = emptyMask(x, y, w, h);
  for (let row = 0; row < h; row++) {
    const at = y + row + 0.5;
    const cuts: number[] = [];
    for (const ring of rings) {
      ring.forEach((a, i) => {
        const b = ring[(i + 1) % ring.length]!;
        if (a.y <= at !== b.y <= at) cuts.push(a.x + ((at - a.y) * (b.x - a.x)) / (b.y - a.y));
      });
    }
    cuts.sort((a, b) => a - b);
    for (let i = 0; i + 1 < cuts.length; i += 2) {
      const from = Math.max(0, Math.ceil(cuts[i]! - 0.5) - x);
      const to = Math.min(w, Math.ceil(cuts[i + 1]! - 0.5) - x);
      if (to > from) mask.bits.fill(1, row * w + from, row * w + to);
    }
  }
  return mask;
}

/** Holes that are enclosed on all sides become part of the mask. */
export function withoutHoles(mask: Bitmask): Bitmask {
  const wide = part(mask, { x: mask.x - 1, y: mask.y - 1, w: mask.w + 2, h: mask.h + 2 });
  const waiting = [0];
  const outside = new Uint8Array(wide.bits.length);
  outside[0] = 1;
  while (waiting.length > 0) {
    const at = waiting.pop()!;
    const x = at % wide.w;
    for (const next of [x > 0 ? at - 1 : -1, x < wide.w - 1 ? at + 1 : -1, at - wide.w, at + wide.w]) {
      if (next < 0 || next >= outside.length || outside[next] || wide.bits[next]) continue;
      outside[next] = 1;
      waiting.push(next);
    }
  }
  for (let i = 0; i < outside.length; i++) wide.bits[i] = outside[i] ? 0 : 1;
  return part(wide, mask);
}

/** The outlines of a mask along the edges of its pixels, corners only; holes are outlines too. */
export function outlinesOf(mask: Bitmask): Point[][] {
  const { w, h, bits } = mask;
  const on = (x: number, y: number) => x >= 0 && y >= 0 && x < w && y < h && bits[y * w + x] === 1;
  const seen = new Uint8Array(w * h);
  const rings: Point[][] = [];
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      if (bits[y * w + x] && !on(x - 1, y) && !seen[y * w + x]) rings.push(walk(mask, on, seen, x, y));
    }
  }
  return rings;
}

/** By direction: the pixel ahead on the right hand, and the one on the left, from the corner that was reached. */
const AHEAD: Record<string, readonly [number, number, number, number]> = { "0,-1": [0, -1, -1, -1], "1,0": [0, 0, 0, -1], "0,1": [-1, 0, 0, 0], "-1,0": [-1, -1, -1, 0] };

/** Goes up along the left edge of a pixel and on around, with what is on to the right hand. */
function walk(mask: Bitmask, on: (x: number, y: number) => boolean, seen: Uint8Array, startX: number, startY: number): Point[] {
  const ring: Point[] = [];
  let [x, y, dx, dy] = [startX, startY + 1, 0, -1];
  do {
    if (dy === -1) seen[(y - 1) * mask.w + x] = 1;
    x += dx;
    y += dy;
    // The pixels ahead: on the right hand, and on the left.
    const [rx, ry, lx, ly] = AHEAD[`${dx},${dy}`]!;
    const ahead = on(x + rx, y + ry);
    const beside = on(x + lx, y + ly);
    if (!ahead) {
      ring.push({ x: x + mask.x, y: y + mask.y });
      [dx, dy] = [-dy, dx];
    } else if (beside) {
      ring.push({ x: x + mask.x, y: y + mask.y });
      [dx, dy] = [dy, -dx];
    }
  } while (x !== startX || y !== startY + 1 || dx !== 0 || dy !== -1);
  return ring;
}
