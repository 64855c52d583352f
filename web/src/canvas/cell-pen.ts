/** Gathers cells of an image, cut along its edges, into a mask: the one under the pointer is shown, a stroke takes all that it touches. */
import { emptyMask, type Bitmask } from "../lib/bitmask";
import type { Point, Rect } from "../lib/geometry";
import type { Ink } from "./brush-pen";
import type { Keys, Pen } from "./pens";

/** The cells of a part of the image: a number for each place of a grid that is spread evenly over `box`. */
export interface Cells {
  box: Rect;
  rows: number;
  columns: number;
  numbers: Uint32Array;
}

/** Cells from their runs: [number, length, number, length, ...], row after row. Throws Error where these do not fill the grid. */
export function cellsOf(box: Rect, rows: number, columns: number, runs: readonly number[]): Cells {
  const numbers = new Uint32Array(rows * columns);
  let at = 0;
  for (let i = 0; i + 1 < runs.length; i += 2) {
    numbers.fill(runs[i]!, at, at + runs[i + 1]!);
    at += runs[i + 1]!;
  }
  if (at !== numbers.length) throw new Error("The cells of this image cannot be read.");
  return { box, rows, columns, numbers };
}

/** The number of the cell at a point of the image; 0 where there is none. */
export function cellAt({ box, rows, columns, numbers }: Cells, p: Point): number {
  const column = Math.floor(((p.x - box.x) / box.w) * columns);
  const row = Math.floor(((p.y - box.y) / box.h) * rows);
  return column < 0 || row < 0 || column >= columns || row >= rows ? 0 : numbers[row * columns + column]!;
}

/** The pixels of the image that lie in these cells; null for none. */
export function pixelsOf(cells: Cells, wanted: ReadonlySet<number>): Bitmask | null {
  const { box, rows, columns, numbers } = cells;
  let [left, right, top, bottom] = [columns, -1, rows, -1];
  numbers.forEach((number, i) => {
    if (!wanted.has(number)) return;
    const [column, row] = [i % columns, Math.floor(i / columns)];
    [left, right, top, bottom] = [Math.min(left, column), Math.max(right, column), Math.min(top, row), Math.max(bottom, row)];
  });
  if (right < 0) return null;
  const [x, y] = [Math.floor(box.x + (left * box.w) / columns), Math.floor(box.y + (top * box.h) / rows)];
  const mask = emptyMask(x, y, Math.ceil(box.x + ((right + 1) * box.w) / columns) - x, Math.ceil(box.y + ((bottom + 1) * box.h) / rows) - y);
  for (let row = 0; row < mask.h; row++) {
    for (let column = 0; column < mask.w; column++) {
      if (wanted.has(cellAt(cells, { x: x + column + 0.5, y: y + row + 0.5 }))) mask.bits[row * mask.w + column] = 1;
    }
  }
  return mask;
}

export class CellPen implements Pen {
  readonly cursor = "crosshair";
  #cells: Cells | null = null;
  #taken = new Set<number>();
  #how: "add" | "take" = "add";
  #down = false;
  #under = 0;
  #pointer: Point | null = null;
  #asking = false;

  constructor(
    private readonly ink: Ink,
    private readonly inView: () => Rect,
    private readonly ask: (view: Rect) => Promise<Cells | null>,
    private readonly onStroke: (pixels: Bitmask, how: "add" | "take") => void,
    private readonly onSay: (words: string | null) => void,
  ) {}

  get busy(): boolean {
    return this.#down;
  }

  /** With Alt, cells are taken away. */
  down(at: Point, keys: Keys): void {
    this.#how = keys.alt ? "take" : "add";
    this.#taken = new Set();
    this.#down = true;
    this.ink.begin();
    this.move(at);
  }

  move(at: Point): void {
    const number = this.#cells ? cellAt(this.#cells, at) : 0;
    if (!number || this.#taken.has(number)) return;
    this.#taken.add(number);
    const pixels = pixelsOf(this.#cells!, new Set([number]));
    if (pixels) this.ink.pixels(pixels, this.#how);
  }

  up(): void {
    if (!this.#down) return;
    const pixels = this.#cells && this.#taken.size > 0 ? pixelsOf(this.#cells, this.#taken) : null;
    this.cancel();
    if (pixels) this.onStroke(pixels, this.#how);
  }

  cancel(): void {
    this.#down = false;
    this.#under = 0;
    this.ink.end();
  }

  /** Shows the cell under the pointer; asks for the cells of what is in view, if it is not that any more. */
  hover(at: Point | null): void {
    this.#pointer = at;
    const cells = this.#cells;
    if (at && !(cells && sameRect(cells.box, this.inView()))) return void this.#look();
    const number = at && cells ? cellAt(cells, at) : 0;
    if (number === this.#under) return;
    this.#under = number;
    this.ink.begin();
    const pixels = number && cells ? pixelsOf(cells, new Set([number])) : null;
    if (pixels) this.ink.pixels(pixels, "add");
  }

  async #look(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const view = this.inView();
    try {
      const found = await this.ask(view);
      this.#cells = found && { ...found };
      this.#under = 0;
      if (found && sameRect(found.box, this.inView()) && !this.#down) this.hover(this.#pointer);
    } catch (error) {
      this.onSay(error instanceof Error ? error.message : String(error));
    } finally {
      this.#asking = false;
    }
  }
}

/** Whether both are the same to the pixel. */
const sameRect = (a: Rect, b: Rect): boolean => [a.x - b.x, a.y - b.y, a.w - b.w, a.h - b.h].every((off) => Math.abs(off) < 2);
