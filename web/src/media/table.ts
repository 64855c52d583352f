/**
 * A field's value as columns and rows: a list of objects, a list of lists with the names first, or `{columns, rows}`. It stands
 * alone because the server must find the same (`builtin/tasks/_tables.py`): marks on cells name columns and count rows.
 */
export interface Table {
  columns: string[];
  rows: unknown[][];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** The value as columns and rows; null if it is no table. */
export function tableOf(value: unknown): Table | null {
  if (isRecord(value) && Array.isArray(value.columns) && Array.isArray(value.rows)) return fromLists([value.columns, ...(value.rows as unknown[])]);
  if (!Array.isArray(value) || value.length === 0) return null;
  if (value.every(Array.isArray)) return fromLists(value);
  if (!value.every(isRecord)) return null;
  const columns = [...new Set(value.flatMap((row) => Object.keys(row)))];
  return { columns, rows: value.map((row) => columns.map((name) => row[name])) };
}

function fromLists(lists: unknown[]): Table | null {
  const [head, ...rows] = lists;
  if (!Array.isArray(head) || !rows.every(Array.isArray)) return null;
  return { columns: namedApart(head.map((name) => (name === null || name === undefined ? "" : String(name)))), rows };
}

/** Equal names get numbers: price, price (2). */
function namedApart(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const n = (seen.get(name) ?? 0) + 1;
    seen.set(name, n);
    return n === 1 ? name : `${name} (${n})`;
  });
}

/** A cell in words. */
export const cellText = (value: unknown): string => (value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));
