/**
 * What a pointer means on the image: pan, zoom, select, move, change, draw. A state machine over pointer events that
 * knows coordinates and hits but draws nothing; the surface supplies what it needs through `Stage`, and pens say how to draw.
 */
import type { Point, Size } from "../lib/geometry";
import { dragged, holds, movedShape, withoutPoint, type Grip, type Shape } from "../lib/shape";
import { toImage, toScreen, type View } from "../lib/view";
import { NO_KEYS, type Keys, type Pen } from "./pens";

export type Tool = "select" | "draw";

/** A region as gestures see it. */
export interface Held {
  key: string;
  shape: Shape;
  movable: boolean;
}

/** Several selected regions, as gestures see them. Points are CSS pixels. */
export interface SeveralHeld {
  /** A drag beside everything draws a band around what is meant; else it pans. */
  readonly bands: boolean;
  has(key: string): boolean;
  /** Selects a region besides the others, or lets it go. */
  toggle(key: string): void;
  /** The band so far; `done` when let go, `more`: besides what is selected; no corner: it is given up. */
  band(from: Point, to: Point | null, done: boolean, more: boolean): void;
  /** All of them moved while they are dragged, in pixels of the image. */
  move(dx: number, dy: number, done: boolean): void;
}

/** What a gesture may touch. Points are CSS pixels of the surface unless said otherwise. */
export interface Stage {
  readonly view: View;
  readonly image: Size;
  readonly tool: Tool;
  readonly pen: Pen;
  readonly editable: boolean;
  /** The selected region, if it is shown. */
  selected(): Held | null;
  /** Set where several regions may be selected at once. */
  readonly several?: SeveralHeld;
  /** The grips of the selected region. */
  grips(): readonly Grip[];
  /** Regions at a point, smallest first. */
  hits(at: Point): Held[];
  /** The arrow at a point, by its key. */
  arrowAt?(at: Point): string | null;
  pickArrow?(key: string): void;
  panBy(dx: number, dy: number): void;
  zoomAt(at: Point, factor: number): void;
  select(key: string | null): void;
  /** A changed region while it is dragged; `done` when let go. */
  edit(key: string, shape: Shape, done: boolean): void;
  /** A grip was clicked without being dragged. */
  pick(grip: Grip): void;
  /** A point of the image, or the place near it to snap to. */
  snap(at: Point): Point;
  hover(at: Point | null, cursor: string): void;
}

/** Movement below this is a click. */
const SLACK = 4;
/** A grip is caught within this distance: a target of 24 px. */
const REACH = 12;
/** A middle is caught less far off than the points beside it. */
const REACH_MIDDLE = 7;
const DOUBLE_MS = 350;

type State =
  | { kind: "idle" }
  | { kind: "pan"; last: Point; from: Point; click: boolean }
  | { kind: "press"; from: Point; held: Held; wasSelected: boolean }
  | { kind: "move"; from: Point; held: Held; now: Shape }
  | { kind: "grip"; from: Point; held: Held; grip: Grip; now: Shape }
  | { kind: "band"; from: Point; hit: string | null; more: boolean; drawn: boolean }
  | { kind: "moveAll"; from: Point; key: string; moved: boolean }
  | { kind: "pen" };

const far = (a: Point, b: Point) => Math.abs(a.x - b.x) + Math.abs(a.y - b.y) > SLACK;

export class Gestures {
  #state: State = { kind: "idle" };
  #lastDown = { at: { x: -99, y: -99 }, when: 0 };
  /** Set while the pan key is down. */
  panning = false;

  constructor(private readonly stage: Stage) {}

  get busy(): boolean {
    return this.#state.kind !== "idle" || this.stage.pen.busy;
  }

  down(at: Point, button: number, keys: Keys = NO_KEYS, when = 0): void {
    if (button === 1 || (button === 0 && this.panning)) return this.#pan(at, false);
    if (button === 2) return void this.stage.pen.back?.();
    if (button !== 0) return;
    const double = when - this.#lastDown.when < DOUBLE_MS && !far(at, this.#lastDown.at) && when > 0;
    this.#lastDown = { at, when };
    const { pen, tool, editable } = this.stage;
    if (pen.busy && double && pen.double) return pen.double();
    if (keys.more && !pen.busy && editable && this.stage.several) return this.#band(at, this.stage.hits(at)[0]?.key ?? null, true);
    const grip = pen.busy || keys.shift && tool === "draw" ? null : this.#gripUnder(at);
    if (grip && keys.alt && grip.grip.kind === "point") this.#dropPoint(grip.held, grip.grip);
    else if (grip) this.#state = { kind: "grip", from: at, ...grip, now: grip.held.shape };
    else if ((tool === "draw" || pen.busy) && editable) this.#draw(at, keys);
    else this.#press(at, keys);
  }

