/**
 * What the mouse or a pen does on a time axis, without its looks. It stands alone so that it can be tried without a page.
 *
 * On a lane: a click selects; dragging an edge or a body changes it; dragging over nothing (with Shift: over anything) draws a new
 * segment. On a picture of the sound: a click puts the cursor, dragging selects a stretch, Shift+click widens it, the edges of the selected
 * segment can be dragged there as well. Alt keeps edges from snapping.
 */
import { milli, type TimeAxis } from "./axis";
import { hit, snapped, stretched, within, type Hit, type Part, type PlacedLane, type TimeMark } from "./marks";

export interface Range {
  start: number;
  end: number;
}

export interface TimeActions {
  onSelect(key: string | null): void;
  /** A new segment was drawn in a lane. */
  onDraw(lane: string, range: Range): void;
  /** A segment is being changed; all calls with one `drag` are one change. */
  onChange(key: string, range: Range, drag: number): void;
  /** The selected stretch, null for none. */
  onRange(range: Range | null): void;
  onSeek(time: number): void;
}

export interface Keys {
  shift: boolean;
  alt: boolean;
}

/** Where the pointer went down: a lane with its row, or the picture of the sound (lane null). */
export interface Spot {
  lane: PlacedLane | null;
  row: number;
}

const REACH = 5;
const THRESHOLD = 3;
const SNAP = 6;

type Doing =
  | { kind: "press"; spot: Spot; x: number; time: number; hit: Hit | null; keys: Keys }
  | { kind: "draw"; lane: PlacedLane; from: number; to: number }
  | { kind: "range"; from: number; to: number }
  | { kind: "change"; mark: TimeMark; part: Part; from: number; drag: number };

let drags = 0;

export class TimeGestures {
  #doing: Doing | null = null;
  selected: string | null = null;
  range: Range | null = null;
  editable = true;
  /** All lanes, for snapping and for the edges of the selected segment. */
  lanes: readonly PlacedLane[] = [];
  /** Drawn while the pointer is down. */
  ghost: { lane: string; start: number; end: number } | null = null;

  constructor(private readonly axis: TimeAxis, private readonly actions: TimeActions) {}

  get busy(): boolean {
    return this.#doing !== null;
  }

  down(spot: Spot, x: number, keys: Keys): void {
    const time = this.axis.timeOf(x);
    this.#doing = { kind: "press", spot, x, time, hit: this.#hitAt(spot, x), keys };
  }

  move(x: number, keys: Keys): void {
    const doing = this.#doing;
    if (!doing) return;
    if (doing.kind === "press") {
      if (Math.abs(x - doing.x) < THRESHOLD) return;
      this.#doing = this.#begin(doing);
      return this.move(x, keys);
    }
    const time = this.axis.timeOf(x);
    if (doing.kind === "range") {
      doing.to = this.#snap(time, keys, null);
      this.actions.onRange(between(doing.from, doing.to));
    } else if (doing.kind === "draw") {
      doing.to = this.#snap(time, keys, null);
      this.ghost = { lane: doing.lane.lane.id, ...between(doing.from, doing.to) };
    } else this.#change(doing, time, keys);
  }

  up(x: number, keys: Keys): void {
    const doing = this.#doing;
    if (doing && doing.kind !== "press") this.move(x, keys);
    this.#doing = null;
    this.ghost = null;
    if (!doing) return;
    if (doing.kind === "press") return this.#click(doing);
    if (doing.kind === "draw") {
      const range = between(doing.from, doing.to);
      if (range.end - range.start > 0) this.actions.onDraw(doing.lane.lane.id, rounded(range));
    }
  }

  cancel(): void {
    this.#doing = null;
    this.ghost = null;
  }

  /** What lies there. */
  at(spot: Spot, x: number): Hit | null {
    return this.#hitAt(spot, x);
  }

  /** What the pointer should look like there. */
  cursor(spot: Spot, x: number): string {
    const found = this.#hitAt(spot, x);
    if (found && found.part !== "body" && this.#mayChange(found)) return "ew-resize";
    if (found) return "pointer";
    return spot.lane && !this.editable ? "default" : spot.lane ? "crosshair" : "text";
  }

  #mayChange(found: Hit): boolean {
    return this.editable && !found.mark.dashed;
  }

  #hitAt(spot: Spot, x: number): Hit | null {
    const time = this.axis.view.from + x / this.axis.view.scale;
    const reach = REACH / this.axis.view.scale;
    if (spot.lane) return hit(spot.lane, spot.row, time, reach, this.selected);
    const mark = this.#selectedMark();
    if (!mark || mark.dashed) return null;
    if (Math.abs(time - mark.start) <= reach) return { mark, part: "start" };
    return Math.abs(time - mark.end) <= reach ? { mark, part: "end" } : null;
  }

  #selectedMark(): TimeMark | null {
    if (this.selected === null) return null;
    for (const lane of this.lanes) for (const { mark } of lane.marks) if (mark.key === this.selected) return mark;
    return null;
  }

  #begin(press: Extract<Doing, { kind: "press" }>): Doing {
    const { spot, time, keys } = press;
    if (press.hit && !keys.shift && this.#mayChange(press.hit)) {
      if (press.hit.mark.key !== this.selected) this.actions.onSelect(press.hit.mark.key);
      return { kind: "change", mark: press.hit.mark, part: press.hit.part, from: time, drag: ++drags };
    }
    if (spot.lane && this.editable) return { kind: "draw", lane: spot.lane, from: this.#snap(time, keys, null), to: time };
    const from = keys.shift && this.range ? (Math.abs(time - this.range.start) < Math.abs(time - this.range.end) ? this.range.end : this.range.start) : this.#snap(time, keys, null);
    return { kind: "range", from, to: time };
  }

  #change(doing: Extract<Doing, { kind: "change" }>, time: number, keys: Keys): void {
    const by = time - doing.from;
    let next = stretched(doing.mark, doing.part, by, this.axis.duration);
    if (doing.part !== "body") {
      const at = this.#snap(next[doing.part], keys, doing.mark.key);
      next = stretched(doing.mark, doing.part, at - doing.mark[doing.part], this.axis.duration);
    } else {
      const at = this.#snap(next.start, keys, doing.mark.key);
      next = stretched(doing.mark, "body", at - doing.mark.start, this.axis.duration);
    }
    this.actions.onChange(doing.mark.key, rounded(next), doing.drag);
  }

  #click({ spot, time, hit: found, keys }: Extract<Doing, { kind: "press" }>): void {
    if (!spot.lane && keys.shift) {
      const from = this.range ? (time < (this.range.start + this.range.end) / 2 ? this.range.end : this.range.start) : time;
      return this.actions.onRange(between(from, time));
    }
    if (spot.lane && found) return this.actions.onSelect(found.mark.key);
    this.actions.onSelect(null);
    this.actions.onRange(null);
    this.actions.onSeek(time);
  }

  #snap(time: number, keys: Keys, except: string | null): number {
    if (keys.alt) return this.axis.clampTime(time);
    const reach = SNAP / this.axis.view.scale;
    let best = time;
    for (const lane of this.lanes) {
      const near = Array.from(within(lane, time - reach, time + reach), (one) => one.mark);
      const at = snapped(time, near, reach, except);
      if (at !== time && (best === time || Math.abs(at - time) < Math.abs(best - time))) best = at;
    }
    return this.axis.clampTime(best);
  }
}

const between = (a: number, b: number): Range => ({ start: Math.min(a, b), end: Math.max(a, b) });
const rounded = ({ start, end }: Range): Range => ({ start: milli(start), end: milli(end) });
