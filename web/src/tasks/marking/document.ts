/**
 * A text cut into blocks (lines; of a very long line, its pieces) and chunks, and the drawn spans shared out among the
 * chunks in a way that keeps unchanged chunks identical, so that one edit redraws one chunk.
 *
 * A browser lays a paragraph out as a whole. One of fifty thousand characters is therefore drawn as several, cut after
 * a sentence where there is one; what is stored knows nothing of it.
 */
import { sameEnds, type Placed } from "../../lib/segments";
import type { DrawnSpan } from "./model";

/** UTF-16 range of the text. */
export interface Chunk {
  start: number;
  end: number;
}

/** One line with its line end, or a piece of a very long one, cut into at least one chunk. */
export interface Block extends Chunk {
  chunks: Chunk[];
  /** How it is drawn, where the text was read from something with looks. */
  look?: LineLook;
  /** Parts of it that look different, in order. */
  styles?: readonly Styled[];
  /** The direction of writing, where a piece must follow the line it was cut from. */
  dir: "auto" | "ltr" | "rtl";
}

/** One line of what was read, as the server tells it; of a row, `columns` is how many its table has. */
export interface LineLook {
  look: string;
  first: boolean;
  depth: number;
  bullet: string;
  quote: number;
  column: number;
  columns: number;
  head: boolean;
}

/** A stretch of text with the name of its look. */
export interface Styled extends Chunk {
  look: string;
}

const CHUNK = 1200;
/** A longer line is drawn in pieces of about `PIECE` characters. */
const LONG_LINE = 5_000;
const PIECE = 2_000;

/** Cuts a text into its lines. Every character is in exactly one chunk; an empty text has one empty block. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start < text.length || blocks.length === 0; ) {
    const line = text.indexOf("\n", start);
    const end = line === -1 ? text.length : line + 1;
    blocks.push(...linePieces(text, start, end));
    start = end;
    if (end === 0) break;
  }
  return blocks;
}

function linePieces(text: string, start: number, end: number): Block[] {
  if (end - start <= LONG_LINE) return [{ start, end, chunks: chunksOf(text, start, end), dir: "auto" }];
  const dir = directionOf(text.slice(start, end));
  return cutUp(text, start, end, PIECE, sentenceNear).map((piece) => ({ ...piece, chunks: chunksOf(text, piece.start, piece.end), dir }));
}

/** By the first letter that has a direction, as `dir="auto"` decides it. */
function directionOf(line: string): "ltr" | "rtl" {
  const letter = /\p{L}/u.exec(line)?.[0];
  return letter !== undefined && /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u.test(letter) ? "rtl" : "ltr";
}

/** After the last sentence that ends shortly before `at`, else after a word. */
function sentenceNear(text: string, at: number): number {
  for (let i = at; i > at - 500; i--) if (/\s/.test(text[i - 1]!) && /[.!?。！？۔]/.test(text[i - 2]!)) return i;
  return cutNear(text, at);
}

export const chunksOf = (text: string, start: number, end: number): Chunk[] => cutUp(text, start, end, CHUNK, cutNear);

/** Cuts a range into parts of about `size`, each at the place that `near` finds; the last may be half as long again. */
function cutUp(text: string, start: number, end: number, size: number, near: (text: string, at: number) => number): Chunk[] {
  const parts: Chunk[] = [];
  let from = start;
  while (end - from > size * 1.5) {
    const cut = near(text, from + size);
    parts.push({ start: from, end: cut });
    from = cut;
  }
  parts.push({ start: from, end });
  return parts;
}

/** A place to cut at or shortly before `at`: after white space if there is some, never inside a character. */
function cutNear(text: string, at: number): number {
  for (let i = at; i > at - 200; i--) if (/\s/.test(text[i - 1]!)) return i;
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}

/** Lines that follow each other and are laid out, watched and woken together: `first` is the number of the first of them. */
export interface Passage extends Chunk {
  blocks: readonly Block[];
  first: number;
}

/** A passage has about this many characters, and no more lines than this. */
const PASSAGE = 2_400;
const MOST_LINES = 24;

/** A browser looks at each part that it may leave out at every frame: hundreds of lines are a few dozen passages. */
export function passagesOf(blocks: readonly Block[]): Passage[] {
  const passages: Passage[] = [];
  for (let first = 0, i = 0; i < blocks.length; i++) {
    const [start, end] = [blocks[first]!.start, blocks[i]!.end];
    if (end - start < PASSAGE && i + 1 - first < MOST_LINES && i + 1 < blocks.length) continue;
    passages.push({ start, end, blocks: blocks.slice(first, i + 1), first });
    first = i + 1;
  }
  return passages;
}

/** The spans of each block's chunks: `shares[block][chunk]`. */
export type Shares = readonly (readonly (readonly Placed<DrawnSpan>[])[])[];

/** What was shared out, and how. */
export interface Shared {
  placed: readonly Placed<DrawnSpan>[];
  shares: Shares;
}

/** Shares placed spans (in reading order) out among the chunks they touch. Only lines with other spans than `before` are looked at. */
export function shareOut(blocks: readonly Block[], placed: readonly Placed<DrawnSpan>[], before?: Shared): Shares {
  if (!before) return sharesOf(blocks, placed);
  const { head, tail } = sameEnds(before.placed.length, placed.length, (b, n) => before.placed[b] === placed[n]);
  const other = [...before.placed.slice(head, before.placed.length - tail), ...placed.slice(head, placed.length - tail)].map((one) => one.stretch);
  if (other.length === 0) return before.shares;
  const from = blockAt(blocks, other.reduce((least, one) => Math.min(least, one.start), Infinity));
  const to = blockAt(blocks, other.reduce((most, one) => Math.max(most, one.end - 1), 0)) + 1;
  const [start, end] = [blocks[from]!.start, blocks[to - 1]!.end];
  const anew = sharesOf(blocks.slice(from, to), placed.filter(({ stretch }) => stretch.start < end && start < stretch.end));
  const kept = anew.map((list, b) => keep(list.map((share, c) => keep(share, before.shares[from + b]![c])), before.shares[from + b]));
  return [...before.shares.slice(0, from), ...kept, ...before.shares.slice(to)];
}

function sharesOf(blocks: readonly Block[], placed: readonly Placed<DrawnSpan>[]): Placed<DrawnSpan>[][][] {
  const shares: Placed<DrawnSpan>[][][] = blocks.map((block) => block.chunks.map(() => []));
  let first = 0;
  for (const one of placed) {
    const { start, end } = one.stretch;
    while (first + 1 < blocks.length && blocks[first + 1]!.start <= start) first++;
    for (let b = first; b < blocks.length && blocks[b]!.start < end; b++) {
      blocks[b]!.chunks.forEach((chunk, c) => {
        if (chunk.start < end && start < chunk.end) shares[b]![c]!.push(one);
      });
    }
  }
  return shares;
}

function keep<T>(list: readonly T[], before: readonly T[] | undefined): readonly T[] {
  return before && before.length === list.length && before.every((one, i) => one === list[i]) ? before : list;
}

/** The block, or passage, that holds a UTF-16 offset. */
export function blockAt(blocks: readonly Chunk[], offset: number): number {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (blocks[middle]!.start <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
