/** Tools that keep to the edges of the image: the magnetic lasso, and cells that are gathered into masks. */
import { IconHexagons, IconLassoPolygon } from "@tabler/icons-react";
import { CellPen, cellsOf } from "../../canvas/cell-pen";
import { LassoPen } from "../../canvas/lasso-pen";
import type { Paper } from "../../canvas/pens";
import type { Point, Rect } from "../../lib/geometry";
import { isPoints, type PenHost, type ToolSpec } from "./marks";

const pair = ({ x, y, w, h }: Rect): [number, number, number, number] => [x, y, w, h];

/** The magnetic lasso; `onto` says what becomes of its outline. */
export const lassoTool = (shape: "outline" | "line", onto: (host: PenHost) => Paper = (host) => host.paper): ToolSpec => ({
  id: "lasso", title: "Along edges (magnetic lasso)", key: "I", Icon: IconLassoPolygon, hint: "Click along the edge of a thing; the line keeps to the edge.",
  pen: (host) => {
    const way = async (from: Point, to: Point) => {
      const found = (await host.help("lasso", { clicks: [[from.x, from.y, 1], [to.x, to.y, 1]], box: pair(host.inView()) })) as { points?: unknown } | null;
      return found && isPoints(found.points, 2, 2) ? (found.points as [number, number][]).map(([x, y]) => ({ x, y })) : null;
    };
    return new LassoPen(onto(host), shape, way, host.onHint);
  },
});

/** Cells along edges, for masks. */
export const cellTool: ToolSpec = {
  id: "cells", title: "Cells along edges (superpixels)", key: "Shift+I", Icon: IconHexagons, hint: "Click a cell or drag over several; Alt takes them away. Zoom in for smaller ones.",
  pen: (host) => {
    const ask = async (view: Rect) => {
      const found = (await host.help("superpixels", { clicks: [], box: pair(view) })) as { box: number[]; size: [number, number]; runs: number[] } | null;
      if (!found) return null;
      const [x, y, w, h] = found.box as [number, number, number, number];
      return cellsOf({ x, y, w, h }, found.size[0], found.size[1], found.runs);
    };
    return new CellPen(host.paper.ink, host.inView, ask, host.onStroke, host.onHint);
  },
};
