/** Outlines on an image, with holes. */
import { IconCircleDashed, IconPolygon, IconWand } from "@tabler/icons-react";
import { ClickPen } from "../../canvas/click-pen";
import { PathPen } from "../../canvas/pens";
import { boundsOf, type OutlineShape } from "../../lib/shape";
import { lassoTool } from "../image/edge-tools";
import { isNamed, isPoints, type Kind, type Mark } from "../image/marks";
import { fromPairs, pathSignature, toPairs, type Pair } from "../image/pairs";
import { widgetOf } from "../image/widget";

export interface Polygon extends Mark {
  points: Pair[];
  holes?: Pair[][];
}

export const polygonKind: Kind<Polygon> = {
  type: "polygons",
  noun: "polygon",
  nouns: "polygons",
  tools: [
    { id: "draw", title: "Draw polygons", key: "P", Icon: IconPolygon, hint: "Click corner after corner, or drag to draw freely; click the first one to close.", pen: ({ paper }) => new PathPen(paper, "outline") },
    { id: "hole", title: "Cut a hole into the selected polygon", key: "O", Icon: IconCircleDashed, hint: "Draw the hole inside of the selected polygon.", cuts: true, pen: ({ paper }) => new PathPen(paper, "outline") },
    lassoTool("outline"),
    { id: "click", title: "Outline by clicks or a box", key: "W", Icon: IconWand, hint: "Click on a thing, or drag a box around it; Shift-click says what is too much.", pen: ({ paper, refine, onHint }) => new ClickPen(paper, refine, onHint) },
  ],
  isMark: (value): value is Polygon => isNamed(value) && isPoints((value as Polygon).points, 3, 2),
  signature: (mark) => pathSignature(mark.label, [mark.points, ...(mark.holes ?? [])]),
  shapeOf: (mark): OutlineShape => ({ kind: "outline", points: fromPairs(mark.points), holes: (mark.holes ?? []).map(fromPairs) }),
  geometry: (shape, image) => {
    if (shape.kind !== "outline") return null;
    const { w, h } = boundsOf(shape);
    if (shape.points.length < 3 || w <= 0 || h <= 0) return null;
    const holes = shape.holes.filter((hole) => hole.length > 2).map((hole) => toPairs(hole, image));
    return { points: toPairs(shape.points, image), holes: holes.length > 0 ? holes : undefined };
  },
  inMiddle: ({ x, y }, side) => {
    const r = side / 2;
    return { kind: "outline", points: [{ x: x - r, y: y - r }, { x: x + r, y: y - r }, { x: x + r, y: y + r }, { x: x - r, y: y + r }], holes: [] };
  },
};

export const widget = widgetOf(polygonKind);
