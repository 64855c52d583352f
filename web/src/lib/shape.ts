/**
 * What can be drawn on an image: boxes (upright or turned), outlines with holes, lines, figures of points, masks. Pure functions: bounds,
 * hits, moving, and the grips by which a shape is changed. Units are pixels of the upright image; angles are degrees, clockwise.
 */
import { outlinesOf, type Bitmask } from "./bitmask";
import { around, between, clip, HANDLES, handlePoint, moved, resized, type Handle, type Point, type Rect, type Size } from "./geometry";

export interface BoxShape extends Rect {
  kind: "box";
  angle: number;
}
export interface OutlineShape {
  kind: "outline";
  points: readonly Point[];
  holes: readonly (readonly Point[])[];
}
export interface LineShape {
  kind: "line";
  points: readonly Point[];
}
/** v: 0 not there, 1 hidden, 2 seen. */
export interface FigurePoint extends Point {
  v: 0 | 1 | 2;
}
export interface FigureShape {
  kind: "figure";
  points: readonly FigurePoint[];
  edges: readonly (readonly [number, number])[];
  names: readonly string[];
}
export interface MaskShape {
  kind: "mask";
  mask: Bitmask;
}
export type Shape = BoxShape | OutlineShape | LineShape | FigureShape | MaskShape;

/** A place by which a shape is changed. `ring` and `at` say which point; a "middle" makes a new point when it is dragged. */
export interface Grip {
  kind: "handle" | "turn" | "point" | "middle";
  place: Point;
  cursor: string;
  handle?: Handle;
  ring?: number;
  at?: number;
}

export const boxShape = (rect: Rect, angle = 0): BoxShape => ({ kind: "box", x: rect.x, y: rect.y, w: rect.w, h: rect.h, angle });
const middleOf = (r: Rect): Point => ({ x: r.x + r.w / 2, y: r.y + r.h / 2 });

/** A point turned clockwise about another. */
export function turned(p: Point, about: Point, degrees: number): Point {
  if (degrees === 0) return p;
  const a = (degrees * Math.PI) / 180;
  const [dx, dy] = [p.x - about.x, p.y - about.y];
  return { x: about.x + dx * Math.cos(a) - dy * Math.sin(a), y: about.y + dx * Math.sin(a) + dy * Math.cos(a) };
}

export const cornersOf = (box: BoxShape): Point[] =>
  (["nw", "ne", "se", "sw"] as const).map((corner) => turned(handlePoint(box, corner), middleOf(box), box.angle));

const traced = new WeakMap<Bitmask, Point[][]>();

/** The closed outlines of a shape that covers an area; none for lines and figures. */
export function ringsOf(shape: Shape): readonly (readonly Point[])[] {
  if (shape.kind === "box") return [cornersOf(shape)];
  if (shape.kind === "outline") return [shape.points, ...shape.holes];
  if (shape.kind !== "mask") return [];
  let rings = traced.get(shape.mask);
  if (!rings) traced.set(shape.mask, (rings = outlinesOf(shape.mask)));
  return rings;
}

const thereOf = (shape: FigureShape) => shape.points.filter((p) => p.v > 0);
const boxAround = (points: readonly Point[]): Rect => around(points.map((p) => ({ ...p, w: 0, h: 0 }))) ?? { x: 0, y: 0, w: 0, h: 0 };

export function boundsOf(shape: Shape): Rect {
  if (shape.kind === "box") return shape.angle ? boxAround(cornersOf(shape)) : { x: shape.x, y: shape.y, w: shape.w, h: shape.h };
  if (shape.kind === "mask") return { x: shape.mask.x, y: shape.mask.y, w: shape.mask.w, h: shape.mask.h };
  return boxAround(shape.kind === "figure" ? thereOf(shape) : shape.points);
}

/** The distance from a point to the stretch between two others. */
export function distanceTo(p: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  const t = length > 0 ? Math.min(1, Math.max(0, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length)) : 0;
  return Math.hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/** Whether a point lies inside of outlines, by the even-odd rule. */
export function inside(p: Point, rings: readonly (readonly Point[])[]): boolean {
  let odd = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [a, b] = [ring[i]!, ring[j]!];
      if (a.y > p.y !== b.y > p.y && p.x < a.x + ((p.y - a.y) * (b.x - a.x)) / (b.y - a.y)) odd = !odd;
    }
  }
  return odd;
}

const segments = (points: readonly Point[], closed: boolean): [Point, Point][] =>
  points.flatMap((p, i): [Point, Point][] => (i + 1 < points.length ? [[p, points[i + 1]!]] : closed && i > 0 ? [[p, points[0]!]] : []));

