/**
 * A text cut into blocks (lines) and chunks (pieces of long lines), and the drawn spans shared out among the chunks in
 * a way that keeps unchanged chunks identical, so that one edit redraws one chunk.
 */
import type { Placed } from "../../lib/segments";
import type { DrawnSpan } from "./model";

/** UTF-16 range of the text. */
export interface Chunk {
  start: number;
  end: number;
}

/** One line with its line end, cut into at least one chunk. */
export interface Block extends Chunk {
  chunks: Chunk[];
}

const CHUNK = 1200;

/** Cuts a text into its lines. Every character is in exactly one chunk; an empty text has one empty block. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start < text.length || blocks.length === 0; ) {
    const line = text.indexOf("\n", start);
    const end = line === -1 ? text.length : line + 1;
    blocks.push({ start, end, chunks: chunksOf(text, start, end) });
    start = end;
    if (end === 0) break;
  }
  return blocks;
}

function chunksOf(text: string, start: number, end: number): Chunk[] {
  const chunks: Chunk[] = [];
  let from = start;
  while (end - from > CHUNK * 1.5) {
    const cut = cutNear(text, from + CHUNK);
    chunks.push({ start: from, end: cut });
    from = cut;
  }
  chunks.push({ start: from, end });
  return chunks;
}

/** A place to cut at or shortly before `at`: after white space if there is some, never inside a character. */
function cutNear(text: string, at: number): number {
  for (let i = at; i > at - 200; i--) if (/\s/.test(text[i - 1]!)) return i;
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}

/** The spans of each block's chunks: `shares[block][chunk]`. */
export type Shares = readonly (readonly (readonly Placed<DrawnSpan>[])[])[];

const none: readonly Placed<DrawnSpan>[] = [];

/** Shares placed spans (in reading order) out among the chunks they touch; arrays equal to `before` are reused. */
export function shareOut(blocks: readonly Block[], placed: readonly Placed<DrawnSpan>[], before?: Shares): Shares {
  const shares: Placed<DrawnSpan>[][][] = blocks.map((block) => block.chunks.map(() => []));
  for (const one of placed) {
    for (let b = blockAt(blocks, one.stretch.start); b < blocks.length && blocks[b]!.start < one.stretch.end; b++) {
      blocks[b]!.chunks.forEach((chunk, c) => {
        if (chunk.start < one.stretch.end && one.stretch.start < chunk.end) shares[b]![c]!.push(one);
      });
    }
  }
  return shares.map((list, b) => keep(list.map((share, c) => keep(share, before?.[b]?.[c] ?? none)), before?.[b]));
}

function keep<T>(list: readonly T[], before: readonly T[] | undefined): readonly T[] {
  return before && before.length === list.length && before.every((one, i) => one === list[i]) ? before : list;
}

/** The block that holds a UTF-16 offset. */
export function blockAt(blocks: readonly Block[], offset: number): number {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (blocks[middle]!.start <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
