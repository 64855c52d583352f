/** Several selected regions at once: which they are, how far they are dragged, and the band that gathers them. It says so to the owner and draws nothing. */
import { around, between, overlaps, rectInside, stepWithin, type Point, type Rect, type Size } from "../lib/geometry";
import { toImage, visible } from "../lib/view";
import type { SeveralHeld } from "./gestures";
import type { RegionsLayer, SurfaceRegion } from "./regions-layer";
import type { SurfaceEvents } from "./surface-events";
import type { Viewport } from "./viewport";

const NONE: ReadonlySet<string> = new Set();

export class Several implements SeveralHeld {
  bands = false;
  keys: ReadonlySet<string> = NONE;
  /** Those that are drawn as selected, in drawing order. */
  regions: readonly SurfaceRegion[] = [];
  /** How far they are dragged, in pixels of the image; null where they are not. */
  moved: Point | null = null;
  /** Those that are dragged: all but what is locked, or only suggested. */
  lifted: ReadonlySet<string> = NONE;
  /** The corners of the band, in CSS pixels. */
  drawn: Rect | null = null;

  constructor(
    private readonly layer: Pick<RegionsLayer, "regions" | "index">,
    private readonly viewport: Pick<Viewport, "view" | "size">,
    private readonly image: () => Size,
    /** Something of it looks otherwise; `all`: so do the other regions, because these are lifted off them or put back. */
    private readonly changed: (all: boolean) => void,
    private readonly events: Pick<SurfaceEvents, "onSeveral" | "onMove">,
  ) {}

  /** Another selection. */
  set(keys: ReadonlySet<string>): void {
    if (keys === this.keys) return;
    this.keys = keys;
    this.refresh();
    this.changed(false);
  }

  /** The regions have changed; they are where the owner says. */
  refresh(): void {
    this.moved = null;
    this.lifted = NONE;
    this.regions = this.keys.size > 0 ? this.layer.regions.filter((one) => this.keys.has(one.key)) : [];
  }

  /** What is in view and may be changed. */
  get inView(): string[] {
    const part = visible(this.viewport.view, this.viewport.size);
    return this.#within(part).filter((one) => !one.locked && overlaps(one, part)).map((one) => one.key);
  }

  #within(part: Rect): SurfaceRegion[] {
    return this.layer.index.within(part).map((i) => this.layer.regions[i]!);
  }

  has(key: string): boolean {
    return this.keys.has(key);
  }

  toggle(key: string): void {
    this.events.onSeveral?.([key], "toggle");
  }

  band(from: Point, to: Point | null, done: boolean, more: boolean): void {
    const part = to && between(toImage(this.viewport.view, from), toImage(this.viewport.view, to));
    this.drawn = done || !to ? null : between(from, to);
    this.changed(false);
    if (done && part) this.events.onSeveral?.(this.#within(part).filter((one) => !one.locked && rectInside(one, part)).map((one) => one.key), more ? "add" : "only");
  }

  move(dx: number, dy: number, done: boolean): void {
    const free = this.regions.filter((one) => !one.locked && !one.dashed);
    const all = around(free);
    if (!all) return;
    const whole = free.some((one) => one.shape?.kind === "mask");
    const step = stepWithin(all, whole ? Math.round(dx) : dx, whole ? Math.round(dy) : dy, this.image());
    const still = step.x === 0 && step.y === 0;
    const before = this.moved;
    if (done && still) this.refresh();
    else {
      this.moved = step;
      if (!before) [this.regions, this.lifted] = [free, new Set(free.map((one) => one.key))];
    }
    this.changed((before === null) !== (this.moved === null));
    if (done && !still) this.events.onMove?.(step.x, step.y);
  }
}
