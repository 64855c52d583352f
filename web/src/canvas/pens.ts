/**
 * How shapes are drawn: one pen for each kind of gesture. A pen hears where the pointer goes in pixels of the image and says what it
 * has so far; it draws nothing itself.
 */
import { between, clip, type Point, type Size } from "../lib/geometry";
import { boxShape, simplified, type FigurePoint, type FigureShape, type Shape } from "../lib/shape";

export interface Keys {
  shift: boolean;
  alt: boolean;
  /** Control, or Command: what is meant besides what is selected. */
  more?: boolean;
}
export const NO_KEYS: Keys = { shift: false, alt: false };

/** What a pen may ask of the surface it works on. */
export interface Paper {
  readonly image: Size;
  /** CSS pixels per image pixel. */
  readonly scale: number;
  draft(shape: Shape | null): void;
  drawn(shape: Shape): void;
  /** The place to snap to near a point, or the point itself. */
  snap(at: Point): Point;
}

export interface Pen {
  readonly busy: boolean;
  readonly cursor: string;
  /** False while `finish` has nothing to take yet. */
  readonly ready?: boolean;
  down(at: Point, keys: Keys): void;
  move(at: Point, keys: Keys): void;
  up(at: Point, keys: Keys): void;
  /** Gives up what is begun. */
  cancel(): void;
  /** Takes the last point back. False if there is none. */
  back?(): boolean;
  /** Ends what is begun. False if it is not enough yet. */
  finish?(): boolean;
  /** What would come next is not there. */
  skip?(): void;
  /** The pointer moves while nothing is being drawn; null when it has left. */
  hover?(at: Point | null): void;
  /** Two clicks at one place. */
  double?(): void;
}

/** Movement below this many CSS pixels is a click. */
const SLACK = 4;
const far = (a: Point, b: Point, scale: number) => (Math.abs(a.x - b.x) + Math.abs(a.y - b.y)) * scale > SLACK;
const onto = (p: Point, image: Size): Point => ({ x: Math.min(Math.max(p.x, 0), image.w), y: Math.min(Math.max(p.y, 0), image.h) });

/** A box by dragging, or by two clicks on opposite corners. */
export class BoxPen implements Pen {
  readonly cursor = "crosshair";
  #start: Point | null = null;
  #held = false;

  constructor(private readonly paper: Paper) {}

  get busy(): boolean {
    return this.#start !== null;
  }

