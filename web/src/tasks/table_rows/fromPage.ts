/**
 * Rows proposed from the words within a box around a table: lines by their height, columns by the gaps between them, the question's
 * columns by what stands over them, by how their values look, and by quantity times price making the amount. Pure. It stands alone
 * because it knows words and types only; nothing is sent anywhere.
 */
import type { Question } from "../../api/types";
import { placesOf, textOf, type Word } from "../../lib/pages";
import { fits, fromWords, readAs, type Part } from "../entries/entries";
import { conceptOf, headingOf, isSum } from "./headings";
import type { Row } from "./rows";

/** Words that stand close together in a line. */
interface Chunk {
  left: number;
  right: number;
  words: Word[];
}
interface TextLine {
  top: number;
  bottom: number;
  chunks: Chunk[];
}
/** A column as it stands on the page. */
interface Lane {
  left: number;
  right: number;
  heading: string;
}

/** As shares of the height of a line: gaps within a phrase, and from a line to one that continues it. */
const [PHRASE, FOLLOWS] = [0.7, 1.8];
/** A lane's boundary may be crossed in so many of the lines. */
const CROSSED = 0.1;
/** What counts for a lane as a column: a heading that names it, one that names another, the least of all, sums that come out, and the order of the columns. */
const [NAMED, OTHER, LEAST, SUMS, ORDER] = [2, -1.5, 0.6, 1.5, 0.2];

export function rowsFromPage(words: readonly Word[], page: number, question: Question, parts: readonly Part[]): Row[] {
  const lines = linesOf(words);
  const numbers = (line: TextLine) => line.chunks.filter((chunk) => isNumber(chunk)).length;
  const full = lines.filter((line) => line.chunks.length > 1 && numbers(line) > 0);
  const names = (line: TextLine) => line.chunks.some((chunk) => parts.some((part) => headingOf(textOf(chunk.words), part)));
  const first = full.length > 0 ? lines.indexOf(full[0]!) : lines[0] && names(lines[0]) ? 1 : 0;
  const lanes = lanesOf(full.length > 0 ? full : lines.slice(first));
  nameLanes(lanes, lines.slice(0, first));
  const body = lines.slice(first).map((line) => ({ line, cells: cellsOf(line, lanes, full.includes(line)) }));
  const chosen = assigned(lanes, body.filter(({ line }) => full.length === 0 || full.includes(line)).map(({ cells }) => cells), parts, question);
  const rows: Word[][][] = [];
  let last: TextLine | null = null;
  for (const { line, cells } of body) {
    if (begins(cells, chosen, parts, question)) {
      const open = !isSum(textOf(line.chunks[0]!.words), parts.some((part, c) => conceptOf(part) === "description" && chosen[c] !== null && cells[chosen[c]!]!.length > 0));
      if (open) rows.push(cells);
      last = open ? line : null;
    } else if (last && line.top - last.top <= FOLLOWS * (last.bottom - last.top) && rows.length > 0) {
      rows[rows.length - 1] = rows.at(-1)!.map((cell, lane) => (parts[chosen.indexOf(lane)]?.type === "text" ? [...cell, ...cells[lane]!] : cell));
      last = line;
    } else last = null;
  }
  return rows.map((cells) => rowOf(cells, chosen, page, question, parts)).filter((row) => Object.keys(row).length > 0);
}

/** Words by the lines they stand in, from top to bottom; each line in phrases from left to right. */
function linesOf(words: readonly Word[]): TextLine[] {
  const lines: { top: number; bottom: number; words: Word[] }[] = [];
  for (const word of [...words].sort((a, b) => a[2] + a[4] / 2 - (b[2] + b[4] / 2))) {
    const [, , y, , h] = word;
    const line = lines.at(-1);
    const shared = line ? Math.min(line.bottom, y + h) - Math.max(line.top, y) : 0;
    if (line && shared >= 0.5 * Math.min(h, line.bottom - line.top)) line.words.push(word);
    else lines.push({ top: y, bottom: y + h, words: [word] });
  }
  return lines.map(({ top, bottom, words: own }) => ({ top, bottom, chunks: chunksOf(own.sort((a, b) => a[1] - b[1])) }));
}

