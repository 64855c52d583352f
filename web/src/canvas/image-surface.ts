/**
 * The drawing surface of an image: image layer, regions layer and selection layer over each other, one view, one frame
 * loop. No framework: the owner hands in regions and hears of selections, drawn boxes and edits.
 *
 * With many regions in view, panning and zooming move the drawn bitmap and draw it anew once the view rests.
 */
import type { Point, Rect, Size } from "../lib/geometry";
import { attach } from "./attach";
import { Gestures, type Stage, type Tool } from "./gestures";
import { ImageLayer } from "../lib/image-layer";
import type { Mips } from "../lib/mips";
import { RegionsLayer, type SurfaceRegion } from "./regions-layer";
import { SelectionLayer } from "./selection-layer";
import { markLatest } from "../lib/marks";
import { fit, fitImage, held, sameView, toImage, zoomedAt, type View } from "../lib/view";

export interface SurfaceEvents {
  onSelect(key: string | null): void;
  onDraw(rect: Rect): void;
  onEdit(key: string, rect: Rect): void;
  /** After the view changed: the magnification in CSS pixels per image pixel. */
  onView?(scale: number): void;
}

/** Above this many regions in view the bitmap is moved instead of drawn anew in every frame. */
export const MOVE_ABOVE = 1500;
/** The view rests when it has not changed for this long, in milliseconds. */
export const REST_MS = 140;
const NO_VIEW: View = { scale: 1, x: 0, y: 0 };

export class ImageSurface implements Stage {
  view: View = NO_VIEW;
  tool: Tool = "select";
  editable = true;
  readonly gestures = new Gestures(this);
  #image = new ImageLayer();
  #regions = new RegionsLayer();
  #selection = new SelectionLayer();
  #size: Size = { w: 0, h: 0 };
  #selected: string | null = null;
  #edited: { key: string; rect: Rect } | null = null;
  #draft: Rect | null = null;
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
    host.append(this.#image.canvas, this.#regions.canvas, this.#selection.svg);
    this.#detach = attach(host, this.gestures, this, () => this.#resize());
    this.#resize();
  }

  get image(): Size {
    return this.#image.size;
  }

  /** Shows another image and fits it. */
  setImage(mips: Mips | null): void {
    this.gestures.cancel();
    this.#image.setMips(mips);
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
    this.#invalidate({ selection: true });
  }

  setTool(tool: Tool, color: string): void {
    if (tool !== this.tool) this.gestures.cancel();
    this.tool = tool;
    this.#drawColor = color;
    this.#invalidate({ selection: true });
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

  selected(): { key: string; rect: Rect; movable: boolean } | null {
    if (this.#selected === null) return null;
    const region = this.#find(this.#selected);
    if (!region) return null;
    const rect = this.#edited?.key === region.key ? this.#edited.rect : region;
    return { key: region.key, rect, movable: !region.dashed };
  }

  hits(at: Point): { key: string; rect: Rect; movable: boolean }[] {
    if (this.#hidden) return [];
    const found = this.#regions.index.at(toImage(this.view, at), 3 / this.view.scale);
    return found.map((r) => ({ key: r.key, rect: r, movable: !r.dashed }));
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

  edit(key: string, rect: Rect, done: boolean): void {
    const began = this.#edited === null;
    this.#edited = { key, rect };
    this.#invalidate({ selection: true, regions: began });
    if (!done) return;
    const region = this.#find(key);
    const same = region && region.x === rect.x && region.y === rect.y && region.w === rect.w && region.h === rect.h;
    if (!same) return this.events.onEdit(key, rect);
    this.#edited = null;
    this.#invalidate({ regions: true });
  }

  draft(rect: Rect | null): void {
    this.#draft = rect;
    this.#invalidate({ selection: true });
  }

  drawn(rect: Rect): void {
    this.events.onDraw(rect);
  }

  hover(at: Point | null, cursor: string): void {
    this.host.style.cursor = cursor;
    this.#selection.cross(cursor === "crosshair" ? at : null, this.#size);
  }

  #find(key: string): SurfaceRegion | undefined {
    return this.#regions.regions.find((r) => r.key === key);
  }

  #resize(): void {
    const size = { w: this.host.clientWidth, h: this.host.clientHeight };
    if (!size.w || !size.h) return;
    const ratio = window.devicePixelRatio || 1;
    if (size.w === this.#size.w && size.h === this.#size.h && ratio === this.#ratio) return;
    this.#ratio = ratio;
    this.#size = size;
    this.#image.resize(size, ratio);
    this.#regions.resize(size, ratio);
    if (this.#fitted) this.fit();
    this.#invalidate({ view: true, regions: true, selection: true });
  }

  #setView(view: View, settled: boolean): void {
    if (sameView(view, this.view)) return;
    this.view = view;
    const move = !settled && this.#regions.inView > MOVE_ABOVE;
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
    if (regions) this.#regions.draw(this.view, this.#edited?.key ?? null);
    else if (view) this.#regions.follow(this.view);
    if (selection || view) this.#selection.show(this.#outline(), this.view);
    if (regions) markLatest("regions-drawn");
  }

  #outline() {
    if (this.#draft) return { rect: this.#draft, color: this.#drawColor, dashed: false, handles: false, measured: true };
    const selected = this.selected();
    if (!selected) return null;
    const region = this.#find(selected.key)!;
    const handles = selected.movable && this.editable;
    return { rect: selected.rect, color: region.color, dashed: region.dashed, handles, measured: this.#edited !== null };
  }
}
