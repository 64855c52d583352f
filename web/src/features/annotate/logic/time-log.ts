/**
 * The raw record of time: what happened on the screen, when. Nothing is cut or added up here; idle limits are applied by
 * whoever reads the events.
 */

import type { TimeEvent } from "../../../api/types";

const INPUT_EVERY = 1000;

export class TimeLog {
  private readonly events = new Map<number, TimeEvent[]>();
  private readonly keystrokes = new Map<number, number>();
  private item: number | null = null;
  private pending = { keys: 0, clicks: 0 };
  private lastInput = -Infinity;
  /** The last input was a press of the pointer, and nothing has come of it yet. */
  private pressed = false;

  constructor(private readonly now: () => number = Date.now) {}

  /** From now on, input and visibility count for this item. */
  open(item: number, kind: "opened" | "reopened" = "opened"): void {
    this.flushInput();
    this.item = item;
    this.add(kind);
  }

  /** Adds an event to the open item; ignored when none is open. */
  add(kind: string, data?: Record<string, unknown>): void {
    if (this.item === null) return;
    const event: TimeEvent = { kind, item_id: this.item, at: this.now() };
    if (data) event.data = data;
    this.events.set(this.item, [...(this.events.get(this.item) ?? []), event]);
  }

  /** A key or a click; written down once a second at most, with the count. */
  input(kind: "keys" | "clicks"): void {
    if (this.item === null) return;
    this.pending[kind] += 1;
    this.pressed = kind === "clicks";
    if (kind === "keys") this.count();
    if (this.now() - this.lastInput >= INPUT_EVERY) this.flushInput();
  }

  /** The item was changed or finished. If a press of the pointer did it, that press counts as one keystroke. */
  changed(): void {
    if (this.pressed) this.count();
    this.pressed = false;
  }

  /** Keys pressed while the item was open, and presses of the pointer that changed it. */
  keystrokesOf(item: number): number {
    return this.keystrokes.get(item) ?? 0;
  }

  /** The events of an item, to travel with its answer; they are forgotten here. */
  take(item: number): TimeEvent[] {
    if (item === this.item) this.flushInput();
    const events = this.events.get(item) ?? [];
    this.events.delete(item);
    this.keystrokes.delete(item);
    if (item === this.item) this.item = null;
    return events;
  }

  /** All events not yet taken, for a page that closes. */
  takeAll(): TimeEvent[] {
    this.flushInput();
    const all = [...this.events.values()].flat().sort((a, b) => a.at - b.at);
    this.events.clear();
    return all;
  }

  private count(): void {
    if (this.item !== null) this.keystrokes.set(this.item, this.keystrokesOf(this.item) + 1);
  }

  private flushInput(): void {
    const { keys, clicks } = this.pending;
    if (keys + clicks === 0) return;
    this.pending = { keys: 0, clicks: 0 };
    this.lastInput = this.now();
    this.add("input", { keys, clicks });
  }
}