function chunksOf(words: readonly Word[]): Chunk[] {
  const chunks: Chunk[] = [];
  for (const word of words) {
    const [, x, , w, h] = word;
    const chunk = chunks.at(-1);
    if (chunk && x - chunk.right <= PHRASE * h) {
      chunk.words.push(word);
      chunk.right = Math.max(chunk.right, x + w);
    } else chunks.push({ left: x, right: x + w, words: [word] });
  }
  return chunks;
}

const NUMBER: Part = { name: "", title: "", type: "amount", required: false, labels: [], help: null, key: null, color: "" };
const PLAIN = { name: "", type: "", config: {} } as Question;
const isNumber = (chunk: Chunk): boolean => readAs(NUMBER, textOf(chunk.words), PLAIN) !== null;

/** The stretches between the gaps that nearly all lines leave free. */
function lanesOf(lines: readonly TextLine[]): Lane[] {
  const edges = lines.flatMap((line) => line.chunks.flatMap((chunk) => [{ x: chunk.left, by: 1 }, { x: chunk.right, by: -1 }])).sort((a, b) => a.x - b.x || b.by - a.by);
  const allowed = Math.floor(lines.length * CROSSED);
  const lanes: Lane[] = [];
  let depth = 0;
  for (const { x, by } of edges) {
    const before = depth;
    depth += by;
    if (before <= allowed && depth > allowed) lanes.push({ left: x, right: x, heading: "" });
    if (before > allowed && depth <= allowed) lanes.at(-1)!.right = x;
  }
  return lanes;
}

/** Says over each lane what stands over it: what overlaps it, or else the nearest phrase that is over no lane. */
function nameLanes(lanes: Lane[], lines: readonly TextLine[]): void {
  const loose: Chunk[] = [];
  for (const chunk of lines.flatMap((line) => line.chunks)) {
    const over = lanes.map((lane) => Math.min(lane.right, chunk.right) - Math.max(lane.left, chunk.left));
    const most = Math.max(...over);
    if (most > 0) lanes[over.indexOf(most)]!.heading += ` ${textOf(chunk.words)}`;
    else loose.push(chunk);
  }
  for (const lane of lanes.filter((one) => one.heading === "")) {
    const apart = (chunk: Chunk) => Math.max(chunk.left - lane.right, lane.left - chunk.right);
    const near = loose.toSorted((a, b) => apart(a) - apart(b))[0];
    if (near && apart(near) < 60) lane.heading = textOf(near.words);
  }
}

/** The words of a line in each lane, a phrase to the nearest. One that crosses lanes is cut between its words in a line that has numbers; elsewhere it goes where it begins. */
function cellsOf(line: TextLine, lanes: readonly Lane[], full: boolean): Word[][] {
  const cells: Word[][] = lanes.map(() => []);
  const apart = (lane: Lane, left: number, right: number) => Math.max(0, left - lane.right, lane.left - right);
  for (const chunk of line.chunks) {
    const crosses = lanes.filter((lane) => Math.min(lane.right, chunk.right) - Math.max(lane.left, chunk.left) > 1).length > 1;
    for (const group of crosses && full ? chunk.words.map((word) => [word]) : [chunk.words]) {
      const left = group[0]![1];
      const right = crosses && !full ? left : group.at(-1)![1] + group.at(-1)![3];
      const near = lanes.map((lane) => apart(lane, left, right));
      cells[near.indexOf(Math.min(...near))]?.push(...group);
    }
  }
  return cells;
}

const valueOf = (words: readonly Word[], part: Part, question: Question): string | number | null => {
  const value = words.length > 0 ? readAs(part, textOf(words).replace(/\s+/g, " "), question) : null;
  return value !== null && fits(part, value) ? value : null;
};

/** How well a lane suits a column by its values, 0..1. */
function looks(cells: readonly Word[][], part: Part, question: Question): number {
  const said = cells.filter((cell) => cell.length > 0);
  if (said.length === 0) return 0;
  const share = said.filter((cell) => (part.type === "text" ? /\p{L}{2}/u.test(textOf(cell)) : valueOf(cell, part, question) !== null)).length / said.length;
  if (part.type !== "text") return share;
  const long = said.reduce((sum, cell) => sum + textOf(cell).length, 0) / said.length;
  return 0.6 * share + 0.4 * Math.min(1, long / 20);
}

