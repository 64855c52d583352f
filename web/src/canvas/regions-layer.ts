/**
 * The layer of all regions but the selected one: one canvas, drawn with pixel-snapped fillRect calls (several times
 * cheaper than paths), with less detail for small boxes, and able to follow the view as a moved bitmap.
 */
import { readableOn, withAlpha } from "../lib/colors";
import type { Rect, Size } from "../lib/geometry";
import { boxShape, holds, type Shape } from "../lib/shape";
import { BADGE_HEIGHT, Badges } from "./badges";
import { changeOf, type Changed } from "./changes";
import { CrowdPainter, pixelOf } from "./crowd-painter";
import { HitIndex } from "./hit-index";
import { isDot, ontoImage, paint, screen } from "./shape-painter";
import { Sheet } from "./sheet";
import { rectToScreen, visible, type View } from "../lib/view";

/** One region as the surface draws it. A changed region is a new object. */
export interface SurfaceRegion extends Rect {
  key: string;
  color: string;
  title: string;
  /** A suggestion: dashed, not movable. */
  dashed: boolean;
  /** What it is, if not an upright box; x, y, w, h are then the bounds. */
  shape?: Shape;
  /** Cannot be changed. */
  locked?: boolean;
  /** Worked out, not placed: drawn thin and without a fill. */
  faint?: boolean;
}

export const shapeOf = (region: SurfaceRegion): Shape => region.shape ?? boxShape(region);
/** Whether a point of the image is on a region, `reach` pixels around its edge included. */
export const isAt = (region: SurfaceRegion, p: { x: number; y: number }, reach: number): boolean => !region.shape || holds(region.shape, p, reach);

/** More regions than this in view are drawn thin, without halo and badges. */
const CROWD = 1200;
const BADGES_UP_TO = 400;
/** With few regions in view a badge may be wider than its region. */
const WHOLE_BADGES_UP_TO = 60;
/** Paths cost several times what upright boxes do. */
const COSTLY = 150;
const DOT = 2;
const NO_FILL = 4;
/** How much of its colour the inside of a thing has. */
const TINT = 0.14;
const MASK_TINT = 0.42;
const STRONG_TINT = 0.6;

interface Style {
  stroke: string | CanvasPattern;
  fill: string;
  /** Around the stroke: light on a dark colour, dark on a light one, so that one of the two shows on any image. */
  halo: string;
}

export class RegionsLayer extends Sheet {
  readonly index = new HitIndex<SurfaceRegion>();
  /** How many regions the last drawing held. */
  inView = 0;
  /** So many shapes with paths are in view that moving the bitmap is cheaper than drawing them. */
  costly = false;
  #regions: readonly SurfaceRegion[] = [];
  /** How the last drawing was made: what is drawn into it later is drawn alike. */
  #view: View = { scale: 1, x: 0, y: 0 };
  #way: "boxes" | "shapes" | "crowd" = "boxes";
  #order: string[] = [];
  #styles = new Map<string, Style>();
  #tints = new Map<string, string>();
  #badges = new Badges();

  /** `strong`: for what is selected, over the others; drawn thick and without badges. */
  constructor(private readonly strong = false) {
    super();
  }

  get regions(): readonly SurfaceRegion[] {
    return this.#regions;
  }

