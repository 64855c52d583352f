/** Rows that could not be read: where they stand, why, what stood there. Can be downloaded. */
import type { BadRow } from "../../api/types";
import { Button, Panel } from "../../ui";
import { brief, count } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { badRowsCsv } from "./mapping";
import css from "./data.module.css";

const SHOWN = 50;

export function BadRows({ rows, total, lead }: { rows: BadRow[]; total: number; lead: string }) {
  const download = () => {
    const url = URL.createObjectURL(new Blob(["\ufeff", badRowsCsv(rows)], { type: "text/csv" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = "bad-rows.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  };
  return (
    <Panel
      title={`${count(total)} bad ${total === 1 ? "row" : "rows"}`} flush
      tools={<Button size="small" onClick={download}>{total > rows.length ? `Download the first ${count(rows.length)}` : "Download as CSV"}</Button>}
    >
      <p className="dim" style={{ padding: "10px 16px 0" }}>
        {lead}
      </p>
      <div className={`${layout.scroll} ${css.bad}`}>
        <table className={layout.table}>
          <thead>
            <tr>
              <th>Where</th>
              <th>Why</th>
              <th>What stood there</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, SHOWN).map((row, at) => (
              <tr key={at}>
                <td className="mono">{[row.source, row.line].filter((part) => part !== null && part !== undefined && part !== "").join(":")}</td>
                <td>{row.reason}</td>
                <td className="mono dim">{brief(row.raw ?? "", 120)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
