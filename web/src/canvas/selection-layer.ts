/** What is being touched: the selected shape with its grips, and the shape being drawn. SVG of its own, so that moving the selection never
 * repaints the mass of regions. */
import { readableOn } from "../lib/colors";
import type { Point, Rect, Size } from "../lib/geometry";
import { boundsOf, ringsOf, type Grip, type Shape } from "../lib/shape";
import { toScreen, type View } from "../lib/view";

const SVG = "http://www.w3.org/2000/svg";
/** Side of a drawn handle; it is caught within twice this and more (see gestures). */
const HANDLE = 10;
/** More grips than this are not drawn; they are still caught. */
const MOST_GRIPS = 400;

export interface Outline {
  shape: Shape;
  color: string;
  dashed: boolean;
  /** Worked out, not placed. */
  faint: boolean;
  grips: readonly Grip[];
  /** The point that is picked, by its ring and place. */
  picked: { ring: number; at: number } | null;
  /** Says its size beside it. */
  measured: boolean;
  /** A shape that is not closed yet. */
  open: boolean;
}

function element<K extends keyof SVGElementTagNameMap>(name: K, attributes: Record<string, string>): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const set = (node: SVGElement, values: Record<string, number | string>) => {
  for (const [key, value] of Object.entries(values)) node.setAttribute(key, String(value));
};

export class SelectionLayer {
  readonly svg = element("svg", { "aria-hidden": "true" });
  #halo = element("path", { fill: "none", stroke: "#fff", "stroke-width": "5", "stroke-opacity": "0.9", "stroke-linejoin": "round" });
  #line = element("path", { "stroke-width": "2", "fill-opacity": "0.14", "fill-rule": "evenodd", "stroke-linejoin": "round" });
  #grips = element("g", {});
  #names = element("g", { "font-size": "11", "font-family": "system-ui, sans-serif", fill: "#fff", stroke: "#111", "stroke-width": "3", "paint-order": "stroke" });
  #measure = element("text", { "font-size": "11", "font-family": "ui-monospace, monospace", fill: "#fff", stroke: "#111", "stroke-width": "3", "paint-order": "stroke" });
  #crossX = element("line", { stroke: "#fff", "stroke-opacity": "0.55", "stroke-width": "1", style: "mix-blend-mode:difference" });
  #crossY = element("line", { stroke: "#fff", "stroke-opacity": "0.55", "stroke-width": "1", style: "mix-blend-mode:difference" });
  #band = element("rect", { fill: "#fff", "fill-opacity": "0.12", stroke: "#fff", "stroke-width": "1.5", "stroke-dasharray": "5 4", style: "mix-blend-mode:difference" });
  #ring = element("circle", { fill: "none", stroke: "#fff", "stroke-width": "1.5", style: "mix-blend-mode:difference" });