  /** Replaces all regions. Returns the parts of the image in which something has changed. */
  setRegions(regions: readonly SurfaceRegion[]): Changed {
    const { parts, placed } = changeOf(regions, this.#regions);
    this.#regions = regions;
    this.index.set(regions, placed);
    return parts;
  }

  override resize(size: Size, ratio: number): void {
    if (ratio !== this.ratio) this.#styles.clear();
    this.#badges.setRatio(ratio);
    super.resize(size, ratio);
  }

  /** Draws everything in view anew, except the regions `omit`. */
  draw(view: View, omit: ReadonlySet<string>): void {
    this.begin(view);
    this.#view = view;
    const shown = this.index.within(visible(view, this.size)).map((i) => this.#regions[i]!);
    this.inView = shown.length;
    const crowded = shown.length > CROWD;
    const shaped = shown.reduce((n, r) => (r.shape ? n + 1 : n), 0);
    this.costly = shaped > COSTLY;
    this.#way = shaped === 0 ? "boxes" : crowded ? "crowd" : "shapes";
    this.#order = [];
    this.#paint(shown, omit, view, { x: 0, y: 0, w: this.canvas.width, h: this.canvas.height });
    if (shown.length <= BADGES_UP_TO && !this.strong) for (const r of shown) if (!omit.has(r.key)) this.#badge(r, view);
  }

  /** Draws parts of the image anew in the view of the last drawing, in the same way as that. */
  patch(parts: readonly Rect[], omit: ReadonlySet<string>): void {
    const view = this.#view;
    if (this.inView <= BADGES_UP_TO) return this.draw(view, omit);
    for (const part of parts) {
      const place = this.#around(part, view);
      if (place.w <= 0 || place.h <= 0) continue;
      const s = view.scale * this.ratio;
      const within = { x: (place.x / this.ratio - view.x) / view.scale, y: (place.y / this.ratio - view.y) / view.scale, w: place.w / s, h: place.h / s };
      const shown = this.index.within(within).map((i) => this.#regions[i]!);
      this.pen.save();
      this.pen.beginPath();
      this.pen.rect(place.x, place.y, place.w, place.h);
      this.pen.clip();
      this.pen.clearRect(place.x, place.y, place.w, place.h);
      this.#paint(shown, omit, view, place);
      this.pen.restore();
    }
  }

  /** `place`: the part of the canvas, in device pixels. */
  #paint(shown: readonly SurfaceRegion[], omit: ReadonlySet<string>, view: View, place: Rect): void {
    const crowded = this.inView > CROWD;
    if (this.#way === "crowd") return this.#crowd(shown, omit, view, place);
    if (this.#way === "shapes") return this.#shapes(shown, omit, view, crowded);
    const groups = grouped(shown, omit);
    for (const key of groups.keys()) if (!this.#order.includes(key)) this.#order.push(key);
    for (const key of this.#order) {
      const group = groups.get(key);
      if (group) this.#group(group, key, view, crowded);
    }
  }

  /** A part of the image with room for lines, in whole device pixels of the canvas. */
  #around(part: Rect, view: View): Rect {
    const r = rectToScreen(view, part);
    const room = 5;
    const [x, y] = [Math.max(0, Math.floor((r.x - room) * this.ratio)), Math.max(0, Math.floor((r.y - room) * this.ratio))];
    return { x, y, w: Math.min(this.canvas.width, Math.ceil((r.x + r.w + room) * this.ratio)) - x, h: Math.min(this.canvas.height, Math.ceil((r.y + r.h + room) * this.ratio)) - y };
  }

  /** In drawing order, one after the other: shapes may cover each other, so that order counts. */
  #shapes(shown: readonly SurfaceRegion[], omit: ReadonlySet<string>, view: View, crowded: boolean): void {
    const pen = this.pen;
    pen.lineJoin = "round";
    const unit = 1 / view.scale;
    for (const region of shown) {
      if (omit.has(region.key)) continue;
      if (!region.shape || isDot(region, view.scale)) {
        screen(pen);
        this.#group([region], styleKey(region), view, crowded);
        continue;
      }
      ontoImage(pen, view, this.ratio);
      const { halo } = this.#style(styleKey(region), region);
      paint(pen, region.shape, { stroke: region.color, halo, fill: region.dashed || region.faint ? "" : this.#tint(region), dashed: region.dashed }, unit, this.strong ? "strong" : crowded || region.faint === true ? "thin" : "plain");
    }
    screen(pen);
  }

  /** So many that paths would take too long: pixel by pixel. */
  #crowd(shown: readonly SurfaceRegion[], omit: ReadonlySet<string>, view: View, place: Rect): void {
    const within = { scale: view.scale, x: view.x - place.x / this.ratio, y: view.y - place.y / this.ratio };
    const painter = new CrowdPainter(this.pen.createImageData(place.w, place.h), within, this.ratio);
    for (const region of shown) {
      if (omit.has(region.key)) continue;
      const shape = shapeOf(region);
      const line = pixelOf(this.strong ? readableOn(region.color) : region.color, 1);
      if (isDot(region, view.scale)) painter.dot(region, line, DOT);
      else painter.paint(shape, { line, fill: region.dashed ? 0 : pixelOf(region.color, this.strong ? STRONG_TINT : shape.kind === "mask" ? MASK_TINT : TINT), dashed: region.dashed });
    }
    this.pen.putImageData(painter.image, place.x, place.y);
  }

  #tint(region: SurfaceRegion): string {
    const key = `~${region.shape!.kind === "mask"}${region.color}`;
    let tint = this.#tints.get(key);
    const mask = region.shape!.kind === "mask";
    if (!tint) this.#tints.set(key, (tint = withAlpha(region.color, this.strong ? (mask ? STRONG_TINT : STRONG_TINT / 2) : mask ? MASK_TINT : TINT)));
    return tint;
  }

  #group(group: readonly SurfaceRegion[], key: string, view: View, crowded: boolean): void {
    const style = this.#style(key, group[0]!);
    const rects = group.map((r) => this.#device(r, view));
    const thin = !this.strong && (crowded || group[0]!.faint === true);
    const line = thin ? Math.max(1, Math.round(this.ratio)) : Math.max(2, Math.round((this.strong ? 2 : 1.5) * this.ratio));
    const around = this.strong ? Math.max(2, Math.round(2 * this.ratio)) : 1;
    if (!thin) this.#edges(rects, style.halo, line + 2 * around, around);
    if (style.fill) this.#fills(rects, style.fill);
    this.#edges(rects, style.stroke, line, 0);
  }

  #fills(rects: readonly Rect[], fill: string): void {
    const pen = this.pen;
    const least = NO_FILL * this.ratio;
    pen.fillStyle = fill;
    for (const { x, y, w, h } of rects) if (w >= least && h >= least) pen.fillRect(x, y, w, h);
  }

  #edges(rects: readonly Rect[], stroke: string | CanvasPattern, line: number, out: number): void {
    const pen = this.pen;
    const dot = DOT * this.ratio;
    pen.fillStyle = stroke;
    for (const rect of rects) {
      if (rect.w < dot && rect.h < dot) {
        if (out === 0) pen.fillRect(rect.x, rect.y, dot, dot);
        continue;
      }
      const x = rect.x - out;
      const y = rect.y - out;
      const w = rect.w + 2 * out;
      const h = rect.h + 2 * out;
      pen.fillRect(x, y, w, line);
      pen.fillRect(x, y + h - line, w, line);
      pen.fillRect(x, y + line, line, h - 2 * line);
      pen.fillRect(x + w - line, y + line, line, h - 2 * line);
    }
  }

  #badge(region: SurfaceRegion, view: View): void {
    const at = this.#device(region, view);
    if (at.w < 28 * this.ratio || at.h < 10 * this.ratio) return;
    const badge = this.#badges.get(region.title, region.color, region.dashed);
    const width = this.inView <= WHOLE_BADGES_UP_TO ? badge.width : Math.min(badge.width, at.w);
    const above = at.y - BADGE_HEIGHT * this.ratio;
    const y = above >= 0 ? above : at.y;
    this.pen.drawImage(badge, 0, 0, width, badge.height, at.x, y, width, badge.height);
  }

