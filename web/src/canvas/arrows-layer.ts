/** The layer of arrows between things: one canvas over the regions. Each arrow runs from the edge of one thing to the edge of the other. */
import { readableOn, withAlpha } from "../lib/colors";
import type { Point, Rect, Size } from "../lib/geometry";
import { distanceTo } from "../lib/shape";
import { rectToScreen, visible, type View } from "../lib/view";
import { Sheet } from "./sheet";

export interface SurfaceArrow {
  key: string;
  head: Rect & { key: string };
  tail: Rect & { key: string };
  color: string;
  title: string;
  directed: boolean;
  /** A suggestion, or one that is being drawn. */
  dashed: boolean;
  /** Of what is selected: drawn strong and with its name. */
  strong: boolean;
}

/** In CSS pixels: the arrow head, the reach of a click, and the air between an arrow and what it points at. */
const HEAD = 9;
const REACH = 5;
const AIR = 2;
/** More arrows than this in view carry no names, and follow a moving view as a bitmap. */
const NAMES_UP_TO = 60;
export const DRAWN_LIVE = 200;
const FONT = "600 11px system-ui, sans-serif";

export interface Line {
  arrow: SurfaceArrow;
  from: Point;
  to: Point;
}

export class ArrowsLayer extends Sheet {
  /** How many the last drawing held. */
  inView = 0;
  #arrows: readonly SurfaceArrow[] = [];
  /** What the sheet holds; null where it has to be drawn in any case. */
  #held: readonly Line[] | null = null;

  get arrows(): readonly SurfaceArrow[] {
    return this.#arrows;
  }

  setArrows(arrows: readonly SurfaceArrow[]): void {
    this.#arrows = arrows;
  }

  override resize(size: Size, ratio: number): void {
    super.resize(size, ratio);
    this.#held = null;
  }

  /** Draws all in view, unless the sheet shows just that. `edited`: where a thing is while it is being moved. */
  draw(view: View, edited: { key: string; bounds: Rect } | null): void {
    const lines = this.#lines(view, edited);
    this.inView = lines.length;
    const same = this.shows(view) && this.#held?.length === lines.length && lines.every((line, n) => looksLike(line, this.#held![n]!));
    this.#held = lines;
    if (same) return this.follow(view);
    this.begin(view);
    const some = lines.some((line) => line.arrow.strong);
    this.pen.scale(this.ratio, this.ratio);
    this.pen.lineCap = "round";
    for (const strong of [false, true]) {
      const own = lines.filter((line) => line.arrow.strong === strong);
      this.pen.globalAlpha = some && !strong ? 0.35 : 1;
      for (const group of grouped(own)) this.#strokes(group);
      if (strong || (!some && lines.length <= NAMES_UP_TO)) for (const line of own) this.#name(line);
    }
    this.pen.globalAlpha = 1;
  }

  /** The arrow at a point of the surface, in CSS pixels: the nearest. */
  at(point: Point, view: View): SurfaceArrow | null {
    let best: SurfaceArrow | null = null;
    let nearest = REACH;
    for (const { arrow, from, to } of this.#lines(view, null)) {
      const away = distanceTo(point, from, to);
      if (away <= nearest) [best, nearest] = [arrow, away];
    }
    return best;
  }

