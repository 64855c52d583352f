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
import { Repaint, type Parts } from "./repaint";
import { Minimap } from "./minimap";
import { BoxPen, type Paper, type Pen } from "./pens";
import { isAt, RegionsLayer, shapeOf, type SurfaceRegion } from "./regions-layer";
import { SelectionLayer } from "./selection-layer";
import { snapTo } from "./snap";
import { markLatest } from "../lib/marks";
import { pixelsIn, toImage, unturned, visible, type Turn, type View } from "../lib/view";
import { Viewport } from "./viewport";

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

export class ImageSurface implements Stage, Paper {
  tool: Tool = "select";
  editable = true;
  pen: Pen = new BoxPen(this);
  readonly gestures = new Gestures(this);
  /** Boxes have a grip by which they are turned. */
  turns = false;
  /** Points snap to the points and edges of other shapes. */
  snaps = false;
  readonly viewport: Viewport = new Viewport(() => this.image, (settled) => this.#viewChanged(settled));
  /** Dragging pans while Space is held. */
  spacePans = true;
  readonly ink = new InkLayer(() => this.view);
  #frameBox = document.createElement("div");
  #minimap = new Minimap((at) => this.viewport.centreOn(at));
  #picked: { ring: number; at: number } | null = null;
  #brush: (() => number) | null = null;
  #image = new ImageLayer();
  #regions = new RegionsLayer();
  #selection = new SelectionLayer();
  #selected: string | null = null;
  #edited: { key: string; shape: Shape } | null = null;
  #draft: Shape | null = null;
  #drawColor = "#ffffff";
  #hidden = false;
  #ratio = 0;
  #repaint = new Repaint((parts) => this.#paint(parts), REST_MS);
  #detach: () => void;

  constructor(
    readonly host: HTMLElement,
    private readonly events: SurfaceEvents,
  ) {
    this.#frameBox.className = "milo-layers";
    this.#frameBox.append(this.#image.canvas, this.#regions.canvas, this.ink.canvas, this.#selection.svg);
    host.append(this.#frameBox, this.#minimap.canvas);
    this.#image.onNews = () => this.#repaint.ask({ view: true });
    this.#detach = attach(host, this.gestures, this, () => this.#resize(), (at) => unturned(at, this.viewport.turn, this.viewport.size), () => this.spacePans);
    this.#resize();
  }

  get image(): Size {
    return this.#image.size;
  }

  get view(): View {
    return this.viewport.view;
  }

  get scale(): number {
    return this.view.scale;
  }

  /** Shows another image and fits it. */
  setImage(mips: Mips | null): void {
    this.gestures.cancel();
    this.#image.setMips(mips);
    this.#minimap.setMips(mips);
    this.viewport.fit();
    this.#repaint.ask({ view: true, regions: true, selection: true });
  }

  /** Another picture of the same size, in the same view: the next frame of a video. */
  setFrame(mips: Mips): void {
    if (mips.size.w !== this.image.w || mips.size.h !== this.image.h) return this.setImage(mips);
    this.#image.setMips(mips);
    this.#repaint.ask({ view: true });
  }

  /** The colour around the image. */
  setGround(color: string): void {
    this.#image.ground = color;
    this.#repaint.ask({ view: true });
  }

  /** Replaces all regions, in drawing order. One that is new at the end is only drawn on top; so is, in a crowd, one with another label, until the view rests. */
  setRegions(regions: readonly SurfaceRegion[]): void {
    const before = this.#regions.regions;
    this.#regions.setRegions(regions);
    const differ = regions.flatMap((r, i) => (r === before[i] ? [] : [i]));
    const only = differ.length === 1 ? regions[differ[0]!]! : null;
    const added = only !== null && regions.length === before.length + 1 && differ[0] === before.length;
    const relabelled = only !== null && regions.length === before.length && only.key === before[differ[0]!]!.key && sameShape(shapeOf(only), shapeOf(before[differ[0]!]!)) && this.#isDear;
    if ((added || relabelled) && !this.#repaint.waiting) this.#regions.drawOne(only, this.view);
    else if (differ.length > 0 || regions.length !== before.length) this.#repaint.ask({ regions: true });
    if (relabelled) this.#repaint.afterRest();
    this.#edited = null;
    this.#repaint.ask({ selection: true });
  }

  /** Marks a region as selected without telling the owner. */
  setSelected(key: string | null): void {
    if (key === this.#selected) return;
    this.#selected = key;
    this.#picked = null;
    this.#repaint.ask({ selection: true });
  }

  /** `brush`: the radius to show around the pointer, in pixels of the image. */
  setTool(tool: Tool, color: string, pen: Pen = this.pen, brush: (() => number) | null = null): void {
    if (tool !== this.tool || pen !== this.pen) {
      this.gestures.cancel();
      this.ink.end();
    }
    this.tool = tool;
    this.pen = pen;
    this.#brush = brush;
    this.#drawColor = this.ink.color = color;
    if (!brush) this.#selection.brush(null, 0);
    this.#repaint.ask({ selection: true });
  }

  /** Marks one point of the selected shape. */
  setPicked(picked: { ring: number; at: number } | null): void {
    this.#picked = picked;
    this.#repaint.ask({ selection: true });
  }

  /** Brightness and contrast of the image, 1 as it is. What is stored does not change. */
  setLight(brightness: number, contrast: number): void {
    this.#image.canvas.style.filter = brightness === 1 && contrast === 1 ? "" : `brightness(${brightness}) contrast(${contrast})`;
  }

  /** Turns the view clockwise. What is stored does not change. */
  setTurn(turn: Turn): void {
    if (turn === this.viewport.turn) return;
    this.viewport.turn = turn;
    this.#ratio = 0;
    this.#resize();
    this.viewport.fit();
  }

  /** Hides all regions while true, to see what is under them. */
  setHidden(hidden: boolean): void {
    this.#hidden = hidden;
    this.#regions.canvas.style.visibility = this.#selection.svg.style.visibility = hidden ? "hidden" : "";
  }

  destroy(): void {
    this.#detach();
    this.#repaint.stop();
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
    this.viewport.panBy(dx, dy);
  }

  zoomAt(at: Point, factor: number): void {
    this.viewport.zoomAt(at, factor);
  }

  select(key: string | null): void {
    this.setSelected(key);
    this.events.onSelect(key);
  }

  edit(key: string, shape: Shape, done: boolean): void {
    const began = this.#edited === null;
    this.#edited = { key, shape };
    this.#repaint.ask({ selection: true, regions: began });
    if (!done) return;
    const region = this.#find(key);
    if (!region || !sameShape(shapeOf(region), shape)) return this.events.onEdit(key, shape);
    this.#edited = null;
    this.#repaint.ask({ regions: true });
  }

  draft(shape: Shape | null): void {
    if ((shape === null) !== (this.#draft === null)) this.events.onBusy?.(shape !== null);
    this.#draft = shape;
    this.#repaint.ask({ selection: true });
  }

  drawn(shape: Shape): void {
    this.events.onDraw(shape);
  }

  hover(at: Point | null, cursor: string): void {
    this.host.style.cursor = cursor;
    this.#selection.cross(cursor === "crosshair" ? at : null, this.viewport.size);
    if (this.#brush) this.#selection.brush(cursor === "none" ? at : null, this.#brush() * this.view.scale);
  }

  /** So much is in view that drawing it anew in every frame would be too slow. */
  get #isDear(): boolean {
    return this.#regions.inView > MOVE_ABOVE || this.#regions.costly;
  }

  #find(key: string): SurfaceRegion | undefined {
    return this.#regions.regions.find((r) => r.key === key);
  }

  #resize(): void {
    const { turn } = this.viewport;
    const { clientWidth: w, clientHeight: h } = this.host;
    const ratio = window.devicePixelRatio || 1;
    const resized = this.viewport.resize(turn % 180 === 0 ? { w, h } : { w: h, h: w });
    const { size } = this.viewport;
    if (!size.w || (!resized && ratio === this.#ratio)) return;
    this.#ratio = ratio;
    for (const layer of [this.#image, this.#regions, this.ink]) layer.resize(size, ratio);
    this.#frameBox.style.cssText = `position:absolute;left:50%;top:50%;width:${size.w}px;height:${size.h}px;transform:translate(-50%,-50%) rotate(${turn}deg)`;
    this.#repaint.ask({ view: true, regions: true, selection: true });
  }

  /** What is in view, in whole pixels of the image. */
  inView(): Rect {
    return pixelsIn(visible(this.view, this.viewport.size), this.image);
  }

  #viewChanged(settled: boolean): void {
    if (!this.gestures.busy) this.ink.end();
    const move = !settled && this.#isDear;
    this.#repaint.ask({ view: true, selection: true, regions: !move });
    if (move) this.#repaint.afterRest();
    this.events.onView?.(this.view.scale);
  }

  #paint({ view, regions, selection }: Parts): void {
    if (view) this.#image.draw(this.view, !this.#repaint.moving);
    if (view) this.#minimap.show(this.view, this.viewport.size, this.viewport.turn);
    if (regions) this.#regions.draw(this.view, this.#edited?.key ?? null);
    else if (view) this.#regions.follow(this.view);
    if (selection || view) this.#selection.show(this.#outline(), this.view);
    if (regions) markLatest("regions-drawn");
  }

  #outline() {
    const plain = { dashed: false, faint: false, grips: [], picked: null, measured: true, open: true };
    if (this.#draft) return { ...plain, shape: this.#draft, color: this.#drawColor, measured: this.#draft.kind === "box", open: this.#draft.kind !== "box" };
    const selected = this.selected();
    if (!selected) return null;
    const region = this.#find(selected.key)!;
    return { ...plain, shape: selected.shape, color: region.color, dashed: region.dashed, faint: region.faint ?? false, grips: this.grips(), picked: this.#picked, measured: this.#edited !== null, open: false };
  }
}
