/**
 * Paints a crowd of shapes pixel by pixel into a picture of its own: no halo, no smooth edges, and several times faster than paths,
 * so that ten thousand outlines or masks are drawn anew within a blink. What comes later covers what came before.
 */
import { parseHex } from "../lib/colors";
import type { Point } from "../lib/geometry";
import { ringsOf, type MaskShape, type Shape } from "../lib/shape";
import type { View } from "../lib/view";

/** Part of a suggested outline that is left out: so many pixels on, so many off. */
const DASH = 5;

/** What a region is painted with: colours as the pixels of this machine hold them. */
export interface Paint {
  line: number;
  /** 0 for none. */
  fill: number;
  dashed: boolean;
}

const GREY = { r: 128, g: 128, b: 128 };
const known = new Map<string, number>();

/** A colour as a pixel, red in its lowest byte, with an opacity 0..1. */
export function pixelOf(color: string, opacity: number): number {
  const key = `${color}${opacity}`;
  let pixel = known.get(key);
  if (pixel === undefined) {
    const { r, g, b } = parseHex(color) ?? GREY;
    pixel = ((Math.round(opacity * 255) << 24) | (b << 16) | (g << 8) | r) >>> 0;
    known.set(key, pixel);
  }
  return pixel;
}

/** The sides of what is being painted, in device pixels, and where a row cuts them: kept from one shape to the next. */
let X = new Int32Array(1024);
let Y = new Int32Array(1024);
let ENDX = new Int32Array(1024);
let ENDY = new Int32Array(1024);
let CUTS = new Float64Array(1024);

function makeRoom(n: number): void {
  if (n <= X.length) return;
  const grown = (old: Int32Array) => {
    const made = new Int32Array(2 * n);
    made.set(old);
    return made;
  };
  [X, Y, ENDX, ENDY, CUTS] = [grown(X), grown(Y), grown(ENDX), grown(ENDY), new Float64Array(2 * n)];
}

export class CrowdPainter {
  readonly #pixels: Uint32Array;
  readonly #w: number;
  readonly #h: number;
  /** Device pixels of a line. */
  readonly #thick: number;
  readonly #at: (p: Point) => [number, number];

  constructor(
    readonly image: ImageData,
    private readonly view: View,
    private readonly ratio: number,
  ) {
    this.#pixels = new Uint32Array(image.data.buffer);
    this.#w = image.width;
    this.#h = image.height;
    this.#thick = Math.max(1, Math.round(ratio));
    const s = view.scale * ratio;
    this.#at = (p) => [Math.round(p.x * s + view.x * ratio), Math.round(p.y * s + view.y * ratio)];
  }

  paint(shape: Shape, paint: Paint): void {
    if (shape.kind === "mask") return this.#mask(shape, paint);
    if (shape.kind === "figure") {
      const there = (at: number) => (shape.points[at]!.v > 0 ? shape.points[at]! : null);
      for (const [a, b] of shape.edges) this.#line(there(a), there(b), paint);
      for (const p of shape.points) if (p.v > 0) this.dot(p, paint.line, 3);
      return;
    }
    const closed = shape.kind !== "line";
    const rings = closed ? ringsOf(shape) : [shape.points];
    const n = this.#place(rings, closed);
    if (paint.fill && closed) this.#fill(n, paint.fill);
    for (let i = 0; i < n; i++) this.#segment(X[i]!, Y[i]!, ENDX[i]!, ENDY[i]!, paint);
  }

