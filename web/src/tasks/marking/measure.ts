/**
 * Where spans stand on the page, in the coordinates of the scrolled content. Only lines near the screen are looked at
 * closely: the browser lays the others out when they come near, and asking for more would make it do so now.
 */
import type { TextRange } from "../../lib/words";
import { blockAt, type Block } from "./document";
import { positionOf } from "./dom";

export interface Placed {
  /** The middle of the first piece of the span. */
  x: number;
  /** The top of its text. */
  y: number;
  /** Its line is on the screen or close to it. */
  near: boolean;
}

export interface Measure {
  /** The left edge of the text, and how much room the margin beside it has. */
  left: number;
  margin: number;
  width: number;
  height: number;
  at(range: TextRange): Placed;
}

/** Lines this far outside of the screen still count as near. */
const AROUND = 240;

/** Measures the drawn text. `root` holds one element per block and lies in the element that scrolls. */
export function measured(root: HTMLElement, blocks: readonly Block[]): Measure {
  const scroll = root.parentElement!;
  const frame = scroll.getBoundingClientRect();
  const top = Math.max(0, -frame.top) + scroll.scrollTop - AROUND;
  const bottom = Math.min(frame.height, window.innerHeight - frame.top) + scroll.scrollTop + AROUND;
  const margin = Number.parseFloat(getComputedStyle(root).paddingLeft) || 0;
  const lines = new Map<number, { y: number; near: boolean; element: HTMLElement }>();
  const lineOf = (block: number) => {
    const known = lines.get(block);
    if (known) return known;
    const element = root.children[block] as HTMLElement;
    const y = root.offsetTop + element.offsetTop;
    const found = { y, near: y + element.offsetHeight > top && y < bottom, element };
    lines.set(block, found);
    return found;
  };
  return {
    left: root.offsetLeft + margin,
    margin,
    width: scroll.clientWidth,
    height: root.offsetTop + root.offsetHeight,
    at({ start, end }) {
      const block = blockAt(blocks, start);
      const { y, near, element } = lineOf(block);
      const rough = { x: root.offsetLeft + margin, y: y + 20, near };
      const from = near ? positionOf(element, start) : null;
      if (!from) return rough;
      const range = document.createRange();
      range.setStart(from.node, from.at);
      range.setEnd(from.node, Math.min(from.at + (end - start), from.node.nodeValue?.length ?? 0));
      const box = range.getClientRects()[0];
      return box ? { x: (box.left + box.right) / 2 - frame.left + scroll.scrollLeft, y: box.top - frame.top + scroll.scrollTop, near } : rough;
    },
  };
}
