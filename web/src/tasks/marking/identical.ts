/** Where else the words of a span stand in the same text. Pure; UTF-16. */
import { wordAt, type TextRange } from "../../lib/words";

/** A text with more places than this is not searched to its end. */
export const MOST = 5_000;

/**
 * All other places with the very same words, in order, not overlapping. Where the range begins or ends with a word, so do
 * the places: "art" is not found in "party".
 */
export function identical(text: string, range: TextRange): TextRange[] {
  const words = text.slice(range.start, range.end);
  const whole = { start: atWord(text, range.start), end: atWord(text, range.end) };
  const found: TextRange[] = [];
  for (let at = text.indexOf(words); at !== -1 && found.length < MOST; at = text.indexOf(words, at + words.length)) {
    const end = at + words.length;
    if (at < range.end && range.start < end) continue;
    if ((!whole.start || atWord(text, at)) && (!whole.end || atWord(text, end))) found.push({ start: at, end });
  }
  return found;
}

/** Whether a word begins or ends at this place. */
function atWord(text: string, at: number): boolean {
  if (at === 0 || at >= text.length) return true;
  return wordAt(text, at)?.start === at;
}
