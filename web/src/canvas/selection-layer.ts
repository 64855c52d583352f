/** What is being touched: the selected box with its handles, and the box being drawn. SVG of its own, so that moving
 * the selection never repaints the mass of regions. */
import { readableOn } from "../lib/colors";
import { HANDLES, handlePoint, type Point, type Rect, type Size } from "../lib/geometry";
import { rectToScreen, type View } from "../lib/view";

const SVG = "http://www.w3.org/2000/svg";
/** Side of a drawn handle; it is caught within twice this and more (see gestures). */
const HANDLE = 10;

export interface Outline {
  rect: Rect;
  color: string;
  dashed: boolean;
  /** Handles are drawn on a box that can be resized. */
  handles: boolean;
  /** Says its size beside it. */
  measured: boolean;
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
  #halo = element("rect", { fill: "none", stroke: "#fff", "stroke-width": "5", "stroke-opacity": "0.9" });
  #line = element("rect", { "stroke-width": "2", "fill-opacity": "0.14" });
  #handles = HANDLES.map(() =>
    element("rect", { width: `${HANDLE}`, height: `${HANDLE}`, rx: "2", fill: "#fff", "stroke-width": "2" }),
  );
  #measure = element("text", { "font-size": "11", "font-family": "ui-monospace, monospace", fill: "#fff", stroke: "#111", "stroke-width": "3", "paint-order": "stroke" });
  #crossX = element("line", { stroke: "#fff", "stroke-opacity": "0.55", "stroke-width": "1", style: "mix-blend-mode:difference" });
  #crossY = element("line", { stroke: "#fff", "stroke-opacity": "0.55", "stroke-width": "1", style: "mix-blend-mode:difference" });

  constructor() {
    this.svg.append(this.#crossX, this.#crossY, this.#halo, this.#line, ...this.#handles, this.#measure);
    this.show(null, { scale: 1, x: 0, y: 0 });
    this.cross(null, { w: 0, h: 0 });
  }

  /** Shows one outline, or nothing. */
  show(outline: Outline | null, view: View): void {
    const display = outline ? "" : "none";
    this.#halo.style.display = this.#line.style.display = display;
    this.#measure.style.display = outline?.measured ? "" : "none";
    for (const handle of this.#handles) handle.style.display = outline?.handles ? "" : "none";
    if (outline) this.#place(outline, rectToScreen(view, outline.rect));
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

  #place(outline: Outline, at: Rect): void {
    const box = { x: at.x, y: at.y, width: Math.max(at.w, 0.5), height: Math.max(at.h, 0.5) };
    const dash = outline.dashed ? "6 4" : "none";
    const contrast = readableOn(outline.color);
    set(this.#halo, { ...box, stroke: contrast });
    set(this.#line, { ...box, stroke: outline.color, fill: outline.color, "stroke-dasharray": dash });
    HANDLES.forEach((name, i) => {
      const p = handlePoint(at, name);
      set(this.#handles[i]!, { x: p.x - HANDLE / 2, y: p.y - HANDLE / 2, stroke: outline.color, fill: contrast });
    });
    if (!outline.measured) return;
    set(this.#measure, { x: at.x + 4, y: at.y + at.h + 18 });
    this.#measure.textContent = `${Math.round(outline.rect.w)} × ${Math.round(outline.rect.h)}`;
  }
}