  /** The sides of outlines in device pixels, in the arrays below; returns how many. */
  #place(rings: readonly (readonly Point[])[], closed: boolean): number {
    const s = this.view.scale * this.ratio;
    const [offX, offY] = [this.view.x * this.ratio, this.view.y * this.ratio];
    let n = 0;
    for (const ring of rings) {
      makeRoom(n + ring.length);
      const first = n;
      for (const p of ring) {
        X[n] = Math.round(p.x * s + offX);
        Y[n] = Math.round(p.y * s + offY);
        if (n > first) [ENDX[n - 1], ENDY[n - 1]] = [X[n]!, Y[n]!];
        n++;
      }
      if (closed && n > first) [ENDX[n - 1], ENDY[n - 1]] = [X[first]!, Y[first]!];
      else if (n > first) n--;
    }
    return n;
  }

  /** A small square, for what is too small to have a shape. */
  dot(at: Point, pixel: number, side = 2): void {
    const [x, y] = this.#at(at);
    const half = Math.round((side * this.#thick) / 2);
    for (let row = y - half; row < y - half + side * this.#thick; row++) this.#row(row, x - half, x - half + side * this.#thick, pixel);
  }

  /** Pixels [from, to) of a row. */
  #row(y: number, from: number, to: number, pixel: number): void {
    if (y < 0 || y >= this.#h) return;
    const [a, b] = [Math.max(0, from), Math.min(this.#w, to)];
    if (b > a) this.#pixels.fill(pixel, y * this.#w + a, y * this.#w + b);
  }

  #line(from: Point | null, to: Point | null, paint: Paint): void {
    if (from && to) this.#segment(...this.#at(from), ...this.#at(to), paint);
  }

  /** A line by Bresenham's method. */
  #segment(x: number, y: number, endX: number, endY: number, { line: pixel, dashed }: Paint): void {
    if (Math.max(x, endX) < 0 || Math.max(y, endY) < 0 || Math.min(x, endX) >= this.#w || Math.min(y, endY) >= this.#h) return;
    const dx = Math.abs(endX - x);
    const dy = -Math.abs(endY - y);
    const stepX = x < endX ? 1 : -1;
    const stepY = y < endY ? 1 : -1;
    const across = dx > -dy;
    for (let error = dx + dy, n = 0; ; n++) {
      if (!dashed || n % (2 * DASH) < DASH) this.#plot(x, y, across, pixel);
      if (x === endX && y === endY) return;
      const twice = 2 * error;
      if (twice >= dy) {
        error += dy;
        x += stepX;
      }
      if (twice <= dx) {
        error += dx;
        y += stepY;
      }
    }
  }

  #plot(x: number, y: number, across: boolean, pixel: number): void {
    for (let i = 0; i < this.#thick; i++) {
      const [px, py] = across ? [x, y + i] : [x + i, y];
      if (px >= 0 && py >= 0 && px < this.#w && py < this.#h) this.#pixels[py * this.#w + px] = pixel;
    }
  }

  /** What is inside of the first n sides by the even-odd rule, row by row. */
  #fill(n: number, pixel: number): void {
    let top = this.#h;
    let bottom = 0;
    for (let i = 0; i < n; i++) {
      if (Y[i]! < top) top = Y[i]!;
      if (Y[i]! > bottom) bottom = Y[i]!;
    }
    for (let row = Math.max(0, top); row < Math.min(this.#h, bottom); row++) {
      const middle = row + 0.5;
      let cuts = 0;
      for (let i = 0; i < n; i++) {
        const y = Y[i]!;
        const endY = ENDY[i]!;
        if (y < middle === endY < middle) continue;
        const cut = X[i]! + ((middle - y) / (endY - y)) * (ENDX[i]! - X[i]!);
        let at = cuts++;
        for (; at > 0 && CUTS[at - 1]! > cut; at--) CUTS[at] = CUTS[at - 1]!;
        CUTS[at] = cut;
      }
      for (let i = 0; i + 1 < cuts; i += 2) this.#row(row, Math.round(CUTS[i]!), Math.round(CUTS[i + 1]!), pixel);
    }
  }

  /** Each device pixel has the bit that lies under its middle. */
  #mask({ mask }: MaskShape, { line, fill }: Paint): void {
    const s = this.view.scale * this.ratio;
    const [offX, offY] = [this.view.x * this.ratio, this.view.y * this.ratio];
    const [left, top] = [Math.max(0, Math.floor(mask.x * s + offX)), Math.max(0, Math.floor(mask.y * s + offY))];
    const right = Math.min(this.#w, Math.ceil((mask.x + mask.w) * s + offX));
    const bottom = Math.min(this.#h, Math.ceil((mask.y + mask.h) * s + offY));
    const pixel = fill || line;
    for (let y = top; y < bottom; y++) {
      const row = Math.floor((y + 0.5 - offY) / s - mask.y);
      if (row < 0 || row >= mask.h) continue;
      for (let x = left; x < right; x++) {
        const column = Math.floor((x + 0.5 - offX) / s - mask.x);
        if (column >= 0 && column < mask.w && mask.bits[row * mask.w + column]) this.#pixels[y * this.#w + x] = pixel;
      }
    }
  }
}
