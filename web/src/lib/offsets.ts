/**
 * Offsets in Unicode code points (as stored, as Python counts them) against offsets in UTF-16 code units (as the
 * browser counts them). It stands alone because every text surface converts, and converts once per document.
 *
 * Line ends are never changed: "\r\n" counts as two in both worlds.
 */

/** Converts between the two ways of counting for one text. Both directions clamp to the text and round a position
 * inside a surrogate pair down to the start of its character. */
export interface OffsetMap {
  /** Number of code points of the text. */
  readonly codePoints: number;
  /** UTF-16 offset of a code point offset. */
  toUtf16(codePoint: number): number;
  /** Code point offset of a UTF-16 offset. */
  toCodePoint(utf16: number): number;
}

const isLead = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isTrail = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;

/** UTF-16 positions of all characters outside the basic plane, ascending. */
function astralPositions(text: string): number[] {
  const found: number[] = [];
  for (let i = 0; i + 1 < text.length; i++) {
    if (isLead(text.charCodeAt(i)) && isTrail(text.charCodeAt(i + 1))) found.push(i++);
  }
  return found;
}

/** How many entries of the ascending `list` satisfy `before`, by bisection. */
function countWhile(list: readonly number[], before: (entry: number, index: number) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (before(list[middle]!, middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

const clamp = (n: number, max: number) => Math.min(Math.max(Math.trunc(n), 0), max);

/** The offset map of a text: O(length) once, then O(log astral characters) per question. */
export function offsetMap(text: string): OffsetMap {
  const astral = astralPositions(text);
  const codePoints = text.length - astral.length;
  if (astral.length === 0) {
    const same = (n: number) => clamp(n, codePoints);
    return { codePoints, toUtf16: same, toCodePoint: same };
  }
  return {
    codePoints,
    toUtf16(codePoint) {
      const at = clamp(codePoint, codePoints);
      return at + countWhile(astral, (position, index) => position - index < at);
    },
    toCodePoint(utf16) {
      const at = clamp(utf16, text.length);
      // Inside a pair at p, `at` is p + 1 and the pair itself is counted: p + 1 - before is the character's own index.
      return at - countWhile(astral, (position) => position < at);
    },
  };
}
