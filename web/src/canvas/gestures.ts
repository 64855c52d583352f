/**
 * What a pointer means on the image: pan, zoom, select, move, resize, draw. A state machine over pointer events that
 * knows coordinates and hits but draws nothing; the surface supplies what it needs through `Stage`.
 */
import { between, clip, contains, handleAt, moved, resized, type Handle, type Point, type Rect, type Size } from "../lib/geometry";
import { rectToScreen, toImage, type View } from "../lib/view";

export type Tool = "select" | "draw";

/** What a gesture may touch. Points are CSS pixels of the surface unless said otherwise. */
export interface Stage {
  readonly view: View;
  readonly image: Size;
  readonly tool: Tool;
  readonly editable: boolean;
  /** The selected region, if it is shown. */
  selected(): { key: string; rect: Rect; movable: boolean } | null;
  /** Keys of the regions at a point, smallest first. */
  hits(at: Point): { key: string; rect: Rect; movable: boolean }[];
  panBy(dx: number, dy: number): void;
  zoomAt(at: Point, factor: number): void;
  select(key: string | null): void;
  /** A changed box while it is dragged (image pixels); `done` when let go. */
  edit(key: string, rect: Rect, done: boolean): void;
  /** The box being drawn (image pixels), null when given up. */
  draft(rect: Rect | null): void;
  drawn(rect: Rect): void;
  hover(at: Point | null, cursor: string): void;
}

/** Movement below this is a click. */
const SLACK = 4;
/** A handle is caught within this distance: a target of 24 px. */
const REACH = 12;

type State =
  | { kind: "idle" }
  | { kind: "pan"; last: Point; from: Point; click: boolean }
  | { kind: "press"; from: Point; key: string; rect: Rect; movable: boolean; wasSelected: boolean }
  | { kind: "move"; from: Point; key: string; rect: Rect; now: Rect }
  | { kind: "resize"; key: string; rect: Rect; handle: Handle; now: Rect }
  | { kind: "draw"; from: Point; start: Point; held: boolean };

const far = (a: Point, b: Point) => Math.abs(a.x - b.x) + Math.abs(a.y - b.y) > SLACK;

/** How near a handle must be: less inside a small box, so that its middle can still be grabbed. */
const reachOn = (rect: Rect, at: Point) => (contains(rect, at) ? Math.max(4, Math.min(REACH, Math.min(rect.w, rect.h) / 4)) : REACH);

const CURSORS: Record<Handle, string> = {
  nw: "nwse-resize", se: "nwse-resize", ne: "nesw-resize", sw: "nesw-resize",
  n: "ns-resize", s: "ns-resize", e: "ew-resize", w: "ew-resize",
};

export class Gestures {
  #state: State = { kind: "idle" };
  /** Set while the pan key is down. */
  panning = false;

  constructor(private readonly stage: Stage) {}

  get busy(): boolean {
    return this.#state.kind !== "idle";
  }

