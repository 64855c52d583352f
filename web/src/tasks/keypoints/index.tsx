/** Figures of named points: the joints of a person, the corners of a face. */
import { IconYoga } from "@tabler/icons-react";
import { FigurePen } from "../../canvas/pens";
import type { FigurePoint, FigureShape } from "../../lib/shape";
import { isNamed, isPoints, tenth, type Kind, type Mark } from "../image/marks";
import { widgetOf } from "../image/widget";
import { Settings } from "./Settings";
import { skeletonOf } from "./skeleton";

export interface Figure extends Mark {
  points: [number, number, 0 | 1 | 2][];
}

export const figureKind: Kind<Figure> = {
  type: "keypoints",
  noun: "figure",
  nouns: "figures",
  tools: [{
    id: "draw", title: "Place the points of a figure", key: "O", Icon: IconYoga, hint: "Click the points in order; with Shift one is hidden, N means not there.",
    pen: ({ paper, question, onHint }) => new FigurePen(paper, skeletonOf(question), (name) => onHint(name === null ? null : `Next: ${name}. Shift-click: hidden.`)),
  }],
  isMark: (value): value is Figure => isNamed(value) && isPoints((value as Figure).points, 1, 3),
  signature: (mark) => `${mark.label}:${mark.points.join(" ")}`,
  shapeOf: (mark, question): FigureShape => ({ kind: "figure", ...skeletonOf(question), points: mark.points.map(([x, y, v]) => ({ x, y, v })) }),
  geometry: (shape, image) => {
    if (shape.kind !== "figure" || !shape.points.some((p) => p.v > 0)) return null;
    const on = (n: number, end: number) => tenth(Math.min(Math.max(n, 0), end));
    return { points: shape.points.map(({ x, y, v }) => (v ? [on(x, image.w), on(y, image.h), v] : [0, 0, 0])) };
  },
  inMiddle: (at, side, question) => {
    const { names, edges } = skeletonOf(question);
    const points = names.map((_, i): FigurePoint => {
      const turn = (2 * Math.PI * i) / names.length;
      return { x: at.x + Math.sin(turn) * side, y: at.y - Math.cos(turn) * side, v: 2 };
    });
    return { kind: "figure", names, edges, points };
  },
};

export const widget = widgetOf(figureKind, { Settings });
