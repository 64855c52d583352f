/** A table: a list of objects, a list of lists, or `{columns, rows}`. Anything else is shown as JSON. */
import { JsonView } from "./JsonView";
import css from "./media.module.css";
import { cellText, tableOf } from "./table";

export function TableView({ value }: { value: unknown }) {
  const table = tableOf(value);
  if (!table) return <JsonView value={value} />;
  return (
    <div className={css.tableFrame} tabIndex={0} role="region" aria-label="Table">
      <table className={css.table}>
        <thead><tr>{table.columns.map((name, i) => <th key={i} scope="col">{name}</th>)}</tr></thead>
        <tbody>{table.rows.map((row, r) => <tr key={r}>{row.map((value, c) => <td key={c} dir="auto">{cellText(value)}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}