/** Whether a point is on a shape, within `reach` pixels of its edge. */
export function holds(shape: Shape, p: Point, reach: number): boolean {
  if (shape.kind === "mask") {
    const { x, y, w, h, bits } = shape.mask;
    const [column, row] = [Math.floor(p.x) - x, Math.floor(p.y) - y];
    return (column >= 0 && row >= 0 && column < w && row < h && bits[row * w + column] === 1) || near(p, ringsOf(shape), true, reach);
  }
  if (shape.kind === "line") return near(p, [shape.points], false, reach * 2);
  if (shape.kind === "figure") {
    const edges = shape.edges.map(([a, b]) => [shape.points[a]!, shape.points[b]!]).filter((pair) => pair.every((q) => q.v > 0));
    return near(p, edges, false, reach * 2) || thereOf(shape).some((q) => Math.hypot(q.x - p.x, q.y - p.y) <= reach * 3);
  }
  const rings = ringsOf(shape);
  return inside(p, rings) || near(p, rings, true, reach);
}

function near(p: Point, lines: readonly (readonly Point[])[], closed: boolean, reach: number): boolean {
  return lines.some((line) => segments(line, closed).some(([a, b]) => distanceTo(p, a, b) <= reach));
}

const shifted = (points: readonly Point[], dx: number, dy: number): Point[] => points.map((p) => ({ ...p, x: p.x + dx, y: p.y + dy }));

/** The shape moved, as far as it stays on the image. */
export function movedShape(shape: Shape, dx: number, dy: number, image: Size): Shape {
  const bounds = boundsOf(shape);
  if (shape.kind === "box" && shape.angle) {
    const middle = middleOf(shape);
    const to = { x: Math.min(Math.max(middle.x + dx, 0), image.w), y: Math.min(Math.max(middle.y + dy, 0), image.h) };
    return { ...shape, x: to.x - shape.w / 2, y: to.y - shape.h / 2 };
  }
  const to = moved(bounds, shape.kind === "mask" ? Math.round(dx) : dx, shape.kind === "mask" ? Math.round(dy) : dy, image);
  const [x, y] = [to.x - bounds.x, to.y - bounds.y];
  if (shape.kind === "box") return { ...shape, x: to.x, y: to.y };
  if (shape.kind === "mask") return { kind: "mask", mask: { ...shape.mask, x: to.x, y: to.y } };
  if (shape.kind === "figure") return { ...shape, points: shape.points.map((p) => (p.v ? { ...p, x: p.x + x, y: p.y + y } : p)) };
  if (shape.kind === "line") return { ...shape, points: shifted(shape.points, x, y) };
  return { ...shape, points: shifted(shape.points, x, y), holes: shape.holes.map((hole) => shifted(hole, x, y)) };
}

const CURSORS: Record<Handle, string> = {
  nw: "nwse-resize", se: "nwse-resize", ne: "nesw-resize", sw: "nesw-resize",
  n: "ns-resize", s: "ns-resize", e: "ew-resize", w: "ew-resize",
};
/** How far above a box the grip lies that turns it, in CSS pixels. */
const TURN_AWAY = 26;

/** The grips of a shape. `scale` is CSS pixels per image pixel; `turns`: boxes may be turned. */
export function gripsOf(shape: Shape, scale: number, turns: boolean): Grip[] {
  if (shape.kind === "box") return boxGrips(shape, scale, turns);
  if (shape.kind === "mask") return [];
  if (shape.kind === "figure") {
    return shape.points.flatMap((p, at): Grip[] => (p.v ? [{ kind: "point", place: p, cursor: "move", ring: 0, at }] : []));
  }
  const rings = shape.kind === "line" ? [shape.points] : [shape.points, ...shape.holes];
  return rings.flatMap((points, ring) => [
    ...points.map((place, at): Grip => ({ kind: "point", place, cursor: "move", ring, at })),
    ...segments(points, shape.kind === "outline").map(([a, b], at): Grip => ({ kind: "middle", place: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, cursor: "copy", ring, at })),
  ]);
}

function boxGrips(box: BoxShape, scale: number, turns: boolean): Grip[] {
  const grips = HANDLES.map((handle): Grip => ({ kind: "handle", handle, place: turned(handlePoint(box, handle), middleOf(box), box.angle), cursor: box.angle ? "pointer" : CURSORS[handle] }));
  if (!turns) return grips;
  const above = { x: box.x + box.w / 2, y: box.y - TURN_AWAY / scale };
  return [...grips, { kind: "turn", place: turned(above, middleOf(box), box.angle), cursor: "grab" }];
}

