/** Boxes as they are stored: pixels of the upright image, to a tenth; angle in degrees, clockwise about the middle. */
import { IconRectangle, IconWand } from "@tabler/icons-react";
import { ClickPen } from "../../canvas/click-pen";
import { BoxPen } from "../../canvas/pens";
import { clip, rounded, type Rect } from "../../lib/geometry";
import { boxShape } from "../../lib/shape";
import { isNamed, tenth, type Kind, type Mark } from "../image/marks";

export interface Box extends Mark, Rect {
  angle?: number;
  /** On a document, from 0; the numbers are then points of that page. */
  page?: number;
}

export function isBox(value: unknown): value is Box {
  if (!isNamed(value)) return false;
  const box = value as Partial<Box>;
  return [box.x, box.y, box.w, box.h].every((n) => typeof n === "number" && Number.isFinite(n));
}

export const boxKind: Kind<Box> = {
  type: "boxes",
  noun: "box",
  nouns: "boxes",
  tools: [
    { id: "draw", title: "Draw boxes", key: "B", Icon: IconRectangle, hint: "Drag, or click two corners.", pen: ({ paper }) => new BoxPen(paper) },
    { id: "click", title: "Outline by clicks or a box", key: "W", Icon: IconWand, hint: "Click on a thing, or drag a box around it; Shift-click says what is too much.", pen: ({ paper, refine, onHint }) => new ClickPen(paper, refine, onHint) },
  ],
  isMark: isBox,
  signature: (b) => `${b.page === undefined ? "" : `${b.page}/`}${b.x}:${b.y}:${b.w}:${b.h}:${b.angle ? `${b.angle}:` : ""}${b.label}`,
  shapeOf: (b) => (b.angle ? boxShape(b, b.angle) : undefined),
  geometry: (shape, image) => {
    if (shape.kind !== "box") return null;
    if (!shape.angle) return { ...rounded(clip(shape, image)), angle: undefined };
    return { x: tenth(shape.x), y: tenth(shape.y), w: tenth(shape.w), h: tenth(shape.h), angle: tenth(shape.angle) };
  },
  inMiddle: (at, side) => boxShape({ x: at.x - side / 2, y: at.y - side / 2, w: side, h: side }),
  turns: (question) => question.config.rotated === true,
};