  move(at: Point, keys: Keys = NO_KEYS): void {
    const state = this.#state;
    if (state.kind === "pan") this.#panTo(state, at);
    else if (state.kind === "press") this.#leavePress(state, at);
    else if (state.kind === "move") this.#moveTo(state, at);
    else if (state.kind === "grip") this.#dragTo(state, at, keys);
    else if (state.kind === "band") this.#bandTo(state, at);
    else if (state.kind === "moveAll") this.#moveAllTo(state, at, false);
    else {
      const { pen, tool, view } = this.stage;
      if (pen.busy) pen.move(toImage(view, at), keys);
      else if (tool === "draw") pen.hover?.(toImage(view, at));
      this.stage.hover(at, this.#cursor(at));
    }
  }

  up(at: Point, keys: Keys = NO_KEYS): void {
    const state = this.#state;
    this.#state = { kind: "idle" };
    if (state.kind === "pen") this.stage.pen.up(toImage(this.stage.view, at), keys);
    if (state.kind === "pan" && state.click && !far(state.from, at)) this.stage.select(null);
    if (state.kind === "press" && state.wasSelected) this.#cycle(at, state.held.key);
    if (state.kind === "band") this.#endBand(state, at);
    if (state.kind === "moveAll") this.#endMoveAll(state, at);
    if (state.kind === "grip" && state.now === state.held.shape) this.#clickGrip(state, at);
    else if (state.kind === "move" || state.kind === "grip") this.stage.edit(state.held.key, state.now, true);
    this.stage.hover(at, this.#cursor(at));
  }

  leave(): void {
    this.stage.pen.hover?.(null);
    if (this.#state.kind === "idle") this.stage.hover(null, "default");
  }

  /** Gives up what is going on. True if there was something. */
  cancel(): boolean {
    const state = this.#state;
    const busy = this.busy;
    this.#state = { kind: "idle" };
    if (this.stage.pen.busy) this.stage.pen.cancel();
    if (state.kind === "move" || state.kind === "grip") this.stage.edit(state.held.key, state.held.shape, true);
    if (state.kind === "band") this.stage.several?.band(state.from, null, true, state.more);
    if (state.kind === "moveAll") this.stage.several?.move(0, 0, true);
    return busy;
  }

  #band(from: Point, hit: string | null, more: boolean): void {
    this.#state = { kind: "band", from, hit, more, drawn: false };
  }

  #bandTo(state: State & { kind: "band" }, at: Point): void {
    state.drawn ||= far(state.from, at);
    if (state.drawn) this.stage.several?.band(state.from, at, false, state.more);
  }

  /** A band that was not drawn was a click. */
  #endBand(state: State & { kind: "band" }, at: Point): void {
    if (state.drawn) this.stage.several?.band(state.from, at, true, state.more);
    else if (state.hit !== null) this.stage.several?.toggle(state.hit);
    else if (!state.more) this.stage.select(null);
  }

