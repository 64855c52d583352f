/** Brush and eraser: a stroke is shown as it is painted, and becomes pixels when it ends. */
import { stroked, type Bitmask } from "../lib/bitmask";
import type { Point } from "../lib/geometry";
import type { Keys, Paper, Pen } from "./pens";

/** Where a stroke is shown while it is painted. */
export interface Ink {
  begin(): void;
  line(from: Point, to: Point, radius: number, how: "add" | "take"): void;
  /** Pixels of the image. */
  pixels(mask: Bitmask, how: "add" | "take"): void;
  end(): void;
}

export class BrushPen implements Pen {
  readonly cursor = "none";
  #points: Point[] = [];
  #how: "add" | "take" = "add";

  constructor(
    private readonly paper: Paper,
    private readonly ink: Ink,
    private readonly how: "add" | "take",
    /** In pixels of the image. */
    private readonly radius: () => number,
    private readonly onStroke: (pixels: Bitmask, how: "add" | "take") => void,
  ) {}

  get busy(): boolean {
    return this.#points.length > 0;
  }

  /** With Alt, the brush erases and the eraser paints. */
  down(at: Point, keys: Keys): void {
    const other = this.how === "add" ? "take" : "add";
    this.#how = keys.alt ? other : this.how;
    this.#points = [at];
    this.ink.begin();
    this.ink.line(at, at, this.radius(), this.#how);
  }

  move(at: Point): void {
    const last = this.#points.at(-1);
    if (!last || Math.hypot(at.x - last.x, at.y - last.y) < 0.5) return;
    this.#points.push(at);
    this.ink.line(last, at, this.radius(), this.#how);
  }

  up(): void {
    if (!this.busy) return;
    const pixels = stroked(this.#points, this.radius(), this.paper.image);
    this.#points = [];
    this.ink.end();
    if (pixels.bits.length > 0) this.onStroke(pixels, this.#how);
  }

  cancel(): void {
    this.#points = [];
    this.ink.end();
  }
}
