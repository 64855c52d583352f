/**
 * Between the browser's selection and offsets of the text. Every drawn run of text is one text node in an element whose
 * `data-o` is the run's UTF-16 offset.
 */
import type { TextRange } from "../../lib/words";

const startOf = (element: Element) => Number((element as HTMLElement).dataset.o);

/** The UTF-16 offset of a DOM position inside `root`; null if it lies outside. */
export function offsetOf(root: Element, node: Node, at: number): number | null {
  if (!root.contains(node)) return null;
  const holder = node instanceof Element ? node : node.parentElement;
  const run = holder?.closest("[data-o]");
  if (run) return startOf(run) + (node.nodeType === Node.TEXT_NODE ? at : lettersBefore(run, node, at));
  const child = node.childNodes[at];
  if (child instanceof Element) {
    const first = child.matches("[data-o]") ? child : child.querySelector("[data-o]");
    if (first) return startOf(first);
  }
  const runs = (node as Element).querySelectorAll("[data-o]");
  const last = runs[runs.length - 1];
  return last ? startOf(last) + (last.textContent?.length ?? 0) : null;
}

/** Characters of a run before a position among its children: its text, its tags and handles have none. */
function lettersBefore(run: Element, node: Node, at: number): number {
  const range = document.createRange();
  range.setStart(run, 0);
  range.setEnd(node, at);
  return range.toString().length;
}

/** The UTF-16 offset of the character nearest to a point of the window; null if that is not in `root`. */
export function offsetAt(root: Element, x: number, y: number): number | null {
  // Browsers round the coordinates of a drag by themselves, but not those of this question.
  const found = caretAt(Math.round(x), Math.round(y));
  return found && offsetOf(root, found.node, found.at);
}

function caretAt(x: number, y: number): { node: Node; at: number } | null {
  if ("caretPositionFromPoint" in document) {
    const found = document.caretPositionFromPoint(x, y);
    return found && { node: found.offsetNode, at: found.offset };
  }
  const range = (document as Document).caretRangeFromPoint?.(x, y);
  return range ? { node: range.startContainer, at: range.startOffset } : null;
}

/** The DOM position of a UTF-16 offset. `passage` is the element of the passage that holds it. */
export function positionOf(passage: Element, offset: number): { node: Node; at: number } | null {
  const runs = passage.querySelectorAll("[data-o]");
  let low = 0;
  let high = runs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (startOf(runs[middle]!) <= offset) low = middle;
    else high = middle - 1;
  }
  const run = runs[low];
  const text = run && [...run.childNodes].find((n) => n.nodeType === Node.TEXT_NODE);
  return run && text ? { node: text, at: Math.min(offset - startOf(run), text.nodeValue?.length ?? 0) } : null;
}

/** The part of `root` that is selected; null if nothing, or something outside. */
export function selectedRange(root: Element): TextRange | null {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const start = offsetOf(root, range.startContainer, range.startOffset);
  const end = offsetOf(root, range.endContainer, range.endOffset);
  if (start === null || end === null || end <= start) return null;
  return { start, end };
}

/** Where the caret stands in `root`, in UTF-16. */
export function caretOffset(root: Element): number | null {
  const selection = document.getSelection();
  return selection?.focusNode ? offsetOf(root, selection.focusNode, selection.focusOffset) : null;
}
