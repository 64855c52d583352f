/** Moving one edge of a span, by a word or to where it was dragged. Pure; UTF-16. */
import { trimRange, wordAt, wordStep, type TextRange } from "../../lib/words";

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

/**
 * The range with one edge dragged to `at`: to the edge of the word there, or to the character if `exact`. The edge
 * stops before the other one; null if nothing but white space would be left.
 */
export function dragged(text: string, { start, end }: TextRange, edge: Edge, at: number, exact: boolean): TextRange | null {
  if (edge === "end") return trimRange(text, { start, end: Math.max(exact ? wholeCharacter(text, at) : endNear(text, at), wholeCharacter(text, start + 1, 1)) });
  return trimRange(text, { start: Math.min(exact ? wholeCharacter(text, at) : startNear(text, at), wholeCharacter(text, end - 1)), end });
}

function endNear(text: string, at: number): number {
  const word = at > 0 ? wordAt(text, at - 1) : null;
  return word ? word.end : at;
}

function startNear(text: string, at: number): number {
  return wordAt(text, at)?.start ?? at;
}

/** Never between the two halves of a character: then `by` one further. */
function wholeCharacter(text: string, at: number, by: 1 | -1 = -1): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at + by : at;
}
