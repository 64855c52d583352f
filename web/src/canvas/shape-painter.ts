/** Paints shapes that are no upright boxes onto a canvas: outlines, lines, figures, masks. Paths are made once for each shape. */
import type { Rect } from "../lib/geometry";
import { ringsOf, type FigureShape, type Shape } from "../lib/shape";
import type { View } from "../lib/view";

/** What a style draws with, in device pixels. */
export interface Brushes {
  stroke: string;
  fill: string;
  halo: string;
  dashed: boolean;
}

const paths = new WeakMap<Shape, Path2D>();
const DOT = 3;

/** The path of a shape in pixels of the image; the same object for the same shape. */
export function pathOf(shape: Shape): Path2D {
  const known = paths.get(shape);
  if (known) return known;
  const path = new Path2D();
  const add = (points: readonly { x: number; y: number }[], close: boolean) => {
    points.forEach((p, i) => (i ? path.lineTo(p.x, p.y) : path.moveTo(p.x, p.y)));
    if (close) path.closePath();
  };
  if (shape.kind === "line") add(shape.points, false);
  else if (shape.kind === "figure") for (const ends of edgesOf(shape)) add(ends, false);
  else for (const ring of ringsOf(shape)) add(ring, true);
  paths.set(shape, path);
  return path;
}

const edgesOf = (shape: FigureShape) => shape.edges.map(([a, b]) => [shape.points[a]!, shape.points[b]!]).filter((ends) => ends.every((p) => p.v > 0));

/** Sets the pen to pixels of the image; end with `screen`. */
export function ontoImage(pen: CanvasRenderingContext2D, view: View, ratio: number): void {
  const s = view.scale * ratio;
  pen.setTransform(s, 0, 0, s, view.x * ratio, view.y * ratio);
}

export const screen = (pen: CanvasRenderingContext2D): void => pen.setTransform(1, 0, 0, 1, 0, 0);

/** Paints one shape; the pen is set to pixels of the image, `unit` is one device pixel in those. */
export function paint(pen: CanvasRenderingContext2D, shape: Shape, brushes: Brushes, unit: number, how: "thin" | "plain" | "strong"): void {
  const path = pathOf(shape);
  const area = shape.kind === "outline" || shape.kind === "mask" || shape.kind === "box";
  const stepped = shape.kind === "mask";
  const strong = how === "strong";
  const line = strong ? 2.5 : how === "thin" || stepped ? 1 : 2;
  if (area && brushes.fill) {
    pen.fillStyle = brushes.fill;
    pen.fill(path, "evenodd");
  }
  if (strong || (how === "plain" && !stepped)) {
    pen.strokeStyle = brushes.halo;
    pen.lineWidth = (line + (strong ? 4 : 2)) * unit;
    pen.stroke(path);
  }
  pen.strokeStyle = brushes.stroke;
  pen.lineWidth = (shape.kind === "figure" ? line + 0.5 : line) * unit;
  if (brushes.dashed) pen.setLineDash([6 * unit, 4 * unit]);
  pen.stroke(path);
  if (brushes.dashed) pen.setLineDash([]);
  if (shape.kind === "figure") dots(pen, shape, brushes, unit);
}

function dots(pen: CanvasRenderingContext2D, shape: FigureShape, brushes: Brushes, unit: number): void {
  for (const p of shape.points) {
    if (p.v === 0) continue;
    pen.beginPath();
    pen.arc(p.x, p.y, DOT * unit * 1.4, 0, 2 * Math.PI);
    pen.fillStyle = p.v === 2 ? brushes.stroke : brushes.halo;
    pen.fill();
    pen.lineWidth = unit;
    pen.strokeStyle = p.v === 2 ? brushes.halo : brushes.stroke;
    pen.stroke();
  }
}

/** Whether a region is too small to be more than a dot. */
export const isDot = (bounds: Rect, scale: number): boolean => bounds.w * scale < 3 && bounds.h * scale < 3;
