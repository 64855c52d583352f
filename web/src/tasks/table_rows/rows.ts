/** Rows of a document's table, as they are stored, and the changes a person makes to them. Pure. A row without cells is one that is being made. */
import type { Question, Suggestion } from "../../api/types";
import { areEntries, partsOf, readAs, shown, trouble, type Entry, type Part } from "../entries/entries";
import type { SuggestionPart } from "../types";

export type Row = Record<string, Entry>;

export const MAX_ROWS = 500;
const TITLE = 60;

export const areRows = (value: unknown): value is Row[] => Array.isArray(value) && value.every(areEntries);

export const isBlank = (row: Row): boolean => Object.values(row).every((entry) => entry.value === null);

export const filled = (rows: readonly Row[]): Row[] => rows.filter((row) => !isBlank(row));

export function withCell(row: Row, name: string, entry: Entry | undefined): Row {
  const { [name]: _old, ...rest } = row;
  return entry ? { ...rest, [name]: entry } : rest;
}

export const replaced = (rows: readonly Row[], at: number, row: Row): Row[] => rows.map((one, i) => (i === at ? row : one));
export const inserted = (rows: readonly Row[], at: number, ...more: Row[]): Row[] => [...rows.slice(0, at), ...more, ...rows.slice(at)];
export const removed = (rows: readonly Row[], at: number): Row[] => rows.filter((_, i) => i !== at);

export function moved(rows: readonly Row[], from: number, to: number): Row[] {
  const row = rows[from];
  return row && to >= 0 && to < rows.length ? inserted(removed(rows, from), to, row) : [...rows];
}

/** What keeps the rows from being sent; null if nothing does. Blank rows are not sent. */
export function problemOf(question: Question, rows: readonly Row[]): string | null {
  const parts = partsOf(question);
  if (rows.length > MAX_ROWS) return `There are ${rows.length} rows; at most ${MAX_ROWS} are taken.`;
  for (const [at, row] of rows.entries()) {
    if (isBlank(row)) continue;
    for (const part of parts) {
      const what = trouble(part, row[part.name], question);
      if (what) return `Row ${at + 1}, ${part.title}: ${what}.`;
    }
  }
  return null;
}

/** The cells of a spreadsheet as it puts them on the clipboard: tabs, line ends, quotes around cells with either. Null for a single cell. */
export function cellsIn(text: string): string[][] | null {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.replace(/(\r\n|\n|\r)$/, "").matchAll(/(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r\n|\n|\r|$)/g)) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end === "") break;
    if (end !== "\t") rows.push([]);
  }
  return rows.length > 1 || rows[0]!.length > 1 ? rows : null;
}

/** Cells put in from a row and a column on; rows that are not there are made. Empty cells change nothing. */
export function pasted(rows: readonly Row[], at: number, column: string, cells: readonly (readonly string[])[], question: Question): Row[] {
  const parts = partsOf(question);
  const first = parts.findIndex((part) => part.name === column);
  const next = [...rows];
  cells.forEach((line, down) => {
    line.forEach((cell, right) => {
      const part = parts[first + right];
      if (part && cell.trim() !== "") next[at + down] = { ...next[at + down], [part.name]: { value: readAs(part, cell, question) ?? cell } };
    });
    next[at + down] ??= {};
  });
  return next;
}

/** What of an entry tells whether another says the same. */
const plain = (entry: Entry | undefined): string | null => (entry?.value == null ? null : String(entry.value).trim().replace(/\s+/g, " ").toLowerCase());

const plainRow = (row: Row, names: readonly string[]): (string | null)[] => names.map((name) => plain(row[name]));

/** How many cells say the same, as a share of those that the row with fewer has; 0 where fewer than half of them do. */
function alike(a: readonly (string | null)[], b: readonly (string | null)[]): number {
  let [same, ours, theirs] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== null) ours += 1;
    if (b[i] !== null) theirs += 1;
    if (a[i] !== null && a[i] === b[i]) same += 1;
  }
  const least = Math.min(ours, theirs);
  return least > 0 && same * 2 >= least ? same + same / least : 0;
}

/** The suggested row that a row was begun from, by its key: it stays its partner however much is changed. */
const origins = new WeakMap<Row, string>();

/** The next state of a row, which stays what it was begun from. */
export function from(line: Line, row: Row): Row {
  const key = line.offer?.key ?? origins.get(line.row);
  if (key !== undefined) origins.set(row, key);
  return row;
}

/** For each suggested row its partner among the rows: the one that was begun from it, an equal one, or in order the most alike; null for none. */
export function partners(rows: readonly Row[], offered: readonly Row[], names: readonly string[], keys: readonly string[] = []): (number | null)[] {
  const found: (number | null)[] = offered.map(() => null);
  const free = new Set(rows.keys());
  const pair = (j: number, met: number | undefined) => {
    if (met !== undefined && free.delete(met)) found[j] = met;
  };
  const begun = new Map(rows.map((row, i) => [origins.get(row), i]));
  keys.forEach((key, j) => pair(j, begun.get(key)));
  const equal = new Map<string, number[]>();
  for (const i of free) equal.set(says(rows[i]!), [...(equal.get(says(rows[i]!)) ?? []), i]);
  offered.forEach((row, j) => found[j] === null && pair(j, equal.get(says(row))?.shift()));
  const left = [...free];
  const open = [...offered.keys()].filter((j) => found[j] === null);
  inOrder(left.map((i) => plainRow(rows[i]!, names)), open.map((j) => plainRow(offered[j]!, names))).forEach((met, k) => {
    if (met !== null) found[open[k]!] = left[met]!;
  });
  return found;
}