  /** The region in whole device pixels. */
  #device(region: Rect, view: View): Rect {
    const r = rectToScreen(view, region);
    const x = Math.round(r.x * this.ratio);
    const y = Math.round(r.y * this.ratio);
    return { x, y, w: Math.max(1, Math.round((r.x + r.w) * this.ratio) - x), h: Math.max(1, Math.round((r.y + r.h) * this.ratio) - y) };
  }

  #style(key: string, region: SurfaceRegion): Style {
    const known = this.#styles.get(key);
    if (known) return known;
    const stroke = region.dashed ? this.#stripes(region.color) : region.color;
    const halo = withAlpha(readableOn(region.color), this.strong ? 0.95 : 0.72);
    const style = { stroke, halo, fill: region.dashed || region.faint ? "" : withAlpha(region.color, this.strong ? STRONG_TINT / 2 : 0.1) };
    this.#styles.set(key, style);
    return style;
  }

  /** A diagonal stripe: along any horizontal or vertical edge it reads as a dashed line. */
  #stripes(color: string): CanvasPattern {
    const side = Math.max(8, Math.round(9 * this.ratio));
    const tile = document.createElement("canvas");
    tile.width = tile.height = side;
    const pen = tile.getContext("2d")!;
    pen.fillStyle = color;
    const on = Math.round(side * 0.62);
    for (let row = 0; row < side; row++) {
      for (let i = 0; i < on; i++) pen.fillRect((i + row) % side, row, 1, 1);
    }
    return this.pen.createPattern(tile, "repeat")!;
  }
}

const styleKey = (r: SurfaceRegion) => (r.dashed ? `?${r.color}` : r.faint ? `-${r.color}` : r.color);

/** Regions by style, so that the pen changes colour once per style and not per region. */
function grouped(shown: readonly SurfaceRegion[], omit: ReadonlySet<string>): Map<string, SurfaceRegion[]> {
  const groups = new Map<string, SurfaceRegion[]>();
  for (const region of shown) {
    if (omit.has(region.key)) continue;
    const group = groups.get(styleKey(region));
    if (group) group.push(region);
    else groups.set(styleKey(region), [region]);
  }
  return groups;
}
