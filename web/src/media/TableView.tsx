/** A table: a list of objects, a list of lists, or `{columns, rows}`. Anything else is shown as JSON. */
import { JsonView } from "./JsonView";
import css from "./media.module.css";

interface Table {
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
  return { columns: head.map(String), rows };
}

const cell = (value: unknown) => (value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));

export function TableView({ value }: { value: unknown }) {
  const table = tableOf(value);
  if (!table) return <JsonView value={value} />;
  return (
    <div className={css.tableFrame} tabIndex={0} role="region" aria-label="Table">
      <table className={css.table}>
        <thead><tr>{table.columns.map((name, i) => <th key={i} scope="col">{name}</th>)}</tr></thead>
        <tbody>{table.rows.map((row, r) => <tr key={r}>{row.map((value, c) => <td key={c} dir="auto">{cell(value)}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}