  down(at: Point): void {
    if (this.#start) return this.#finish(at);
    this.#start = this.paper.snap(at);
    this.#held = true;
  }

  move(at: Point): void {
    if (this.#start) this.paper.draft(boxShape(this.#rect(at)));
  }

  up(at: Point): void {
    if (!this.#held || !this.#start) return;
    if (far(this.#start, at, this.paper.scale)) return this.#finish(at);
    this.#held = false;
    this.paper.draft(boxShape(this.#rect(at)));
  }

  cancel(): void {
    this.#start = null;
    this.paper.draft(null);
  }

  #rect(at: Point) {
    return clip(between(this.#start!, this.paper.snap(at)), this.paper.image);
  }

  #finish(at: Point): void {
    const rect = this.#rect(at);
    this.cancel();
    const { scale } = this.paper;
    if (rect.w * scale >= 2 && rect.h * scale >= 2) this.paper.drawn(boxShape(rect));
  }
}

/** An outline or a line: clicks set points, dragging draws freehand. The first point, Enter or a double click ends it. */
export class PathPen implements Pen {
  readonly cursor = "crosshair";
  #points: Point[] = [];
  #from: Point | null = null;
  #free = false;

  constructor(
    private readonly paper: Paper,
    private readonly kind: "outline" | "line",
    private readonly route: ((from: Point, to: Point) => Point[] | null) | null = null,
  ) {}

  get busy(): boolean {
    return this.#points.length > 0;
  }

  down(at: Point): void {
    const place = onto(this.paper.snap(at), this.paper.image);
    if (this.#closes(at)) return void this.finish();
    const last = this.#points.at(-1);
    const way = last && this.route?.(last, place);
    if (way) this.#points.push(...way.slice(1));
    else this.#points.push(place);
    this.#from = at;
    this.#free = false;
    this.#show(null);
  }

  move(at: Point): void {
    if (this.#from && (this.#free || far(this.#from, at, this.paper.scale))) {
      this.#free = true;
      const last = this.#points.at(-1)!;
      if (Math.hypot(at.x - last.x, at.y - last.y) * this.paper.scale >= 2) this.#points.push(onto(at, this.paper.image));
    }
    this.#show(at);
  }

  up(at: Point): void {
    this.#from = null;
    if (!this.#free) return;
    this.#free = false;
    const first = this.#points[0]!;
    const round = this.kind === "outline" && Math.hypot(at.x - first.x, at.y - first.y) * this.paper.scale < 14;
    this.#points = simplified(this.#points, 1.2 / this.paper.scale);
    if (round || this.#points.length > 2 && this.kind === "line") this.finish();
    else this.#show(null);
  }

  double(): void {
    this.finish();
  }

  back(): boolean {
    if (this.#points.length === 0) return false;
    this.#points.pop();
    this.#show(null);
    return true;
  }

  cancel(): void {
    this.#points = [];
    this.#from = null;
    this.#free = false;
    this.paper.draft(null);
  }

  finish(): boolean {
    const points = this.#points.filter((p, i, all) => i === 0 || p.x !== all[i - 1]!.x || p.y !== all[i - 1]!.y);
    if (points.length < (this.kind === "outline" ? 3 : 2)) return false;
    this.cancel();
    this.paper.drawn(this.#shape(points));
    return true;
  }

  /** Whether a click here ends the outline: on its first point. */
  #closes(at: Point): boolean {
    const first = this.#points[0];
    return this.kind === "outline" && this.#points.length > 2 && first !== undefined && Math.hypot(at.x - first.x, at.y - first.y) * this.paper.scale < 9;
  }

  #show(at: Point | null): void {
    if (!this.busy) return this.paper.draft(null);
    const to = at && !this.#free ? onto(this.paper.snap(at), this.paper.image) : null;
    const way = to && this.route ? this.route(this.#points.at(-1)!, to) : null;
    this.paper.draft({ kind: "line", points: [...this.#points, ...(way ? way.slice(1) : to ? [to] : [])] });
  }

  #shape(points: Point[]): Shape {
    return this.kind === "line" ? { kind: "line", points } : { kind: "outline", points, holes: [] };
  }
}

/** A figure: clicks set its points in order. With Shift a point is hidden; `skip` says that one is not there. */
export class FigurePen implements Pen {
  readonly cursor = "crosshair";
  #points: FigurePoint[] = [];

  constructor(
    private readonly paper: Paper,
    private readonly skeleton: Pick<FigureShape, "edges" | "names">,
    private readonly onNext: (name: string | null) => void,
  ) {}

  get busy(): boolean {
    return this.#points.length > 0;
  }

  down(at: Point, keys: Keys): void {
    this.#add({ ...onto(this.paper.snap(at), this.paper.image), v: keys.shift ? 1 : 2 });
  }

  move(at: Point): void {
    if (this.busy) this.paper.draft(this.#shape({ ...onto(at, this.paper.image), v: 2 }));
  }

  up(): void {
    // Everything happens when the button goes down.
  }

  /** The next point is not on the image. */
  skip(): void {
    this.#add({ x: 0, y: 0, v: 0 });
  }

  back(): boolean {
    if (!this.#points.pop()) return false;
    this.#show();
    return true;
  }

  /** The points that are missing are not there. */
  finish(): boolean {
    if (!this.#points.some((p) => p.v > 0)) return false;
    const shape = this.#shape();
    this.cancel();
    this.paper.drawn(shape);
    return true;
  }

  cancel(): void {
    this.#points = [];
    this.paper.draft(null);
    this.onNext(null);
  }

  #add(point: FigurePoint): void {
    this.#points.push(point);
    if (this.#points.length < this.skeleton.names.length) return this.#show();
    if (!this.finish()) this.cancel();
  }

  #show(): void {
    this.paper.draft(this.busy ? this.#shape() : null);
    this.onNext(this.busy ? (this.skeleton.names[this.#points.length] ?? null) : null);
  }

  #shape(next?: FigurePoint): FigureShape {
    const { names, edges } = this.skeleton;
    const points = [...this.#points, ...(next ? [next] : [])];
    return { kind: "figure", names, edges, points: names.map((_, i) => points[i] ?? { x: 0, y: 0, v: 0 }) };
  }
}
