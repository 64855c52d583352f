/** Snapping a selection to words by the language's own rules (Intl.Segmenter). All offsets are UTF-16. */

export interface TextRange {
  start: number;
  end: number;
}

const segmenter = typeof Intl !== "undefined" && "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "word" }) : null;

/** Words are looked for this far around a position, so that a long document costs no more than a short one. */
const WINDOW = 400;

/** A window around `at` that begins and ends at white space where there is some. */
function windowAround(text: string, at: number): TextRange {
  let start = Math.max(0, at - WINDOW);
  let end = Math.min(text.length, at + WINDOW);
  while (start > 0 && start < at && !/\s/.test(text[start]!)) start++;
  while (end < text.length && end > at && !/\s/.test(text[end]!)) end--;
  if (start >= at) start = Math.max(0, at - WINDOW);
  if (end <= at) end = Math.min(text.length, at + WINDOW);
  return { start, end };
}

/** The word (or single sign) that holds the character at `at`; null at the end of the text. */
export function wordAt(text: string, at: number): TextRange | null {
  if (at < 0 || at >= text.length) return null;
  const area = windowAround(text, at);
  if (!segmenter) return { start: at, end: at + 1 };
  const found = segmenter.segment(text.slice(area.start, area.end)).containing(at - area.start);
  if (!found) return { start: at, end: at + 1 };
  return { start: area.start + found.index, end: area.start + found.index + found.segment.length };
}

/** The range without white space at its ends; null if nothing is left. */
export function trimRange(text: string, range: TextRange): TextRange | null {
  let { start, end } = range;
  while (start < end && /\s/.test(text[start]!)) start++;
  while (end > start && /\s/.test(text[end - 1]!)) end--;
  return start < end ? { start, end } : null;
}

/** The range widened to whole words and trimmed; null if it holds only white space. */
export function snapToWords(text: string, range: TextRange): TextRange | null {
  const trimmed = trimRange(text, range);
  if (!trimmed) return null;
  const first = wordAt(text, trimmed.start);
  const last = wordAt(text, trimmed.end - 1);
  return { start: first?.start ?? trimmed.start, end: last?.end ?? trimmed.end };
}

/** The next word boundary from `at` in a direction: where Alt+arrow moves an edge. Skips white space. */
export function wordStep(text: string, at: number, direction: 1 | -1): number {
  let i = at;
  if (direction === 1) {
    while (i < text.length && /\s/.test(text[i]!)) i++;
    return wordAt(text, i)?.end ?? text.length;
  }
  while (i > 0 && /\s/.test(text[i - 1]!)) i--;
  return i === 0 ? 0 : (wordAt(text, i - 1)?.start ?? 0);
}
