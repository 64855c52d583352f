/**
 * The magnetic lasso: clicks, and between them the way along edges that a helper finds. While the pointer moves, the way to it is shown.
 * With Shift a stretch is straight; where the helper cannot be had, all are.
 */
import type { Point } from "../lib/geometry";
import type { Shape } from "../lib/shape";
import type { Keys, Paper, Pen } from "./pens";

/** The way from one point to another, both included. */
export type AskWay = (from: Point, to: Point) => Promise<readonly Point[] | null>;

/** A click this near to the first closes an outline, in CSS pixels. */
const NEAR = 9;

export class LassoPen implements Pen {
  readonly cursor = "crosshair";
  #anchors: Point[] = [];
  /** From each anchor to the next. */
  #ways: (readonly Point[])[] = [];
  #pointer: Point | null = null;
  #shown: { to: Point; way: readonly Point[] } | null = null;
  #asking = false;
  #pending: Promise<void>[] = [];
  #round = 0;
  #trouble = false;

  constructor(
    private readonly paper: Paper,
    private readonly kind: "outline" | "line",
    private readonly ask: AskWay,
    private readonly onSay: (words: string | null) => void,
  ) {}

  get busy(): boolean {
    return this.#anchors.length > 0;
  }

  down(at: Point, keys: Keys): void {
    const { w, h } = this.paper.image;
    const place = { x: Math.min(Math.max(at.x, 0), w), y: Math.min(Math.max(at.y, 0), h) };
    const first = this.#anchors[0];
    const last = this.#anchors.at(-1);
    if (!first || !last) this.#begin(place);
    else if (this.kind === "outline" && this.#anchors.length > 1 && this.#isNear(place, first)) this.finish();
    else if (!this.#isNear(place, last)) this.#lead(last, place, keys.shift);
  }

  move(at: Point): void {
    this.#pointer = at;
    this.#show();
    void this.#lookAhead();
  }

  up(): void {
    // Everything happens when the button goes down.
  }

  double(): void {
    this.finish();
  }

  back(): boolean {
    if (!this.#anchors.pop()) return false;
    this.#ways.length = Math.max(0, this.#anchors.length - 1);
    this.#shown = null;
    if (this.busy) this.#show();
    else this.cancel();
    return true;
  }

  finish(): boolean {
    const [first, last] = [this.#anchors[0], this.#anchors.at(-1)];
    if (!first || !last || first === last) return false;
    if (this.kind === "outline") this.#lead(last, first, false);
    void this.#end(this.#round);
    return true;
  }

  cancel(): void {
    this.#round += 1;
    this.#anchors = [];
    this.#ways = [];
    this.#pending = [];
    this.#shown = this.#pointer = null;
    this.paper.draft(null);
    this.onSay(null);
  }

  #begin(place: Point): void {
    this.#anchors = [place];
    this.onSay("Click along the edge. Shift-click: straight.");
    this.#show();
  }

  /** A straight way, until the one along the edge is there. */
  #lead(from: Point, to: Point, straight: boolean): void {
    const ahead = this.#shown?.to === to || (this.#shown && this.#isNear(this.#shown.to, to)) ? this.#shown.way : null;
    const at = this.#ways.push(ahead && !straight ? [...ahead.slice(0, -1), to] : [from, to]) - 1;
    this.#anchors.push(to);
    this.#shown = null;
    this.#show();
    if (straight || this.#trouble) return;
    const round = this.#round;
    this.#pending.push(this.#wayOf(from, to).then((way) => {
      if (!way || round !== this.#round || this.#anchors[at] !== from || this.#anchors[at + 1] !== to) return;
      this.#ways[at] = way;
      this.#show();
    }));
  }

  /** Asks for the way to where the pointer is, one question at a time. */
  async #lookAhead(): Promise<void> {
    if (this.#asking || this.#trouble) return;
    this.#asking = true;
    while (this.busy && this.#pointer && !this.#trouble) {
      const [from, to] = [this.#anchors.at(-1)!, this.#pointer];
      const way = await this.#wayOf(from, to);
      if (this.#anchors.at(-1) !== from) continue;
      this.#shown = way && { to, way };
      this.#show();
      if (this.#pointer === to) break;
    }
    this.#asking = false;
  }

  async #wayOf(from: Point, to: Point): Promise<readonly Point[] | null> {
    try {
      return await this.ask(from, to);
    } catch (error) {
      this.#trouble = true;
      this.onSay(`${error instanceof Error ? error.message : String(error)} Lines are straight until you choose the tool again.`);
      return null;
    }
  }

  async #end(round: number): Promise<void> {
    await Promise.all(this.#pending);
    if (round !== this.#round) return;
    const points = this.#points();
    if (this.kind === "outline") points.pop();
    this.cancel();
    if (points.length < (this.kind === "outline" ? 3 : 2)) return;
    this.paper.drawn(this.kind === "outline" ? { kind: "outline", points, holes: [] } : { kind: "line", points });
  }

  #points(): Point[] {
    return [...this.#anchors.slice(0, 1), ...this.#ways.flatMap((way) => way.slice(1))];
  }

  #isNear(a: Point, b: Point): boolean {
    return Math.hypot(a.x - b.x, a.y - b.y) * this.paper.scale < NEAR;
  }

  #show(): void {
    const points = this.#points();
    const ahead = this.#pointer ? (this.#shown?.way.slice(1) ?? [this.#pointer]) : [];
    const shape: Shape = { kind: "line", points: [...points, ...ahead] };
    this.paper.draft(this.busy ? shape : null);
  }
}
