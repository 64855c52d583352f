/**
 * The drawing surface of an image: layers over each other (see `Layers`), one view, one frame loop. No framework: the owner
 * hands in regions and arrows between them, and hears of selections, drawn boxes and edits.
 *
 * With many regions in view, panning and zooming move the drawn bitmap and draw it anew once the view rests.
 */
import type { Point, Rect, Size } from "../lib/geometry";
import { boundsOf, gripsOf, sameShape, type Grip, type Shape } from "../lib/shape";
import type { SurfaceArrow } from "./arrows-layer";
import { attach } from "./attach";
import { Gestures, type Held, type Stage, type Tool } from "./gestures";
import type { InkLayer } from "./ink-layer";
import { Layers } from "./layers";
import type { Mips } from "../lib/mips";
import { Repaint, type Parts } from "./repaint";
import { BoxPen, type Paper, type Pen } from "./pens";
import { isAt, shapeOf, type SurfaceRegion } from "./regions-layer";
import type { Outline } from "./selection-layer";
import { Several } from "./several";
import type { SurfaceEvents } from "./surface-events";
import { snapTo } from "./snap";
import { markLatest } from "../lib/marks";
import { pixelsIn, toImage, unturned, visible, type Turn, type View } from "../lib/view";
import { Viewport } from "./viewport";

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
  /** A click on an arrow chooses it. */
  picksArrows = true;
  /** Points snap to the points and edges of other shapes. */
  snaps = false;
  readonly viewport: Viewport = new Viewport(() => this.image, (settled) => this.#viewChanged(settled));
  /** Dragging pans while Space is held. */
  spacePans = true;
  readonly ink: InkLayer;
  /** Several selected regions at once. */
  readonly several: Several;
  #layers: Layers;
  #picked: { ring: number; at: number } | null = null;
  #brush: (() => number) | null = null;
  #selected: string | null = null;
  #edited: { key: string; shape: Shape } | null = null;
  #draft: Shape | null = null;
  #drawColor = "#ffffff";
  #hidden = false;
  #repaint = new Repaint((parts) => this.#paint(parts), REST_MS);
  #detach: () => void;

  constructor(
    readonly host: HTMLElement,
    private readonly events: SurfaceEvents,
  ) {
    this.#layers = new Layers(host, () => this.view, (at) => this.viewport.centreOn(at));
    this.ink = this.#layers.ink;
    this.several = new Several(this.#layers.regions, this.viewport, () => this.image, (regions) => this.#repaint.ask({ selection: true, regions }), events);
    this.#layers.image.onNews = () => this.#repaint.ask({ view: true });
    this.#detach = attach(host, this.gestures, this, () => this.#resize(), (at) => unturned(at, this.viewport.turn, this.viewport.size), () => this.spacePans);
    this.#resize();
  }

  get image(): Size {
    return this.#layers.image.size;
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
    this.#layers.image.setMips(mips);
    this.#layers.minimap.setMips(mips);
    this.viewport.fit();
    this.#repaint.ask({ view: true, regions: true, selection: true });
  }

  /** Another picture of the same size, in the same view: the next frame of a video. */
  setFrame(mips: Mips): void {
    if (mips.size.w !== this.image.w || mips.size.h !== this.image.h) return this.setImage(mips);
    this.#layers.image.setMips(mips);
    this.#repaint.ask({ view: true });
  }

  /** The colour around the image. */
  setGround(color: string): void {
    this.#layers.image.ground = color;
    this.#repaint.ask({ view: true });
  }

  /** Replaces all regions, in drawing order. Where only a few have changed, only what is there is drawn anew. */
  setRegions(regions: readonly SurfaceRegion[]): void {
    const changed = this.#layers.regions.setRegions(regions);
    this.#repaint.ask(changed === "all" ? { regions: true } : { patches: changed });
    this.#edited = null;
    this.several.refresh();
    this.#repaint.ask({ selection: true });
  }

  /** Replaces the arrows between regions. */
  setArrows(arrows: readonly SurfaceArrow[]): void {
    if (arrows.length === 0 && this.#layers.arrows.arrows.length === 0) return;
    this.#layers.arrows.setArrows(arrows);
    this.#repaint.ask({ arrows: true });
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
    if (!brush) this.#layers.selection.brush(null, 0);
    this.#repaint.ask({ selection: true });
  }

  /** Marks one point of the selected shape. */
  setPicked(picked: { ring: number; at: number } | null): void {
    this.#picked = picked;
    this.#repaint.ask({ selection: true });
  }

  /** Brightness and contrast of the image, 1 as it is. What is stored does not change. */
  setLight(brightness: number, contrast: number): void {
    this.#layers.setLight(brightness, contrast);
  }

  /** Turns the view clockwise. What is stored does not change. */
  setTurn(turn: Turn): void {
    if (turn === this.viewport.turn) return;
    this.viewport.turn = turn;
    this.#resize(true);
    this.viewport.fit();
  }

  /** Hides all regions while true, to see what is under them. */
  setHidden(hidden: boolean): void {
    this.#hidden = hidden;
    this.#layers.setHidden(hidden);
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
    const found = this.#layers.regions.index.at(p, 3 * reach).filter((r) => isAt(r, p, reach));
    return found.map((r) => ({ key: r.key, shape: shapeOf(r), movable: !r.dashed && !r.locked }));
  }

  arrowAt(at: Point): string | null {
    return this.#hidden || !this.picksArrows ? null : (this.#layers.arrows.at(at, this.view)?.key ?? null);
  }

  pickArrow(key: string): void {
    this.events.onArrow?.(key);
  }

  pick(grip: Grip): void {
    this.events.onPick?.(grip);
  }

  snap(at: Point): Point {
    if (!this.snaps) return at;
    const near = this.#layers.regions.index.at(at, SNAP / this.view.scale).filter((r) => r.key !== this.#edited?.key && r.key !== this.#selected);
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
    const region = began ? this.#find(key) : undefined;
    this.#repaint.ask({ selection: true, arrows: this.#layers.arrows.arrows.length > 0, patches: region ? [region] : [] });
    if (!done) return;
    const before = this.#find(key);
    if (!before || !sameShape(shapeOf(before), shape)) return this.events.onEdit(key, shape);
    this.#edited = null;
    this.#repaint.ask({ patches: [before] });
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
    this.#layers.selection.cross(cursor === "crosshair" ? at : null, this.viewport.size);
    if (this.#brush) this.#layers.selection.brush(cursor === "none" ? at : null, this.#brush() * this.view.scale);
  }

  #find(key: string): SurfaceRegion | undefined {
    return this.#layers.regions.regions.find((r) => r.key === key);
  }

  #resize(anew = false): void {
    const { turn } = this.viewport;
    const { clientWidth: w, clientHeight: h } = this.host;
    const ratio = window.devicePixelRatio || 1;
    const resized = this.viewport.resize(turn % 180 === 0 ? { w, h } : { w: h, h: w });
    const { size } = this.viewport;
    if (!size.w || !(resized || anew || this.#layers.isStale(ratio))) return;
    this.#layers.resize(size, ratio, turn);
    this.#repaint.ask({ view: true, regions: true, selection: true });
  }

  /** What is in view, in whole pixels of the image. */
  inView(): Rect {
    return pixelsIn(visible(this.view, this.viewport.size), this.image);
  }

  #viewChanged(settled: boolean): void {
    if (!this.gestures.busy) this.ink.end();
    const move = !settled && this.#layers.dear;
    this.#repaint.ask({ view: true, selection: true, regions: !move });
    if (move) this.#repaint.afterRest();
    this.events.onView?.(this.view.scale);
  }

  #paint(parts: Parts): void {
    const { size, turn } = this.viewport;
    const edited = this.#edited && { key: this.#edited.key, bounds: boundsOf(this.#edited.shape) };
    this.#layers.paint(parts, { view: this.view, size, turn, moving: this.#repaint.moving, edited, outline: parts.selection || parts.view ? this.#outline() : null, several: this.several });
    if (parts.regions) markLatest("regions-drawn");
  }

  #outline(): Outline | null {
    const plain = { dashed: false, faint: false, grips: [], picked: null, measured: true, open: true };
    if (this.#draft) return { ...plain, shape: this.#draft, color: this.#drawColor, measured: this.#draft.kind === "box", open: this.#draft.kind !== "box" };
    const selected = this.selected();
    if (!selected) return null;
    const region = this.#find(selected.key)!;
    return { ...plain, shape: selected.shape, color: region.color, dashed: region.dashed, faint: region.faint ?? false, grips: this.grips(), picked: this.#picked, measured: this.#edited !== null, open: false };
  }
}
