/** Masks on an image, painted pixel by pixel; stored as runs the way COCO writes them. */
import { IconBrush, IconEraser, IconLasso, IconWand } from "@tabler/icons-react";
import { BrushPen } from "../../canvas/brush-pen";
import { ClickPen } from "../../canvas/click-pen";
import { PathPen, type Paper } from "../../canvas/pens";
import { filled, fromCounts, readCounts, toCounts, trimmed, writeCounts } from "../../lib/bitmask";
import type { MaskShape, Shape } from "../../lib/shape";
import { cellTool, lassoTool } from "../image/edge-tools";
import { isNamed, type Kind, type Mark, type PenHost } from "../image/marks";
import { widgetOf } from "../image/widget";

export interface Mask extends Mark {
  size: [number, number];
  counts: string;
}

/** An outline drawn on this paper is filled. */
function filling(host: PenHost, how: "add" | "take"): Paper {
  const { paper } = host;
  return {
    get image() {
      return paper.image;
    },
    get scale() {
      return paper.scale;
    },
    snap: (at) => paper.snap(at),
    draft: (shape) => paper.draft(shape),
    drawn: (shape: Shape) => shape.kind === "outline" && host.onStroke(filled([shape.points], paper.image), how),
  };
}

const brush = (how: "add" | "take") => (host: PenHost) => new BrushPen(host.paper, host.paper.ink, how, host.radius, host.onStroke);

export const maskKind: Kind<Mask> = {
  type: "masks",
  noun: "mask",
  nouns: "masks",
  tools: [
    { id: "brush", title: "Paint", key: "M", Icon: IconBrush, hint: "Paint; a stroke adds to the selected mask. Esc begins a new one. Alt erases.", brush: true, pen: brush("add") },
    { id: "erase", title: "Erase", key: "E", Icon: IconEraser, hint: "Takes pixels from the selected mask. Alt paints.", brush: true, pen: brush("take") },
    { id: "fill", title: "Fill an outline", key: "P", Icon: IconLasso, hint: "Draw an outline by clicks or freely; what is inside is added.", pen: (host) => new PathPen(filling(host, "add"), "outline") },
    lassoTool("outline", (host) => filling(host, "add")),
    cellTool,
    { id: "click", title: "Outline by clicks or a box", key: "W", Icon: IconWand, hint: "Click on a thing, or drag a box around it; Shift-click says what is too much.", pen: ({ paper, refine, onHint }) => new ClickPen(paper, refine, onHint) },
  ],
  isMark: (value): value is Mask => isNamed(value) && typeof (value as Mask).counts === "string" && Array.isArray((value as Mask).size),
  signature: (mark) => `${mark.label}:${mark.counts}`,
  shapeOf: (mark): MaskShape => {
    const mask = fromCounts(readCounts(mark.counts), mark.size[0]);
    if (!mask) throw new Error("This mask is empty.");
    return { kind: "mask", mask };
  },
  geometry: (shape, image) => {
    const mask = shape.kind === "mask" ? trimmed(shape.mask) : null;
    return mask ? { size: [image.h, image.w], counts: writeCounts(toCounts(mask, image)) } : null;
  },
  inMiddle: ({ x, y }, side) => {
    const r = Math.max(1, Math.round(side / 2));
    const [left, top] = [Math.round(x - r), Math.round(y - r)];
    return { kind: "mask", mask: { x: left, y: top, w: 2 * r, h: 2 * r, bits: new Uint8Array(4 * r * r).fill(1) } };
  },
};

export const widget = widgetOf(maskKind);
