/**
 * Clicks on a thing, or a box around it, that a helper turns into its shape. A click with Shift says "not this". What was found is shown
 * until it is taken with Enter; the next click makes it better.
 */
import { between, clip, type Point, type Rect } from "../lib/geometry";
import { boxShape, type Shape } from "../lib/shape";
import type { Keys, Paper, Pen } from "./pens";

export interface Shown {
  clicks: [number, number, 0 | 1][];
  box: [number, number, number, number] | null;
}

export type Ask = (shown: Shown) => Promise<Shape | null>;

const DRAG = 6;

export class ClickPen implements Pen {
  readonly cursor = "crosshair";
  #clicks: Shown["clicks"] = [];
  #box: Rect | null = null;
  #from: Point | null = null;
  #found: Shape | null = null;
  #asked = 0;

  constructor(
    private readonly paper: Paper,
    private readonly ask: Ask,
    private readonly onSay: (words: string | null) => void,
  ) {}

  get busy(): boolean {
    return this.#clicks.length > 0 || this.#box !== null;
  }

  get ready(): boolean {
    return this.#found !== null;
  }

  down(at: Point): void {
    this.#from = at;
  }

  move(at: Point): void {
    if (this.#dragging(at)) this.paper.draft(boxShape(clip(between(this.#from!, at), this.paper.image)));
  }

  up(at: Point, keys: Keys): void {
    const from = this.#from;
    if (!from) return;
    if (this.#dragging(at) && !this.busy) this.#box = clip(between(from, at), this.paper.image);
    else this.#clicks.push([from.x, from.y, keys.shift ? 0 : 1]);
    this.#from = null;
    void this.#look();
  }

  back(): boolean {
    if (!this.busy) return false;
    if (this.#clicks.length > 0) this.#clicks.pop();
    else this.#box = null;
    if (this.busy) void this.#look();
    else this.cancel();
    return true;
  }

  finish(): boolean {
    const found = this.#found;
    if (!found) return false;
    this.cancel();
    this.paper.drawn(found);
    return true;
  }

  cancel(): void {
    this.#asked += 1;
    this.#clicks = [];
    this.#box = null;
    this.#from = null;
    this.#found = null;
    this.paper.draft(null);
    this.onSay(null);
  }

  #dragging(at: Point): boolean {
    const from = this.#from;
    return from !== null && (Math.abs(at.x - from.x) + Math.abs(at.y - from.y)) * this.paper.scale > DRAG;
  }

  async #look(): Promise<void> {
    const asked = (this.#asked += 1);
    this.paper.draft(this.#found ?? (this.#box ? boxShape(this.#box) : { kind: "line", points: this.#clicks.map(([x, y]) => ({ x, y })) }));
    this.onSay("Looking …");
    try {
      const box = this.#box;
      const found = await this.ask({ clicks: this.#clicks, box: box && [box.x, box.y, box.w, box.h] });
      if (asked !== this.#asked) return;
      this.#found = found;
      if (found) this.paper.draft(found);
      this.onSay(found ? "Click what is missing, Shift-click what is too much." : "Nothing found here. Click on it once more, or drag a box around it.");
    } catch (error) {
      if (asked === this.#asked) this.onSay(error instanceof Error ? error.message : String(error));
    }
  }
}
