/**
 * The drawing surface of an image: image layer, regions layer and selection layer over each other, one view, one frame
 * loop. No framework: the owner hands in regions and hears of selections, drawn boxes and edits.
 *
 * With many regions in view, panning and zooming move the drawn bitmap and draw it anew once the view rests.
 */
import type { Point, Rect, Size } from "../lib/geometry";
import { gripsOf, sameShape, type Grip, type Shape } from "../lib/shape";
import { attach } from "./attach";
import { Gestures, type Held, type Stage, type Tool } from "./gestures";
import { InkLayer } from "./ink-layer";
import { ImageLayer } from "../lib/image-layer";
import type { Mips } from "../lib/mips";
import { Minimap } from "./minimap";
import { BoxPen, type Paper, type Pen } from "./pens";
import { isAt, RegionsLayer, shapeOf, type SurfaceRegion } from "./regions-layer";
import { SelectionLayer } from "./selection-layer";
import { snapTo } from "./snap";
import { markLatest } from "../lib/marks";
import { fit, fitImage, held, sameView, toImage, unturned, zoomedAt, type Turn, type View } from "../lib/view";

export interface SurfaceEvents {
  onSelect(key: string | null): void;
  onDraw(shape: Shape): void;
  onEdit(key: string, shape: Shape): void;
  /** Something is begun by the pen, or ended. */
  onBusy?(busy: boolean): void;
  /** A point of the selected shape was clicked. */
  onPick?(grip: Grip): void;
  /** After the view changed: the magnification in CSS pixels per image pixel. */
  onView?(scale: number): void;
}

/** Above this many regions in view the bitmap is moved instead of drawn anew in every frame. */
export const MOVE_ABOVE = 1500;
/** The view rests when it has not changed for this long, in milliseconds. */
export const REST_MS = 140;
/** Places within this many CSS pixels are snapped to. */
const SNAP = 8;
const NO_VIEW: View = { scale: 1, x: 0, y: 0 };

export class ImageSurface implements Stage, Paper {
  view: View = NO_VIEW;
  tool: Tool = "select";
  editable = true;
  pen: Pen = new BoxPen(this);
  readonly gestures = new Gestures(this);
  /** Boxes have a grip by which they are turned. */
  turns = false;
  /** Points snap to the points and edges of other shapes. */
  snaps = false;
  readonly ink = new InkLayer(() => this.view);
  #frameBox = document.createElement("div");
  #minimap = new Minimap((at) => this.#centreOn(at));
  #turn: Turn = 0;
  #picked: { ring: number; at: number } | null = null;
  #brush: (() => number) | null = null;
  #image = new ImageLayer();
  #regions = new RegionsLayer();
  #selection = new SelectionLayer();
  #size: Size = { w: 0, h: 0 };
  #selected: string | null = null;
  #edited: { key: string; shape: Shape } | null = null;
  #draft: Shape | null = null;
  #drawColor = "#ffffff";
  #hidden = false;
  #fitted = true;
  #ratio = 0;
  #dirty = { view: false, regions: false, selection: false };
  #frame = 0;
  #restTimer = 0;
  #detach: () => void;

