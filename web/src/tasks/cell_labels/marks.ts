/** Labels on cells: what keys and the mouse do to them. Pure; rows count from 0, columns by their place in the table. */

export interface CellLabel {
  row: number;
  column: string;
  label: string;
}

export interface Cell {
  row: number;
  column: number;
}

/** From one corner to the other, whichever way. */
export interface Block {
  from: Cell;
  to: Cell;
}

export const isCellLabels = (value: unknown): value is CellLabel[] =>
  Array.isArray(value) && value.every((mark) => Number.isInteger(mark?.row) && typeof mark.column === "string" && typeof mark.label === "string");

const same = (a: CellLabel, b: CellLabel) => a.row === b.row && a.column === b.column && a.label === b.label;

export const has = (marks: readonly CellLabel[], mark: CellLabel): boolean => marks.some((one) => same(one, mark));

/** The places of the cells of a block, row by row. */
export function cellsOf({ from, to }: Block, columns: readonly string[]): { row: number; column: string }[] {
  const found: { row: number; column: string }[] = [];
  for (let row = Math.min(from.row, to.row); row <= Math.max(from.row, to.row); row++) {
    for (let c = Math.min(from.column, to.column); c <= Math.max(from.column, to.column); c++) found.push({ row, column: columns[c]! });
  }
  return found;
}

const inOrder = (a: CellLabel, b: CellLabel) => a.row - b.row || (a.column < b.column ? -1 : a.column > b.column ? 1 : 0);

/** The label on all of the cells; taken off where all of them have it. What they had before gives way unless several may stand. */
export function labelled(marks: readonly CellLabel[], cells: readonly { row: number; column: string }[], label: string, multiple: boolean): CellLabel[] {
  const wanted = cells.map(({ row, column }) => ({ row, column, label }));
  const off = wanted.every((mark) => has(marks, mark));
  const here = new Set(cells.map(keyOf));
  const rest = marks.filter((mark) => !here.has(keyOf(mark)) || (multiple && mark.label !== label));
  return (off ? rest : [...rest, ...wanted]).sort(inOrder);
}

export function cleared(marks: readonly CellLabel[], cells: readonly { row: number; column: string }[]): CellLabel[] {
  const here = new Set(cells.map(keyOf));
  return marks.filter((mark) => !here.has(keyOf(mark)));
}

export const keyOf = ({ row, column }: { row: number; column: string }): string => `${row}\t${column}`;

/** The marks by cell. */
export function byCell<T extends { row: number; column: string }>(marks: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const mark of marks) {
    const list = found.get(keyOf(mark));
    if (list) list.push(mark);
    else found.set(keyOf(mark), [mark]);
  }
  return found;
}

/** The next cell with a mark, in reading order, from `at` on and then from the other end. */
export function nextMarked(marks: readonly { row: number; column: string }[], columns: readonly string[], at: Cell, by: 1 | -1): Cell | null {
  const place = (cell: Cell) => cell.row * columns.length + cell.column;
  const cells = marks.map((mark) => ({ row: mark.row, column: columns.indexOf(mark.column) })).filter((cell) => cell.column >= 0).sort((a, b) => (place(a) - place(b)) * by);
  return cells.find((cell) => (place(cell) - place(at)) * by > 0) ?? cells[0] ?? null;
}