  /** A click on one of several is about that one. */
  #endMoveAll(state: State & { kind: "moveAll" }, at: Point): void {
    if (state.moved) this.#moveAllTo(state, at, true);
    else this.stage.select(state.key);
  }

  #moveAllTo(state: State & { kind: "moveAll" }, at: Point, done: boolean): void {
    state.moved ||= far(state.from, at);
    const { scale } = this.stage.view;
    if (state.moved) this.stage.several?.move((at.x - state.from.x) / scale, (at.y - state.from.y) / scale, done);
  }

  #draw(at: Point, keys: Keys): void {
    this.#state = { kind: "pen" };
    this.stage.pen.down(toImage(this.stage.view, at), keys);
  }

  #pan(at: Point, click: boolean): void {
    this.#state = { kind: "pan", last: at, from: at, click };
    this.stage.hover(at, "grabbing");
  }

  #panTo(state: State & { kind: "pan" }, at: Point): void {
    if (state.click && !far(state.from, at)) return;
    state.click = false;
    this.stage.panBy(at.x - state.last.x, at.y - state.last.y);
    state.last = at;
  }

  /** The grip under a point: points before middles, the nearest first. */
  #gripUnder(at: Point): { held: Held; grip: Grip } | null {
    const held = this.stage.selected();
    if (!held?.movable || !this.stage.editable) return null;
    const reach = this.#reachOn(held, at);
    let best: Grip | null = null;
    let nearest = Infinity;
    for (const grip of this.stage.grips()) {
      const p = toScreen(this.stage.view, grip.place);
      const [dx, dy] = [Math.abs(p.x - at.x), Math.abs(p.y - at.y)];
      const limit = grip.kind === "middle" ? Math.min(reach, REACH_MIDDLE) : grip.kind === "turn" ? REACH : reach;
      const cost = dx + dy + (grip.kind === "middle" ? REACH : 0);
      if (dx > limit || dy > limit || cost >= nearest) continue;
      [best, nearest] = [grip, cost];
    }
    return best && { held, grip: best };
  }

  /** How near a grip must be: less inside a small box, so that its middle can still be grabbed. */
  #reachOn(held: Held, at: Point): number {
    if (held.shape.kind !== "box") return REACH;
    const { scale } = this.stage.view;
    return holds(held.shape, toImage(this.stage.view, at), 0) ? Math.max(4, Math.min(REACH, (Math.min(held.shape.w, held.shape.h) * scale) / 4)) : REACH;
  }

  #dropPoint(held: Held, grip: Grip): void {
    const next = withoutPoint(held.shape, grip);
    if (next) this.stage.edit(held.key, next, true);
  }

  #press(at: Point, keys: Keys): void {
    const arrow = this.stage.arrowAt?.(at) ?? null;
    if (arrow !== null) return this.stage.pickArrow?.(arrow);
    const hits = this.stage.hits(at);
    const { several, editable } = this.stage;
    const one = editable ? hits.find((h) => h.movable && several?.has(h.key)) : undefined;
    if (one) return void (this.#state = { kind: "moveAll", from: at, key: one.key, moved: false });
    const selected = this.stage.selected();
    const hit = hits.find((h) => h.key === selected?.key) ?? hits[0];
    if (!hit) return several?.bands && editable ? this.#band(at, null, keys.shift) : this.#pan(at, true);
    const wasSelected = hit.key === selected?.key;
    if (!wasSelected) this.stage.select(hit.key);
    this.#state = { kind: "press", from: at, held: hit, wasSelected };
  }

  #leavePress(state: State & { kind: "press" }, at: Point): void {
    if (!far(state.from, at)) return;
    if (!state.held.movable || !this.stage.editable) return this.#pan(at, false);
    this.#state = { kind: "move", from: state.from, held: state.held, now: state.held.shape };
    this.move(at);
  }

  #moveTo(state: State & { kind: "move" }, at: Point): void {
    const scale = this.stage.view.scale;
    state.now = movedShape(state.held.shape, (at.x - state.from.x) / scale, (at.y - state.from.y) / scale, this.stage.image);
    this.stage.edit(state.held.key, state.now, false);
  }

  #dragTo(state: State & { kind: "grip" }, at: Point, keys: Keys): void {
    if (state.now === state.held.shape && state.held.shape.kind !== "box" && !far(state.from, at)) return;
    const to = toImage(this.stage.view, at);
    const place = state.grip.kind === "point" || state.grip.kind === "middle" ? this.stage.snap(to) : to;
    state.now = dragged(state.held.shape, state.grip, place, this.stage.image, keys.shift);
    this.stage.edit(state.held.key, state.now, false);
  }

  /** A click on a point picks it; one on a box's handle goes deeper, as a click on the box does. */
  #clickGrip(state: State & { kind: "grip" }, at: Point): void {
    if (state.grip.kind === "handle") return this.#cycle(at, state.held.key);
    this.stage.pick(state.grip);
  }

  /** A second click at the same place goes one deeper into the stack. */
  #cycle(at: Point, key: string): void {
    const hits = this.stage.hits(at);
    const next = hits[(hits.findIndex((h) => h.key === key) + 1) % Math.max(1, hits.length)];
    if (next) this.stage.select(next.key);
  }

  #cursor(at: Point): string {
    if (this.panning) return "grab";
    const { pen, tool, editable } = this.stage;
    const grip = pen.busy ? null : this.#gripUnder(at);
    if (grip) return grip.grip.cursor;
    if ((tool === "draw" || pen.busy) && editable) return pen.cursor;
    const selected = this.stage.selected();
    if (this.stage.arrowAt?.(at)) return "pointer";
    if (selected?.movable && holds(selected.shape, toImage(this.stage.view, at), 0)) return "move";
    const hits = this.stage.hits(at);
    if (hits.some((h) => h.movable && this.stage.several?.has(h.key))) return "move";
    return hits.length > 0 ? "pointer" : this.stage.several?.bands && editable ? "default" : "grab";
  }
}
