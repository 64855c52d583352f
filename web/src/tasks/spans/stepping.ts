/** Moving one edge of a span by a word. Pure; UTF-16. */
import { wordStep, type TextRange } from "../../lib/words";

export type Edge = "start" | "end";

/** The range with one edge moved to the next word boundary; null if nothing would be left. */
export function stepped(text: string, range: TextRange, edge: Edge, direction: 1 | -1): TextRange | null {
  const { start, end } = range;
  if (edge === "end") {
    const moved = direction === 1 ? wordStep(text, end, 1) : shrunkEnd(text, end);
    return moved > start ? { start, end: moved } : null;
  }
  const moved = direction === -1 ? wordStep(text, start, -1) : grownStart(text, start);
  return moved < end ? { start: moved, end } : null;
}

/** The end of the word before the last one. */
function shrunkEnd(text: string, end: number): number {
  let at = wordStep(text, end, -1);
  while (at > 0 && /\s/.test(text[at - 1]!)) at--;
  return at;
}

/** The start of the word after the first one. */
function grownStart(text: string, start: number): number {
  let at = wordStep(text, start, 1);
  while (at < text.length && /\s/.test(text[at]!)) at++;
  return at;
}
