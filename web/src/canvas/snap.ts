/** Where a point snaps to: a corner of another shape first, else its edge, else the edge of the image. */
import type { Point, Size } from "../lib/geometry";
import { ringsOf, type Shape } from "../lib/shape";

export function snapTo(at: Point, shapes: readonly Shape[], image: Size, reach: number): Point {
  const lines = shapes.flatMap((shape) => (shape.kind === "line" ? [shape.points] : shape.kind === "figure" ? [] : ringsOf(shape)));
  return nearestCorner(at, lines, reach) ?? nearestEdge(at, lines, reach) ?? ontoRim(at, image, reach);
}

function nearestCorner(at: Point, lines: readonly (readonly Point[])[], reach: number): Point | null {
  let best: Point | null = null;
  let near = reach;
  for (const line of lines) {
    for (const p of line) {
      const away = Math.hypot(p.x - at.x, p.y - at.y);
      if (away < near) [best, near] = [{ x: p.x, y: p.y }, away];
    }
  }
  return best;
}

function nearestEdge(at: Point, lines: readonly (readonly Point[])[], reach: number): Point | null {
  let best: Point | null = null;
  let near = reach;
  for (const line of lines) {
    line.forEach((a, i) => {
      const b = line[(i + 1) % line.length]!;
      const [dx, dy] = [b.x - a.x, b.y - a.y];
      const length = dx * dx + dy * dy;
      const t = length > 0 ? Math.min(1, Math.max(0, ((at.x - a.x) * dx + (at.y - a.y) * dy) / length)) : 0;
      const p = { x: a.x + t * dx, y: a.y + t * dy };
      const away = Math.hypot(p.x - at.x, p.y - at.y);
      if (away < near) [best, near] = [p, away];
    });
  }
  return best;
}

function ontoRim(at: Point, image: Size, reach: number): Point {
  const pull = (n: number, end: number) => (Math.abs(n) < reach ? 0 : Math.abs(n - end) < reach ? end : n);
  return { x: pull(at.x, image.w), y: pull(at.y, image.h) };
}