  constructor(
    readonly host: HTMLElement,
    private readonly events: SurfaceEvents,
  ) {
    this.#frameBox.className = "milo-layers";
    this.#frameBox.append(this.#image.canvas, this.#regions.canvas, this.ink.canvas, this.#selection.svg);
    host.append(this.#frameBox, this.#minimap.canvas);
    this.#detach = attach(host, this.gestures, this, () => this.#resize(), (at) => unturned(at, this.#turn, this.#size));
    this.#resize();
  }

  get image(): Size {
    return this.#image.size;
  }

  get scale(): number {
    return this.view.scale;
  }

  /** Shows another image and fits it. */
  setImage(mips: Mips | null): void {
    this.gestures.cancel();
    this.#image.setMips(mips);
    this.#minimap.setMips(mips);
    this.#fitted = true;
    this.fit();
    this.#invalidate({ view: true, regions: true, selection: true });
  }

  /** The colour around the image. */
  setGround(color: string): void {
    this.#image.ground = color;
    this.#invalidate({ view: true });
  }

  /** Replaces all regions, in drawing order. One appended at the end is only drawn on top. */
  setRegions(regions: readonly SurfaceRegion[]): void {
    const before = this.#regions.regions;
    this.#regions.setRegions(regions);
    const added = regions.length === before.length + 1 && before.every((r, i) => r === regions[i]);
    if (added && !this.#dirty.regions && !this.#restTimer) this.#regions.drawOne(regions[regions.length - 1]!, this.view);
    else if (regions.length !== before.length || before.some((r, i) => r !== regions[i])) this.#invalidate({ regions: true });
    this.#edited = null;
    this.#invalidate({ selection: true });
  }

  /** Marks a region as selected without telling the owner. */
  setSelected(key: string | null): void {
    if (key === this.#selected) return;
    this.#selected = key;
    this.#picked = null;
    this.#invalidate({ selection: true });
  }

  /** `brush`: the radius to show around the pointer, in pixels of the image. */
  setTool(tool: Tool, color: string, pen: Pen = this.pen, brush: (() => number) | null = null): void {
    if (tool !== this.tool || pen !== this.pen) this.gestures.cancel();
    this.tool = tool;
    this.pen = pen;
    this.#brush = brush;
    this.#drawColor = this.ink.color = color;
    if (!brush) this.#selection.brush(null, 0);
    this.#invalidate({ selection: true });
  }

  /** Marks one point of the selected shape. */
  setPicked(picked: { ring: number; at: number } | null): void {
    this.#picked = picked;
    this.#invalidate({ selection: true });
  }

  /** Brightness and contrast of the image, 1 as it is. What is stored does not change. */
  setLight(brightness: number, contrast: number): void {
    this.#image.canvas.style.filter = brightness === 1 && contrast === 1 ? "" : `brightness(${brightness}) contrast(${contrast})`;
  }

  /** Turns the view clockwise. What is stored does not change. */
  setTurn(turn: Turn): void {
    if (turn === this.#turn) return;
    this.#turn = turn;
    this.#size = { w: 0, h: 0 };
    this.#fitted = true;
    this.#resize();
  }

  /** Hides all regions while true, to see what is under them. */
  setHidden(hidden: boolean): void {
    this.#hidden = hidden;
    this.#regions.canvas.style.visibility = this.#selection.svg.style.visibility = hidden ? "hidden" : "";
  }

  fit(): void {
    if (!this.image.w || !this.#size.w) return;
    this.#fitted = true;
    this.#setView(fitImage(this.image, this.#size), true);
  }

  /** Shows a rectangle of the image with air around it; the whole image if it is shown like that already. */
  zoomTo(rect: Rect): void {
    const air = Math.min(this.#size.w, this.#size.h) * 0.2;
    const wanted = fit(rect, this.#size, 12, air);
    if (sameView(wanted, this.view)) return this.fit();
    this.#fitted = false;
    this.#setView(wanted, true);
  }

  zoomBy(factor: number): void {
    this.zoomAt({ x: this.#size.w / 2, y: this.#size.h / 2 }, factor);
  }

  /** Brings a region into the middle if no part of it is in view. */
  reveal(rect: Rect): void {
    const from = toImage(this.view, { x: 0, y: 0 });
    const to = toImage(this.view, { x: this.#size.w, y: this.#size.h });
    if (rect.x < to.x && rect.y < to.y && rect.x + rect.w > from.x && rect.y + rect.h > from.y) return;
    const { scale } = this.view;
    this.#fitted = false;
    this.#setView({ scale, x: this.#size.w / 2 - (rect.x + rect.w / 2) * scale, y: this.#size.h / 2 - (rect.y + rect.h / 2) * scale }, true);
  }

  /** The image point in the middle of the surface. */
  centre(): Point {
    return toImage(this.view, { x: this.#size.w / 2, y: this.#size.h / 2 });
  }

  destroy(): void {
    this.#detach();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#restTimer);
    this.host.replaceChildren();
  }

  // What gestures ask for.

  selected(): Held | null {
    if (this.#selected === null) return null;
    const region = this.#find(this.#selected);
    if (!region) return null;
    const shape = this.#edited?.key === region.key ? this.#edited.shape : shapeOf(region);
    return { key: region.key, shape, movable: !region.dashed && !region.locked };
  }

  grips(): readonly Grip[] {
    const selected = this.selected();
    return selected?.movable && this.editable ? gripsOf(selected.shape, this.view.scale, this.turns) : [];
  }

  hits(at: Point): Held[] {
    if (this.#hidden) return [];
    const p = toImage(this.view, at);
    const reach = 3 / this.view.scale;
    const found = this.#regions.index.at(p, 3 * reach).filter((r) => isAt(r, p, reach));
    return found.map((r) => ({ key: r.key, shape: shapeOf(r), movable: !r.dashed && !r.locked }));
  }

  pick(grip: Grip): void {
    this.events.onPick?.(grip);
  }

  snap(at: Point): Point {
    if (!this.snaps) return at;
    const near = this.#regions.index.at(at, SNAP / this.view.scale).filter((r) => r.key !== this.#edited?.key && r.key !== this.#selected);
    return snapTo(at, near.map(shapeOf), this.image, SNAP / this.view.scale);
  }

  panBy(dx: number, dy: number): void {
    this.#fitted = false;
    this.#setView(held({ ...this.view, x: this.view.x + dx, y: this.view.y + dy }, this.image, this.#size), false);
  }

  zoomAt(at: Point, factor: number): void {
    if (!this.image.w) return;
    this.#fitted = false;
    const least = Math.min(0.5 * fitImage(this.image, this.#size).scale, 1);
    this.#setView(held(zoomedAt(this.view, at, factor, least), this.image, this.#size), false);
  }

  select(key: string | null): void {
    this.setSelected(key);
    this.events.onSelect(key);
  }

  edit(key: string, shape: Shape, done: boolean): void {
    const began = this.#edited === null;
    this.#edited = { key, shape };
    this.#invalidate({ selection: true, regions: began });
    if (!done) return;
    const region = this.#find(key);
    if (!region || !sameShape(shapeOf(region), shape)) return this.events.onEdit(key, shape);
    this.#edited = null;
    this.#invalidate({ regions: true });
  }

  draft(shape: Shape | null): void {
    if ((shape === null) !== (this.#draft === null)) this.events.onBusy?.(shape !== null);
    this.#draft = shape;
    this.#invalidate({ selection: true });
  }

  drawn(shape: Shape): void {
    this.events.onDraw(shape);
  }

  hover(at: Point | null, cursor: string): void {
    this.host.style.cursor = cursor;
    this.#selection.cross(cursor === "crosshair" ? at : null, this.#size);
    if (this.#brush) this.#selection.brush(cursor === "none" ? at : null, this.#brush() * this.view.scale);
  }

  #find(key: string): SurfaceRegion | undefined {
    return this.#regions.regions.find((r) => r.key === key);
  }

  #resize(): void {
    const lying = this.#turn % 180 !== 0;
    const { clientWidth, clientHeight } = this.host;
    const size = lying ? { w: clientHeight, h: clientWidth } : { w: clientWidth, h: clientHeight };
    if (!size.w || !size.h) return;
    const ratio = window.devicePixelRatio || 1;
    if (size.w === this.#size.w && size.h === this.#size.h && ratio === this.#ratio) return;
    this.#ratio = ratio;
    this.#size = size;
    this.#image.resize(size, ratio);
    this.#regions.resize(size, ratio);
    this.ink.resize(size, ratio);
    this.#frameBox.style.cssText = `position:absolute;left:50%;top:50%;width:${size.w}px;height:${size.h}px;transform:translate(-50%,-50%) rotate(${this.#turn}deg)`;
    if (this.#fitted) this.fit();
    this.#invalidate({ view: true, regions: true, selection: true });
  }

  #setView(view: View, settled: boolean): void {
    if (sameView(view, this.view)) return;
    this.view = view;
    const move = !settled && (this.#regions.inView > MOVE_ABOVE || this.#regions.costly);
    this.#invalidate({ view: true, selection: true, regions: !move });
    if (move) this.#waitForRest();
    this.events.onView?.(view.scale);
  }

  #waitForRest(): void {
    clearTimeout(this.#restTimer);
    this.#restTimer = window.setTimeout(() => {
      this.#restTimer = 0;
      this.#invalidate({ regions: true, view: true });
    }, REST_MS);
  }

  #invalidate(what: Partial<{ view: boolean; regions: boolean; selection: boolean }>): void {
    this.#dirty.view ||= what.view ?? false;
    this.#dirty.regions ||= what.regions ?? false;
    this.#dirty.selection ||= what.selection ?? false;
    this.#frame ||= requestAnimationFrame(() => this.#paint());
  }

  #paint(): void {
    this.#frame = 0;
    const { view, regions, selection } = this.#dirty;
    this.#dirty = { view: false, regions: false, selection: false };
    if (view) this.#image.draw(this.view, this.#restTimer === 0);
    if (view) this.#minimap.show(this.view, this.#size, this.#turn);
    if (regions) this.#regions.draw(this.view, this.#edited?.key ?? null);
    else if (view) this.#regions.follow(this.view);
    if (selection || view) this.#selection.show(this.#outline(), this.view);
    if (regions) markLatest("regions-drawn");
  }

  #outline() {
    const plain = { dashed: false, grips: [], picked: null, measured: true, open: true };
    if (this.#draft) return { ...plain, shape: this.#draft, color: this.#drawColor, measured: this.#draft.kind === "box", open: this.#draft.kind !== "box" };
    const selected = this.selected();
    if (!selected) return null;
    const region = this.#find(selected.key)!;
    return { ...plain, shape: selected.shape, color: region.color, dashed: region.dashed, grips: this.grips(), picked: this.#picked, measured: this.#edited !== null, open: false };
  }

  #centreOn(at: Point): void {
    const { scale } = this.view;
    this.#fitted = false;
    this.#setView(held({ scale, x: this.#size.w / 2 - at.x * scale, y: this.#size.h / 2 - at.y * scale }, this.image, this.#size), false);
  }
}
