/** What connected models were asked: totals by connection, model, purpose, day, project or person, and the newest calls. */
import { SegmentedControl, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ledgerQuery, ledgerTotalsQuery, type LedgerBy } from "../../../api/connectionQueries";
import type { LedgerLine, LedgerTotal } from "../../../api/types";
import { ErrorNote, Panel, Skeleton } from "../../../ui";
import { brief, count, moment, moneyText } from "../../../ui/format";
import layout from "../../../ui/layout.module.css";

const BY: { value: LedgerBy; label: string }[] = [
  { value: "connection", label: "Connection" }, { value: "model", label: "Model" }, { value: "purpose", label: "Purpose" }, { value: "day", label: "Day" },
  { value: "project", label: "Project" }, { value: "user", label: "Person" },
];
const DAYS = [
  { value: "1", label: "Last day" }, { value: "7", label: "Last 7 days" }, { value: "30", label: "Last 30 days" }, { value: "365", label: "Last year" },
];
const PURPOSES: Record<string, string> = { preannotate: "pre-annotation", assist: "assistant", candidates: "answers to compare", judge: "judge", compare: "comparison", probe: "test" };
const STATES: Record<string, string> = { open: "on its way", lost: "lost: the server ended" };

export function LedgerPanel() {
  const [by, setBy] = useState<LedgerBy>("connection");
  const [days, setDays] = useState("30");
  const since = Math.floor(Date.now() / 3_600_000) * 3600 + 3600 - Number(days) * 86_400;
  const totals = useQuery(ledgerTotalsQuery(by, since));
  const lines = useQuery(ledgerQuery(since));
  return (
    <Panel
      title="Ledger" flush
      tools={
        <div className={`${layout.row} ${layout.wrap}`}>
          <SegmentedControl size="xs" data={BY} value={by} onChange={(value) => setBy(value as LedgerBy)} aria-label="Added up by" />
          <Select size="xs" w={130} data={DAYS} value={days} allowDeselect={false} aria-label="How far back" onChange={(value) => value && setDays(value)} />
        </div>
      }
    >
      {totals.error ?? lines.error ? (
        <div style={{ padding: 12 }}>
          <ErrorNote error={totals.error ?? lines.error} onRetry={() => void Promise.all([totals.refetch(), lines.refetch()])} />
        </div>
      ) : null}
      {totals.isPending && !totals.error ? <Skeleton height={80} /> : null}
      {totals.data?.length === 0 ? <p className="dim" style={{ padding: 16 }}>No model was asked in this time.</p> : null}
      {totals.data && totals.data.length > 0 ? <Totals rows={totals.data} by={by} /> : null}
      {lines.data && lines.data.lines.length > 0 ? <Lines lines={lines.data.lines} /> : null}
    </Panel>
  );
}

function Totals({ rows, by }: { rows: LedgerTotal[]; by: LedgerBy }) {
  return (
    <div className={layout.scroll}>
      <table className={layout.table}>
        <thead>
          <tr>
            <th>{BY.find((one) => one.value === by)?.label}</th>
            <th className={layout.number}>Calls</th>
            <th className={layout.number}>Failed</th>
            <th className={layout.number}>Kept answers</th>
            <th className={layout.number}>Tokens in</th>
            <th className={layout.number}>Tokens out</th>
            <th className={layout.number}>Cost</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.key} ${row.currency}`}>
              <td>{(by === "purpose" ? PURPOSES[row.key] : undefined) ?? (row.key || "none")}</td>
              <td className={layout.number}>{count(row.calls)}</td>
              <td className={layout.number}>{count(row.failed)}</td>
              <td className={layout.number}>{count(row.cached)}</td>
              <td className={layout.number}>{count(row.input_tokens)}</td>
              <td className={layout.number}>{count(row.output_tokens)}</td>
              <td className={layout.number} title={row.unpriced > 0 ? `${count(row.unpriced)} calls had no price` : undefined}>
                {moneyText(row.cost, row.currency)}
                {row.unpriced > 0 ? " +?" : ""}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Lines({ lines }: { lines: LedgerLine[] }) {
  return (
    <details>
      <summary style={{ padding: "8px 12px", cursor: "pointer" }}>The newest {lines.length} calls</summary>
      <div className={layout.scroll}>
        <table className={layout.table}>
          <thead>
            <tr>
              <th>When</th>
              <th>Model</th>
              <th>For</th>
              <th>Who</th>
              <th>Item</th>
              <th>Fields</th>
              <th className={layout.number}>Tokens</th>
              <th className={layout.number}>Cost</th>
              <th className={layout.number}>Seconds</th>
              <th>State</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.id}>
                <td style={{ whiteSpace: "nowrap" }}>{moment(line.at)}</td>
                <td>{line.connection ?? "removed"}</td>
                <td>{PURPOSES[line.purpose] ?? line.purpose}</td>
                <td>{line.user ?? ""}</td>
                <td>{line.item_id ?? ""}</td>
                <td>
                  {line.fields.join(", ")}
                  {line.masked > 0 ? ` (${count(line.masked)} masked)` : ""}
                </td>
                <td className={layout.number}>
                  {count(line.input_tokens)} / {count(line.output_tokens)}
                </td>
                <td className={layout.number}>{line.cost === null ? "" : moneyText(line.cost, line.currency)}</td>
                <td className={layout.number}>{line.seconds.toFixed(2)}</td>
                <td>
                  {line.cached ? "kept answer" : (STATES[line.state] ?? line.state)}
                  {line.error ? <div className={layout.help}>{brief(line.error, 120)}</div> : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