/** For each of `b` its partner in `a`, so that as much as can be is the same and nothing crosses. */
function inOrder(a: readonly (string | null)[][], b: readonly (string | null)[][]): (number | null)[] {
  const wide = b.length + 1;
  const best = new Float64Array((a.length + 1) * wide);
  const score = new Float64Array(a.length * b.length);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const own = (score[i * b.length + j] = alike(a[i]!, b[j]!));
      best[i * wide + j] = Math.max(best[(i + 1) * wide + j]!, best[i * wide + j + 1]!, own > 0 ? own + best[(i + 1) * wide + j + 1]! : 0);
    }
  const met: (number | null)[] = b.map(() => null);
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const own = score[i * b.length + j]!;
    if (own > 0 && best[i * wide + j] === own + best[(i + 1) * wide + j + 1]!) met[j++] = i++;
    else if (best[i * wide + j] === best[(i + 1) * wide + j]) i++;
    else j++;
  }
  return met;
}

/** One line of the table on the screen: a row, what is suggested for it, a suggested row that is not taken yet, or the empty last one. */
export interface Line {
  /** Its place among the rows; null for one that is none yet. */
  at: number | null;
  /** Where it would be put. */
  before: number;
  row: Row;
  offer: OpenRow | null;
}

const NO_CELLS: Row = {};

export const emptyLine = (before: number): Line => ({ at: null, before, row: NO_CELLS, offer: null });

/** The same before and after the first cell of a line is filled in. */
export const lineKey = ({ at, before, row, offer }: Line): string => (at === null ? (offer?.key ?? String(before)) : (origins.get(row) ?? String(at)));

/** The rows with what is suggested, each suggested row after those that come before it in the suggestion. */
export function linesOf(rows: readonly Row[], offers: readonly OpenRow[], names: readonly string[]): Line[] {
  const found = partners(rows, offers.map((offer) => offer.row), names, offers.map((offer) => offer.key));
  const own = new Map(found.flatMap((i, j): [number, OpenRow][] => (i === null ? [] : [[i, offers[j]!]])));
  const extra = new Map<number, Line[]>();
  let before = 0;
  offers.forEach((offer, j) => {
    const met = found[j];
    if (met != null) before = met + 1;
    else extra.set(before, [...(extra.get(before) ?? []), { at: null, before, row: NO_CELLS, offer }]);
  });
  return [...rows, null].flatMap((row, at) => [...(extra.get(at) ?? []), ...(row ? [{ at, before: at, row, offer: own.get(at) ?? null }] : [])]);
}

/** A suggested row by itself; `all` are the rows it came with, which say where it belongs. */
export interface RowPart {
  all: readonly Row[];
  at: number;
}
export type OpenRow = SuggestionPart & { part: RowPart; row: Row; source: string };

export const isRowPart = (part: unknown): part is RowPart => typeof part === "object" && part !== null && areRows((part as RowPart).all) && (part as RowPart).all[(part as RowPart).at] !== undefined;

const bareRow = (row: Row): Row => Object.fromEntries(Object.entries(row).map(([name, { score: _score, ...entry }]) => [name, entry]));

/** One part for each row of a suggestion. */
export function rowParts(suggestion: Suggestion): OpenRow[] {
  if (!areRows(suggestion.value)) return [];
  const all = suggestion.value.map(bareRow);
  return all.map((row, at) => ({
    key: `${suggestion.id}:${at}`,
    score: suggestion.score,
    title: Object.values(row).map(shown).filter(Boolean).join(" · ").slice(0, TITLE),
    part: { all, at },
    row,
    source: suggestion.version ? `${suggestion.source} v${suggestion.version}` : suggestion.source,
  }));
}

const says = (row: Row): string => JSON.stringify(Object.keys(row).sort().map((name) => [name, plain(row[name])]).filter(([, value]) => value !== null));
const times = (rows: readonly Row[], what: string): number => rows.filter((row) => says(row) === what).length;

/** Whether the rows have that row: of equal ones, as many as come up to it. */
export function holds(rows: readonly Row[], { all, at }: RowPart): boolean {
  const what = says(all[at]!);
  return times(rows, what) >= times(all.slice(0, at + 1), what);
}

/** The rows with that row, behind those that come before it where it was suggested. */
export function accepted(rows: readonly Row[], part: RowPart): Row[] {
  if (holds(rows, part)) return [...rows];
  const row = part.all[part.at]!;
  const before = partners(rows, part.all.slice(0, part.at), Object.keys(row)).reduce<number>((last, met) => (met === null ? last : met + 1), 0);
  return inserted(rows, before, row);
}

/** What is offered for the rows: the rows of the best suggestion that were not rejected. */
export function openRows(suggestions: readonly Suggestion[], rejected: ReadonlySet<string>, minScore: number): OpenRow[] {
  const first = suggestions.find((s) => !rejected.has(String(s.id)) && areRows(s.value) && s.value.length > 0 && (s.score === null || s.score >= minScore));
  return first ? rowParts(first).filter((part) => !rejected.has(part.key)) : [];
}

/** What a cell of a line says, or would. */
export const cellOf = (line: Line, part: Part): { entry: Entry | undefined; offered: Entry | undefined } => {
  const entry = line.row[part.name];
  const offered = line.offer?.row[part.name];
  return { entry, offered: entry === undefined && offered !== undefined && offered.value !== null ? offered : undefined };
};
