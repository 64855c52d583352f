/**
 * Where spans stand on the page, in the coordinates of the scrolled content, and word of when they may stand elsewhere.
 * Only lines near the screen are looked at closely: the browser lays the others out when they come near, and asking for
 * more would make it do so now. What was found is kept for as long as its passage has the same size.
 */
import type { RefObject } from "react";
import type { TextRange } from "../../lib/words";
import { blockAt, type Passage } from "./document";
import { positionOf } from "./dom";

export interface Spot {
  /** The middle of the first piece of the span. */
  x: number;
  /** The top of its text. */
  y: number;
}

export interface Measure {
  /** The left edge of the text, and how much room the margin beside it has. */
  left: number;
  margin: number;
  width: number;
  /** The lines on the screen and a little around it. */
  near: TextRange;
  /** More lines around these: within them places are exact, elsewhere rough. */
  wide: TextRange;
  at(range: TextRange): Spot;
  /** From where to where the passages of a range reach. */
  extent(range: TextRange): readonly [number, number];
}

export interface Ruler {
  measure(): Measure | null;
  /** Tells of every time that places may have changed: after the first layout, scrolling, wrapping anew. Gives a way to end it. */
  watch(moved: () => void): () => void;
}

/** Lines this far outside of the screen are near, and this far within the wider range. */
const NEAR = 120;
const WIDE = 480;

interface Known extends Spot {
  /** The size of its passage at that time; `x` counts from the left of the text, `y` from the top of the passage. */
  w: number;
  h: number;
}

/** `root` holds one element per passage, which holds one per line, and lies in the element that scrolls. */
export function rulerOf(root: RefObject<HTMLElement | null>, passages: readonly Passage[]): Ruler {
  const known = new Map<string, Known>();
  return {
    measure: () => (root.current ? measured(root.current, passages, known) : null),
    watch(moved) {
      let waiting = 0;
      const soon = () => {
        waiting ||= requestAnimationFrame(() => {
          waiting = 0;
          moved();
        });
      };
      const anew = () => {
        known.clear();
        soon();
      };
      document.addEventListener("scroll", soon, { capture: true, passive: true });
      window.addEventListener("resize", soon);
      void document.fonts?.ready.then(anew);
      const sizes = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(soon);
      if (root.current) sizes?.observe(root.current);
      return () => {
        cancelAnimationFrame(waiting);
        document.removeEventListener("scroll", soon, { capture: true });
        window.removeEventListener("resize", soon);
        sizes?.disconnect();
      };
    },
  };
}

function measured(root: HTMLElement, passages: readonly Passage[], known: Map<string, Known>): Measure {
  const scroll = root.parentElement!;
  const frame = scroll.getBoundingClientRect();
  const top = Math.max(0, -frame.top) + scroll.scrollTop;
  const bottom = Math.min(frame.height, window.innerHeight - frame.top) + scroll.scrollTop;
  const margin = Number.parseFloat(getComputedStyle(root).paddingLeft) || 0;
  const left = root.offsetLeft + margin;
  const element = (passage: number) => root.children[passage] as HTMLElement;
  const topOf = (passage: number) => root.offsetTop + element(passage).offsetTop;
  const lineAt = (y: number) => {
    const passage = lastAbove(passages.length, topOf, y);
    const lines = element(passage).children;
    return passages[passage]!.blocks[lastAbove(lines.length, (line) => (lines[line] as HTMLElement).offsetTop, y - topOf(passage))]!;
  };
  const within = (around: number) => ({ start: lineAt(top - around).start, end: lineAt(bottom + around).end });
  const wide = within(WIDE);
  return {
    left, margin, wide,
    near: within(NEAR),
    width: scroll.clientWidth,
    at(range) {
      const passage = blockAt(passages, range.start);
      const y = topOf(passage);
      if (range.start < wide.start) return { x: left, y: Math.min(y + 20, top - WIDE) };
      if (range.start >= wide.end) return { x: left, y: Math.max(y + 20, bottom + WIDE) };
      const name = `${range.start}-${range.end}`;
      const { offsetWidth: w, offsetHeight: h } = element(passage);
      const before = known.get(name);
      if (before?.w === w && before.h === h) return { x: left + before.x, y: y + before.y };
      const box = boxOf(element(passage), range);
      if (!box) return { x: left, y: y + 20 };
      const found = { x: (box.left + box.right) / 2 - frame.left + scroll.scrollLeft, y: box.top - frame.top + scroll.scrollTop };
      known.set(name, { x: found.x - left, y: found.y - y, w, h });
      return found;
    },
    extent({ start, end }) {
      const last = blockAt(passages, Math.max(start, end - 1));
      return [topOf(blockAt(passages, start)), topOf(last) + element(last).offsetHeight];
    },
  };
}

/** The last of `n` things in a column that begins at or above `y`; the first if none does. */
function lastAbove(n: number, topOf: (i: number) => number, y: number): number {
  let low = 0;
  let high = n - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (topOf(middle) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The first piece of a range. */
function boxOf(passage: HTMLElement, { start, end }: TextRange): DOMRect | undefined {
  const from = positionOf(passage, start);
  if (!from) return undefined;
  const range = document.createRange();
  range.setStart(from.node, from.at);
  range.setEnd(from.node, Math.min(from.at + (end - start), from.node.nodeValue?.length ?? 0));
  return range.getClientRects()[0];
}