/** For each column the lane that it is read from, or null: the choice with the largest sum of how well they suit. */
function assigned(lanes: readonly Lane[], body: readonly Word[][][], parts: readonly Part[], question: Question): (number | null)[] {
  const score = parts.map((part) => lanes.map((lane, at) => {
    const look = looks(body.map((cells) => cells[at]!), part, question);
    if (look < 0.5 && part.type !== "text") return 0;
    const named = headingOf(lane.heading, part);
    return Math.max(0, look + leaning(conceptOf(part), at, lanes.length, body, question) + (named === null ? 0 : named > 0 ? NAMED * named : OTHER));
  }));
  const at = (concept: string) => parts.findIndex((part) => conceptOf(part) === concept);
  const [count, price, amount] = [at("quantity"), at("price"), at("amount")];
  const read = (cells: Word[][], column: number, lane: number | null) => (lane === null ? null : valueOf(cells[lane]!, parts[column]!, question));
  const sums = (choice: readonly (number | null)[]) => {
    if (count < 0 || price < 0 || amount < 0 || choice[count] == null || choice[price] == null || choice[amount] == null) return 0;
    const told = body.map((cells) => [read(cells, count, choice[count]!), read(cells, price, choice[price]!), read(cells, amount, choice[amount]!)]).filter((three): three is number[] => three.every((n) => typeof n === "number"));
    return told.length === 0 ? 0 : told.filter(([n, p, a]) => Math.abs(n! * p! - a!) < 0.006 + 0.001 * Math.abs(a!)).length / told.length;
  };
  let best: { choice: (number | null)[]; total: number } = { choice: parts.map(() => null), total: -1 };
  const rest = parts.map((_, c) => score.slice(c).reduce((sum, own) => sum + Math.max(0, ...own), 0));
  const visit = (choice: (number | null)[], total: number) => {
    const c = choice.length;
    if (c === parts.length) {
      const there = choice.filter((lane) => lane !== null);
      const all = total + SUMS * sums(choice) + ORDER * there.filter((lane, i) => i > 0 && lane > there[i - 1]!).length;
      if (all > best.total) best = { choice, total: all };
      return;
    }
    if (total + rest[c]! + SUMS + ORDER * parts.length <= best.total) return;
    const lanesFirst = lanes.map((_, lane) => lane).filter((lane) => score[c]![lane]! > LEAST && !choice.includes(lane)).sort((a, b) => score[c]![b]! - score[c]![a]!).slice(0, 4);
    for (const lane of lanesFirst) visit([...choice, lane], total + score[c]![lane]!);
    visit([...choice, null], total);
  };
  visit([], 0);
  return best.choice;
}

/** What is mostly so: amounts stand at the end, quantities are whole numbers. */
function leaning(concept: string | null, at: number, lanes: number, body: readonly Word[][][], question: Question): number {
  if (concept === "amount") return lanes > 1 ? (0.3 * at) / (lanes - 1) : 0;
  if (concept !== "quantity") return 0;
  const told = body.map((cells) => valueOf(cells[at]!, NUMBER, question)).filter((n) => typeof n === "number");
  return told.length > 0 ? (0.3 * told.filter(Number.isInteger).length) / told.length : 0;
}

/** Whether a line begins a row: by a number that was asked for, or, where none is asked for, by its first column. */
function begins(cells: readonly Word[][], chosen: readonly (number | null)[], parts: readonly Part[], question: Question): boolean {
  const counted = parts.flatMap((part, c) => (part.type !== "text" && part.type !== "choice" ? [c] : []));
  if (counted.length > 0) return counted.some((c) => chosen[c] !== null && valueOf(cells[chosen[c]!]!, parts[c]!, question) !== null);
  const lead = Math.min(...chosen.flatMap((lane) => (lane === null ? [] : [lane])));
  return (cells[lead]?.length ?? 0) > 0;
}

function rowOf(cells: readonly Word[][], chosen: readonly (number | null)[], page: number, question: Question, parts: readonly Part[]): Row {
  const row: Row = {};
  parts.forEach((part, c) => {
    const words = chosen[c] == null ? [] : cells[chosen[c]]!;
    if (valueOf(words, part, question) !== null) row[part.name] = fromWords(part, textOf(words), question.config.place === "none" ? [] : placesOf(words, page), question);
  });
  return row;
}
