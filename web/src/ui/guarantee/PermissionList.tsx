/** The promises that suggestions were accepted under: in force, or lapsed and why; with the audits that watch them. */
import { useQuery } from "@tanstack/react-query";
import { permissionsQuery } from "../../api/queries";
import type { Permission } from "../../api/types";
import { ago, count, percent, plural } from "../format";
import { ErrorNote, Skeleton } from "../Surface";
import css from "./guarantee.module.css";

const STATES: Record<string, string> = { "in force": "In force", lapsed: "Lapsed", "taken back": "Taken back" };

/** `model`: only the promises of this one. `latest`: only so many. */
export function PermissionList({ project, model, latest = 20 }: { project: number; model?: string; latest?: number }) {
  const permissions = useQuery(permissionsQuery(project));
  if (permissions.isPending) return <Skeleton height={48} />;
  const mine = (permissions.data ?? []).filter((one) => model === undefined || one.model === model);
  return (
    <div>
      <ErrorNote error={permissions.error} />
      {mine.length === 0 && !permissions.error ? <p className={css.words}>Nothing was accepted under a promise yet.</p> : null}
      <ul className={css.permissions}>{mine.slice(0, latest).map((one) => <Line key={one.bulk} one={one} />)}</ul>
    </div>
  );
}

function Line({ one }: { one: Permission }) {
  return (
    <li>
      <span className={css.state} data-state={one.state}>{STATES[one.state] ?? one.state}</span>
      <div>
        <p>{one.promise.words}</p>
        <p className={css.words}>
          {plural(one.n, "item")} accepted {ago(one.at)} from {one.model}, version {one.version}, at {one.promise.threshold.toFixed(2)} or above.{" "}
          {one.lapsed_at === null ? "" : `Lapsed ${ago(one.lapsed_at)}: ${one.why} What was accepted before stays covered.`}
        </p>
        <p className={css.words}>{auditText(one)}</p>
      </div>
    </li>
  );
}

function auditText({ audits, state }: Permission): string {
  if (audits.drawn === 0) return "No audit was drawn.";
  const seen = `${count(audits.answered)} of ${plural(audits.drawn, "audit")} answered, ${count(audits.wrong)} wrong`;
  const interval = audits.low === null || audits.high === null ? "" : ` (${percent(audits.low, 1)} to ${percent(audits.high, 1)})`;
  const within = audits.within === null || state !== "in force" ? "" : ` Should errors double, it lapses within ${plural(audits.within, "audit")} in 95% of cases.`;
  return `${seen}${interval}.${within}`;
}