  down(at: Point, button: number): void {
    if (button === 1 || (button === 0 && this.panning)) return this.#pan(at, false);
    if (button !== 0) return;
    if (this.#state.kind === "draw") return this.#finishDrawing(at);
    const handle = this.#handleUnder(at);
    if (handle) this.#state = handle;
    else if (this.stage.tool === "draw" && this.stage.editable) this.#startDrawing(at);
    else this.#press(at);
  }

  move(at: Point): void {
    const state = this.#state;
    if (state.kind === "idle") return this.stage.hover(at, this.#cursor(at));
    if (state.kind === "pan") this.#panTo(state, at);
    else if (state.kind === "press") this.#leavePress(state, at);
    else if (state.kind === "move") this.#moveTo(state, at);
    else if (state.kind === "resize") this.#resizeTo(state, at);
    else this.#drawTo(state, at);
  }

  up(at: Point): void {
    const state = this.#state;
    if (state.kind === "draw") return this.#letGoDrawing(state, at);
    this.#state = { kind: "idle" };
    if (state.kind === "pan" && state.click && !far(state.from, at)) this.stage.select(null);
    if (state.kind === "press" && state.wasSelected) this.#cycle(at, state.key);
    if (state.kind === "resize" && state.now === state.rect) return this.#cycle(at, state.key);
    if (state.kind === "move" || state.kind === "resize") this.stage.edit(state.key, state.now, true);
    this.stage.hover(at, this.#cursor(at));
  }

  leave(): void {
    if (this.#state.kind === "idle") this.stage.hover(null, "default");
  }

  /** Gives up what is going on. True if there was something. */
  cancel(): boolean {
    const state = this.#state;
    this.#state = { kind: "idle" };
    if (state.kind === "draw") this.stage.draft(null);
    if (state.kind === "move" || state.kind === "resize") this.stage.edit(state.key, state.rect, true);
    return state.kind !== "idle";
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

  #handleUnder(at: Point): State | null {
    const selected = this.stage.selected();
    if (!selected?.movable || !this.stage.editable) return null;
    const shown = rectToScreen(this.stage.view, selected.rect);
    const handle = handleAt(shown, at, reachOn(shown, at));
    return handle ? { kind: "resize", key: selected.key, rect: selected.rect, handle, now: selected.rect } : null;
  }

  #press(at: Point): void {
    const hits = this.stage.hits(at);
    const selected = this.stage.selected();
    const hit = hits.find((h) => h.key === selected?.key) ?? hits[0];
    if (!hit) return this.#pan(at, true);
    const wasSelected = hit.key === selected?.key;
    if (!wasSelected) this.stage.select(hit.key);
    this.#state = { kind: "press", from: at, ...hit, wasSelected };
  }

  #leavePress(state: State & { kind: "press" }, at: Point): void {
    if (!far(state.from, at)) return;
    if (!state.movable || !this.stage.editable) return this.#pan(at, false);
    this.#state = { kind: "move", from: state.from, key: state.key, rect: state.rect, now: state.rect };
    this.move(at);
  }

  #moveTo(state: State & { kind: "move" }, at: Point): void {
    const scale = this.stage.view.scale;
    state.now = moved(state.rect, (at.x - state.from.x) / scale, (at.y - state.from.y) / scale, this.stage.image);
    this.stage.edit(state.key, state.now, false);
  }

  #resizeTo(state: State & { kind: "resize" }, at: Point): void {
    state.now = resized(state.rect, state.handle, toImage(this.stage.view, at), this.stage.image);
    this.stage.edit(state.key, state.now, false);
  }

  /** A second click at the same place goes one deeper into the stack. */
  #cycle(at: Point, key: string): void {
    const hits = this.stage.hits(at);
    const next = hits[(hits.findIndex((h) => h.key === key) + 1) % Math.max(1, hits.length)];
    if (next) this.stage.select(next.key);
  }

  #startDrawing(at: Point): void {
    this.#state = { kind: "draw", from: at, start: toImage(this.stage.view, at), held: true };
  }

  #drawTo(state: State & { kind: "draw" }, at: Point): void {
    this.stage.draft(this.#drafted(state, at));
    this.stage.hover(at, "crosshair");
  }

  /** A drag ends the box; a click leaves it open until the second click. */
  #letGoDrawing(state: State & { kind: "draw" }, at: Point): void {
    if (!state.held) return;
    if (far(state.from, at)) return this.#finishDrawing(at);
    state.held = false;
    this.stage.draft(this.#drafted(state, at));
  }

  #finishDrawing(at: Point): void {
    const state = this.#state;
    if (state.kind !== "draw") return;
    this.#state = { kind: "idle" };
    this.stage.draft(null);
    const rect = this.#drafted(state, at);
    if (rect.w * this.stage.view.scale >= 2 && rect.h * this.stage.view.scale >= 2) this.stage.drawn(rect);
  }

  #drafted(state: State & { kind: "draw" }, at: Point): Rect {
    return clip(between(state.start, toImage(this.stage.view, at)), this.stage.image);
  }

  #cursor(at: Point): string {
    if (this.panning) return "grab";
    const handle = this.#handleUnder(at);
    if (handle?.kind === "resize") return CURSORS[handle.handle];
    if (this.stage.tool === "draw" && this.stage.editable) return "crosshair";
    const selected = this.stage.selected();
    if (selected?.movable && contains(selected.rect, toImage(this.stage.view, at))) return "move";
    return this.stage.hits(at).length > 0 ? "pointer" : "grab";
  }
}