/** The shape with a grip dragged to a point; `even` keeps steps of 15 degrees while turning. */
export function dragged(shape: Shape, grip: Grip, to: Point, image: Size, even: boolean): Shape {
  if (shape.kind === "box") return grip.kind === "turn" ? turnedTo(shape, to, even) : stretched(shape, grip.handle!, to, image);
  if (shape.kind === "mask") return shape;
  const place = { x: Math.min(Math.max(to.x, 0), image.w), y: Math.min(Math.max(to.y, 0), image.h) };
  if (shape.kind === "figure") return { ...shape, points: shape.points.map((p, i) => (i === grip.at ? { ...p, ...place } : p)) };
  return onRing(shape, grip.ring!, (points) => (grip.kind === "middle" ? [...points.slice(0, grip.at! + 1), place, ...points.slice(grip.at! + 1)] : points.map((p, i) => (i === grip.at ? place : p))));
}

function turnedTo(box: BoxShape, to: Point, even: boolean): BoxShape {
  const middle = middleOf(box);
  const angle = (Math.atan2(to.x - middle.x, middle.y - to.y) * 180) / Math.PI;
  const whole = even ? Math.round(angle / 15) * 15 : Math.round(angle * 10) / 10;
  return { ...box, angle: ((whole % 360) + 360) % 360 };
}

/** Stretched in the box's own directions; the opposite edge stays where it is. */
function stretched(box: BoxShape, handle: Handle, to: Point, image: Size): BoxShape {
  if (!box.angle) return { ...box, ...resized(box, handle, to, image) };
  const middle = middleOf(box);
  const own = turned(to, middle, -box.angle);
  const edges = { left: box.x, top: box.y, right: box.x + box.w, bottom: box.y + box.h };
  if (handle.includes("w")) edges.left = own.x;
  if (handle.includes("e")) edges.right = own.x;
  if (handle.startsWith("n")) edges.top = own.y;
  if (handle.startsWith("s")) edges.bottom = own.y;
  const next = between({ x: edges.left, y: edges.top }, { x: edges.right, y: edges.bottom });
  const at = turned(middleOf(next), middle, box.angle);
  const [w, h] = [Math.max(1, next.w), Math.max(1, next.h)];
  return { ...box, w, h, x: at.x - w / 2, y: at.y - h / 2 };
}

function onRing(shape: OutlineShape | LineShape, ring: number, change: (points: readonly Point[]) => readonly Point[]): Shape {
  if (ring === 0) return { ...shape, points: change(shape.points) } as Shape;
  if (shape.kind === "line") return shape;
  return { ...shape, holes: shape.holes.map((hole, i) => (i === ring - 1 ? change(hole) : hole)) };
}

/** The shape without a point; a hole that becomes too small goes altogether. Null if the shape itself would. */
export function withoutPoint(shape: Shape, grip: Grip): Shape | null {
  if (grip.kind !== "point" || shape.kind === "box" || shape.kind === "mask") return shape;
  if (shape.kind === "figure") {
    const points = shape.points.map((p, i): FigurePoint => (i === grip.at ? { x: 0, y: 0, v: 0 } : p));
    return points.some((p) => p.v > 0) ? { ...shape, points } : null;
  }
  const ring = grip.ring!;
  const points = ring === 0 ? shape.points : (shape as OutlineShape).holes[ring - 1]!;
  const least = shape.kind === "line" ? 2 : 3;
  if (points.length > least) return onRing(shape, ring, (all) => all.filter((_, i) => i !== grip.at));
  return ring === 0 ? null : { ...(shape as OutlineShape), holes: (shape as OutlineShape).holes.filter((_, i) => i !== ring - 1) };
}

/** Points that say nothing left out: those closer than `tolerance` to the line through their neighbours (Ramer, Douglas, Peucker). */
export function simplified(points: readonly Point[], tolerance: number): Point[] {
  if (points.length < 3) return [...points];
  const kept = new Uint8Array(points.length);
  kept[0] = kept[points.length - 1] = 1;
  const waiting: [number, number][] = [[0, points.length - 1]];
  while (waiting.length > 0) {
    const [from, to] = waiting.pop()!;
    let [far, worst] = [tolerance, -1];
    for (let i = from + 1; i < to; i++) {
      const away = distanceTo(points[i]!, points[from]!, points[to]!);
      if (away > far) [far, worst] = [away, i];
    }
    if (worst < 0) continue;
    kept[worst] = 1;
    waiting.push([from, worst], [worst, to]);
  }
  return points.filter((_, i) => kept[i]);
}

export const sameShape = (a: Shape, b: Shape): boolean => a === b || JSON.stringify(a, bitsAside) === JSON.stringify(b, bitsAside);
const bitsAside = (key: string, value: unknown) => (key === "bits" ? undefined : value);

/** Keeps a box on the image; other shapes are kept there point by point. */
export const onImage = (shape: Shape, image: Size): Shape => (shape.kind === "box" && !shape.angle ? { ...shape, ...clip(shape, image) } : shape);

