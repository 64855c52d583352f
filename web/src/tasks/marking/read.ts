/**
 * The lines of a visible text as the server read it from HTML or Markdown, as blocks. The page parses no markup: it draws the
 * very text that offsets count in, so that the two cannot differ.
 */
import type { Item, Question, Reading } from "../../api/types";
import type { OffsetMap } from "../../lib/offsets";
import { chunksOf, type Block, type Chunk, type LineLook, type Styled } from "./document";

/** Whether the question marks the visible text of its field. */
export const readsVisible = (question: Question): boolean => question.config.reads === "html" || question.config.reads === "markdown";

/** The reading that the question marks; null where it marks the characters as imported. */
export function readingFor(question: Question, item: Item, field: string | undefined): Reading | null {
  if (!readsVisible(question)) return null;
  return item.readings?.[field ?? ""] ?? { text: "", lines: [], styles: [] };
}

/** One block for each line, with its line end; the cells of a row are its chunks. */
export function blocksOfReading({ text, lines, styles }: Reading, offsets: OffsetMap): Block[] {
  const all: Styled[] = styles.map(({ start, end, look }) => ({ start: offsets.toUtf16(start), end: offsets.toUtf16(end), look }));
  let next = 0;
  let open: Styled[] = [];
  const blocks = lines.map((line, i): Block & { look: LineLook } => {
    const start = offsets.toUtf16(line.start);
    const end = i + 1 < lines.length ? offsets.toUtf16(lines[i + 1]!.start) : text.length;
    open = open.filter((style) => style.end > start);
    while (next < all.length && all[next]!.start < end) open.push(all[next++]!);
    const look: LineLook = {
      look: line.look ?? "p", first: line.first ?? false, depth: line.depth ?? 0, bullet: line.bullet ?? "", quote: line.quote ?? 0,
      column: line.column ?? 0, columns: 0, head: line.head ?? false,
    };
    return { start, end, dir: "auto", chunks: look.look === "row" ? cells(text, start, end) : chunksOf(text, start, end), look, styles: open.slice() };
  });
  shareColumns(blocks);
  return blocks.length > 0 ? blocks : [{ start: 0, end: 0, dir: "auto", chunks: [{ start: 0, end: 0 }] }];
}

/** The cells of a row, each with the tab behind it. */
function cells(text: string, start: number, end: number): Chunk[] {
  const found: Chunk[] = [];
  for (let from = start; from < end; ) {
    const tab = text.indexOf("\t", from);
    const to = tab === -1 || tab >= end ? end : tab + 1;
    found.push({ start: from, end: to });
    from = to;
  }
  return found;
}

/** Gives the rows of one table as many columns as its widest row has. */
function shareColumns(blocks: readonly (Block & { look: LineLook })[]): void {
  for (let i = 0; i < blocks.length; ) {
    let to = i + 1;
    const isRow = (at: number) => blocks[at]?.look.look === "row";
    while (isRow(i) && isRow(to) && !blocks[to]!.look.first) to++;
    const rows = blocks.slice(i, to);
    const columns = Math.max(...rows.map((row) => row.look.column + row.chunks.length));
    for (const row of rows) row.look.columns = columns;
    i = to;
  }
}
