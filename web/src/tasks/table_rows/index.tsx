/** Rows of a document's table: typed cells, each with the words as written and the place where they stand. */
import type { Question } from "../../api/types";
import { partsOf, shown } from "../entries/entries";
import { PartSettings } from "../entries/PartSettings";
import type { TaskWidget } from "../types";
import { Editor } from "./Editor";
import { accepted, filled, holds, isBlank, isRowPart, problemOf, rowParts, type Row } from "./rows";
import css from "./rows.module.css";

const SHOWN = 8;

function View({ question, value }: { question: Question; value: Row[] }) {
  const parts = partsOf(question).filter((part) => value.some((row) => row[part.name]));
  if (value.length === 0) return <em>no rows</em>;
  return (
    <div className={css.view}>
      <table>
        <thead><tr>{parts.map((part) => <th key={part.name} scope="col">{part.title}</th>)}</tr></thead>
        <tbody>{value.slice(0, SHOWN).map((row, at) => <tr key={at}>{parts.map((part) => <td key={part.name} dir="auto">{shown(row[part.name])}</td>)}</tr>)}</tbody>
      </table>
      {value.length > SHOWN ? <small>and {value.length - SHOWN} more</small> : null}
    </div>
  );
}

export const widget: TaskWidget<Row[]> = {
  type: "table_rows",
  place: "field",
  Editor,
  View,
  Settings: (props) => <PartSettings {...props} listed="columns" />,
  parts: rowParts,
  accept: (value, parts) => parts.filter(isRowPart).toSorted((a, b) => a.at - b.at).reduce<Row[]>(accepted, value ?? []),
  holds: (value, part) => isRowPart(part) && holds(value ?? [], part),
  isEmpty: (value) => !value || value.every(isBlank),
  problem: (value, { question }) => problemOf(question, value),
  seal: filled,
  stays: true,
};
