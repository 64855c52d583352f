/** What models suggest for this item: highest confidence first, each with score, source and reason. Dashed until accepted. */
import { IconCheck, IconEye, IconX } from "@tabler/icons-react";
import type { CSSProperties } from "react";
import { useKey } from "../../commands/live";
import { manages } from "../../lib/rights";
import { Button, IconButton, Kbd } from "../../ui";
import { score as scoreText } from "../../ui/format";
import { mayReveal, mayShow, useAsked, useRows } from "./hooks";
import { acceptable, currentRow, type Row } from "./logic/suggestions";
import { partDetail, partLook } from "./labels";
import { useBench, useDesk } from "./session";
import { SourcePicker } from "./SourcePicker";
import css from "./suggestions.module.css";
import { Threshold } from "./Threshold";

const SHOWN = 200;

export function Suggestions({ onBulk }: { onBulk(): void }) {
  const { project } = useBench();
  const rows = useRows();
  const chosen = useDesk((s) => s.open?.chosen ?? null);
  const current = currentRow(rows, chosen);
  const bulkKey = useKey("suggestion.bulk") ?? undefined;
  const several = new Set(rows.map((r) => r.question.name)).size > 1;
  return (
    <div className={css.panel}>
      <SourcePicker />
      <Threshold rows={rows} />
      <Withheld />
      <ol className={css.rows} aria-label="Suggestions">
        {rows.slice(0, SHOWN).map((row, i) => (
          <li key={row.key}>
            {several && rows[i - 1]?.question.name !== row.question.name ? <h3 className={css.of}>{row.question.title ?? row.question.name}</h3> : null}
            {row.confident || (rows[i - 1]?.confident === false && rows[i - 1]?.question === row.question) ? null : <Below row={row} rows={rows} />}
            <SuggestionRow row={row} current={row.key === current?.key} />
          </li>
        ))}
      </ol>
      {rows.length > SHOWN ? <p className="dim">and {rows.length - SHOWN} more, on the item</p> : null}
      {rows.length === 0 ? <Nothing /> : null}
      <AcceptAll rows={rows} />
      {manages(project.my_role) ? (
        <Button kind="quiet" size="small" className={css.bulk} keys={bulkKey} onClick={onBulk}>Accept on many items</Button>
      ) : null}
    </div>
  );
}

function SuggestionRow({ row, current }: { row: Row; current: boolean }) {
  const { desk, project } = useBench();
  const { suggestion, part, state } = row;
  const look = partLook(row.question, part);
  const item = useDesk((s) => s.open?.work.item);
  const { fields } = project.spec;
  const detail = item ? partDetail(part.part, item, row.question.field ?? fields[0]?.name) : null;
  const acceptKey = useKey("suggestion.accept");
  return (
    <div
      className={css.row} data-state={state} data-current={current || undefined} data-faint={!row.confident || undefined}
      style={{ "--label": look.color } as CSSProperties} onPointerDown={() => state === "pending" && desk.point(row.key)}
    >
      <div className={css.main}>
        <span className={css.key}>{current && acceptKey ? <Kbd>{acceptKey}</Kbd> : null}</span>
        <i className={css.mark} aria-hidden />
        <span className={css.title} title={look.title}>{look.title}</span>
        <span className={css.score} style={{ "--score": part.score ?? 1 } as CSSProperties}>{scoreText(part.score)}</span>
        <span className={css.actions}>
          {state === "pending" ? (
            <>
              <IconButton size="small" label={`Accept ${look.title}`} onClick={() => desk.accept([row])}><IconCheck size={15} /></IconButton>
              <IconButton size="small" label={`Reject ${look.title}`} onClick={() => desk.reject(row.key)}><IconX size={15} /></IconButton>
            </>
          ) : <small>{state}</small>}
        </span>
      </div>
      <p className={css.from}>
        {detail ? <b>{detail}</b> : null}
        {suggestion.version ? `${suggestion.source} v${suggestion.version}` : suggestion.source}
        {suggestion.reason ? <span title={suggestion.reason}> · {suggestion.reason}</span> : null}
      </p>
    </div>
  );
}

/** The line between what is drawn on the item and what a question's minimum keeps from it. */
function Below({ row, rows }: { row: Row; rows: readonly Row[] }) {
  const minimum = useDesk((s) => s.minimum.overall);
  const faint = rows.filter((r) => r.question === row.question && !r.confident).length;
  const more = rows.some((r) => r.question === row.question && r.confident) ? " more" : "";
  return <p className={css.below}>{faint}{more} below {scoreText(minimum)}</p>;
}

/** Where suggestions wait until they are asked for. Shown whether or not there are any, so that it tells nothing. */
function Withheld() {
  const { desk } = useBench();
  const asked = useAsked();
  const open = useDesk((s) => s.open);
  const revealKey = useKey("suggestion.reveal") ?? undefined;
  if (!open) return null;
  const waiting = asked.filter((q) => !mayShow(open, q));
  const ready = waiting.filter((q) => mayReveal(open, q));
  const after = waiting.filter((q) => open.work.show[q.name] === "after_first_answer" && !mayReveal(open, q));
  return (
    <>
      {ready.length > 0 ? (
        <Button size="small" icon={<IconEye size={15} />} keys={revealKey} onClick={() => ready.forEach((q) => desk.reveal(q.name))}>Show suggestions</Button>
      ) : null}
      {after.length > 0 ? <p className={css.none}>Suggestions appear after your own first answer.</p> : null}
    </>
  );
}

function Nothing() {
  const asked = useAsked();
  const open = useDesk((s) => s.open);
  if (!open || asked.some((q) => !mayShow(open, q) && open.work.show[q.name] !== "hidden")) return null;
  return <p className={css.none}>No suggestion for this item.</p>;
}

function AcceptAll({ rows }: { rows: readonly Row[] }) {
  const { desk } = useBench();
  const minimum = useDesk((s) => s.minimum.overall);
  const key = useKey("suggestion.accept-all") ?? undefined;
  const take = acceptable(rows);
  return (
    <Button size="small" wide disabled={take.length === 0} keys={key} onClick={() => desk.accept(take)}>
      Accept all ≥ {scoreText(minimum)} <span className={css.count}>({take.length})</span>
    </Button>
  );
}