  constructor() {
    this.svg.append(this.#crossX, this.#crossY, this.#halo, this.#line, this.#grips, this.#names, this.#measure, this.#band, this.#ring);
    this.band(null);
    this.show(null, { scale: 1, x: 0, y: 0 });
    this.cross(null, { w: 0, h: 0 });
    this.brush(null, 0);
  }

  /** Shows one outline, or nothing. */
  show(outline: Outline | null, view: View): void {
    const display = outline ? "" : "none";
    this.#halo.style.display = this.#line.style.display = display;
    this.#measure.style.display = outline?.measured ? "" : "none";
    this.#grips.replaceChildren();
    this.#names.replaceChildren();
    if (outline) this.#place(outline, view);
  }

  /** Shows lines through the pointer across the whole surface, or hides them. */
  cross(at: Point | null, size: Size): void {
    this.#crossX.style.display = this.#crossY.style.display = at ? "" : "none";
    if (!at) return;
    const x = Math.round(at.x) + 0.5;
    const y = Math.round(at.y) + 0.5;
    set(this.#crossX, { x1: 0, x2: size.w, y1: y, y2: y });
    set(this.#crossY, { x1: x, x2: x, y1: 0, y2: size.h });
  }

  /** Shows the band that gathers regions, or hides it. */
  band(rect: Rect | null): void {
    this.#band.style.display = rect ? "" : "none";
    if (rect) set(this.#band, { x: rect.x, y: rect.y, width: rect.w, height: rect.h });
  }

  /** The rim of a brush around the pointer; `radius` in CSS pixels. */
  brush(at: Point | null, radius: number): void {
    this.#ring.style.display = at ? "" : "none";
    if (at) set(this.#ring, { cx: at.x, cy: at.y, r: Math.max(1, radius) });
  }

  #place(outline: Outline, view: View): void {
    const d = pathData(outline.shape, view);
    const dash = outline.dashed ? "6 4" : "none";
    const contrast = readableOn(outline.color);
    const filled = !outline.faint && outline.shape.kind !== "line" && outline.shape.kind !== "figure" && !outline.open;
    set(this.#halo, { d, stroke: contrast, "stroke-width": outline.shape.kind === "mask" || outline.faint ? 3 : 5 });
    set(this.#line, { d, "stroke-width": outline.shape.kind === "mask" || outline.faint ? 1.5 : 2, stroke: outline.color, fill: filled ? outline.color : "none", "stroke-dasharray": dash });
    if (outline.grips.length <= MOST_GRIPS) this.#drawGrips(outline, view, contrast);
    if (outline.shape.kind === "figure") this.#drawFigure(outline, view, contrast);
    if (outline.open && outline.shape.kind === "line") for (const p of outline.shape.points.slice(0, MOST_GRIPS)) this.#dot(toScreen(view, p), 3, outline.color, contrast);
    if (!outline.measured) return;
    const box = boundsOf(outline.shape);
    const at = toScreen(view, { x: box.x, y: box.y + box.h });
    set(this.#measure, { x: at.x + 4, y: at.y + 18 });
    this.#measure.textContent = outline.shape.kind === "box" ? sizeOf(outline.shape) : `${Math.round(box.w)} × ${Math.round(box.h)}`;
  }

  #drawGrips(outline: Outline, view: View, contrast: string): void {
    for (const grip of outline.grips) {
      const p = toScreen(view, grip.place);
      if (grip.kind === "handle") this.#grips.append(element("rect", { x: `${p.x - HANDLE / 2}`, y: `${p.y - HANDLE / 2}`, width: `${HANDLE}`, height: `${HANDLE}`, rx: "2", "stroke-width": "2", stroke: outline.color, fill: contrast }));
      else if (grip.kind === "middle") this.#dot(p, 2.5, outline.color, contrast, "0.75");
      else if (outline.shape.kind !== "figure") this.#dot(p, picked(outline, grip) ? 7 : 5, outline.color, contrast);
    }
  }

  #drawFigure(outline: Outline, view: View, contrast: string): void {
    const { shape } = outline;
    if (shape.kind !== "figure") return;
    const roomy = shape.points.length <= 40;
    const named: Point[] = [];
    shape.points.forEach((p, at) => {
      if (p.v === 0) return;
      const place = toScreen(view, p);
      const on = outline.picked?.at === at;
      const dot = this.#dot(place, on ? 8 : 6, outline.color, p.v === 1 ? contrast : outline.color);
      dot.setAttribute("stroke", p.v === 1 ? outline.color : contrast);
      if (p.v === 1) dot.setAttribute("stroke-dasharray", "3 2");
      if (!roomy) return;
      // Names that would lie on each other are left out; the list beside the image has them all.
      if (!on && named.some((other) => Math.abs(other.y - place.y) < 12 && Math.abs(other.x - place.x) < 70)) return;
      named.push(place);
      const name = element("text", { x: `${place.x + 10}`, y: `${place.y + 4}` });
      name.textContent = shape.names[at] ?? "";
      this.#names.append(name);
    });
  }

  #dot(p: Point, r: number, color: string, fill: string, opacity = "1"): SVGCircleElement {
    const dot = element("circle", { cx: `${p.x}`, cy: `${p.y}`, r: `${r}`, stroke: color, fill, "stroke-width": "2", opacity });
    this.#grips.append(dot);
    return dot;
  }
}

const picked = (outline: Outline, grip: Grip) => grip.kind === "point" && outline.picked?.ring === grip.ring && outline.picked?.at === grip.at;
const sizeOf = (box: { w: number; h: number; angle: number }) => `${Math.round(box.w)} × ${Math.round(box.h)}${box.angle ? ` · ${Math.round(box.angle * 10) / 10}°` : ""}`;

/** An SVG path in CSS pixels. */
function pathData(shape: Shape, view: View): string {
  const line = (points: readonly Point[], close: string) =>
    points.map((p, i) => `${i ? "L" : "M"}${(p.x * view.scale + view.x).toFixed(1)} ${(p.y * view.scale + view.y).toFixed(1)}`).join("") + close;
  if (shape.kind === "line") return line(shape.points, "");
  if (shape.kind !== "figure") return ringsOf(shape).map((ring) => line(ring, "Z")).join("");
  return shape.edges
    .map(([a, b]) => [shape.points[a]!, shape.points[b]!])
    .filter((ends) => ends.every((p) => p.v > 0))
    .map((ends) => line(ends, ""))
    .join("");
}