  #lines(view: View, edited: { key: string; bounds: Rect } | null): Line[] {
    const part = visible(view, this.size);
    const [right, bottom] = [part.x + part.w, part.y + part.h];
    const place = (end: Rect & { key: string }) => (edited?.key === end.key ? edited.bounds : end);
    const found: Line[] = [];
    for (const arrow of this.#arrows) {
      const [a, b] = [place(arrow.head), place(arrow.tail)];
      if (Math.max(a.x + a.w, b.x + b.w) < part.x || Math.max(a.y + a.h, b.y + b.h) < part.y || Math.min(a.x, b.x) > right || Math.min(a.y, b.y) > bottom) continue;
      const [from, to] = between(rectToScreen(view, a), rectToScreen(view, b));
      found.push({ arrow, from, to });
    }
    return found;
  }

  /** One by one: many lines in one path take far longer than as many lines. */
  #strokes(lines: readonly Line[]): void {
    const { color, dashed, strong } = lines[0]!.arrow;
    const { pen } = this;
    const crowd = this.inView > DRAWN_LIVE && !strong;
    const width = strong ? 2.5 : crowd ? 1 : 1.75;
    if (!crowd) {
      pen.strokeStyle = withAlpha(readableOn(color), 0.75);
      pen.lineWidth = width + 2;
      for (const line of lines) stroke(pen, line);
    }
    pen.strokeStyle = pen.fillStyle = color;
    pen.lineWidth = width;
    if (dashed) pen.setLineDash([6, 5]);
    for (const line of lines) stroke(pen, line);
    if (dashed) pen.setLineDash([]);
    for (const line of lines) tips(pen, line, crowd ? HEAD - 3 : HEAD);
  }

  #name({ arrow, from, to }: Line): void {
    const { pen } = this;
    pen.font = FONT;
    const width = pen.measureText(arrow.title).width + 10;
    if (!arrow.strong && Math.hypot(to.x - from.x, to.y - from.y) < width + 24) return;
    const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
    pen.fillStyle = arrow.color;
    pen.beginPath();
    pen.roundRect(x - width / 2, y - 8, width, 16, 4);
    pen.fill();
    pen.fillStyle = readableOn(arrow.color);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(arrow.title, x, y + 0.5);
  }
}

/** Whether two lines are drawn alike: ends that are in the same place on the screen, and the same looks. */
export function looksLike(a: Line, b: Line): boolean {
  const [one, other] = [a.arrow, b.arrow];
  return (
    a.from.x === b.from.x && a.from.y === b.from.y && a.to.x === b.to.x && a.to.y === b.to.y && one.color === other.color && one.title === other.title &&
    one.directed === other.directed && one.dashed === other.dashed && one.strong === other.strong
  );
}

function stroke(pen: CanvasRenderingContext2D, { from, to }: Line): void {
  pen.beginPath();
  pen.moveTo(from.x, from.y);
  pen.lineTo(to.x, to.y);
  pen.stroke();
}

/** A square where it begins; an arrow head or another square where it ends. */
function tips(pen: CanvasRenderingContext2D, { arrow, from, to }: Line, head: number): void {
  pen.fillRect(Math.round(from.x) - 2, Math.round(from.y) - 2, 5, 5);
  if (!arrow.directed) return pen.fillRect(Math.round(to.x) - 2, Math.round(to.y) - 2, 5, 5);
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  pen.beginPath();
  pen.moveTo(to.x, to.y);
  for (const side of [-0.45, 0.45]) pen.lineTo(to.x - head * Math.cos(angle + side), to.y - head * Math.sin(angle + side));
  pen.fill();
}

/** Lines that are drawn with the same pen. */
function grouped(lines: readonly Line[]): Line[][] {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const key = `${line.arrow.color}${line.arrow.dashed}`;
    const group = groups.get(key);
    if (group) group.push(line);
    else groups.set(key, [line]);
  }
  return [...groups.values()];
}

/** From the edge of one rectangle to the edge of the other, along the line through their middles; between these where they overlap. */
export function between(a: Rect, b: Rect): [from: Point, to: Point] {
  const from = { x: a.x + a.w / 2, y: a.y + a.h / 2 };
  const to = { x: b.x + b.w / 2, y: b.y + b.h / 2 };
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy);
  if (length === 0) return [from, to];
  /** How far along the edge of a rectangle around an end is met. */
  const edge = (r: Rect) => Math.min(dx ? r.w / 2 / Math.abs(dx) : Infinity, dy ? r.h / 2 / Math.abs(dy) : Infinity) + AIR / length;
  const [start, end] = [edge(a), 1 - edge(b)];
  if (end - start < (2 * AIR) / length) return [from, to];
  return [{ x: from.x + start * dx, y: from.y + start * dy }, { x: from.x + end * dx, y: from.y + end * dy }];
}
