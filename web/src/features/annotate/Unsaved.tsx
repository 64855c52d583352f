/** What has not reached the server: what waits, and what was refused, with the server's words and a way out. */
import { useEffect, useState } from "react";
import { Dialog } from "../../commands/Dialog";
import type { OutboxEntry } from "../../lib/outbox";
import { Button, Empty } from "../../ui";
import { ago } from "../../ui/format";
import { useOutboxStatus } from "./SavedChip";
import { useBench } from "./session";
import css from "./workbench.module.css";

export function Unsaved({ onClose }: { onClose(): void }) {
  const { outbox } = useBench();
  const status = useOutboxStatus();
  const [entries, setEntries] = useState<OutboxEntry[]>([]);
  useEffect(() => void outbox.entries().then(setEntries, () => setEntries([])), [outbox, status]);
  const parked = entries.filter((e) => e.state === "parked");
  const waiting = entries.length - parked.length;
  return (
    <Dialog title="Not saved yet" onClose={onClose}>
      {entries.length === 0 ? <Empty title="Everything is saved" text="Answers go into this browser first and to the server right after." /> : null}
      {waiting > 0 ? (
        <div className={css.waitingLine}>
          <p>{waiting} waiting to be sent. They are safe in this browser and leave by themselves.</p>
          <Button size="small" onClick={outbox.wake}>Send now</Button>
        </div>
      ) : null}
      {parked.length > 0 ? <h3>Refused by the server</h3> : null}
      <ul className={css.parked}>
        {parked.map((entry) => <Parked key={entry.seq} entry={entry} onClose={onClose} />)}
      </ul>
      <div className={css.dialogFoot}><Button kind="primary" keys="Esc" onClick={onClose}>Close</Button></div>
    </Dialog>
  );
}

function Parked({ entry, onClose }: { entry: OutboxEntry; onClose(): void }) {
  const { outbox, desk, project } = useBench();
  const seq = entry.seq as number;
  const reopen = async () => {
    const values = (entry.body as { values?: Record<string, unknown> }).values;
    await desk.openById(entry.item_id as number);
    if (desk.getState().open?.work.item.id !== entry.item_id) return;
    for (const [question, value] of Object.entries(values ?? {})) desk.change(question, value, { label: "brought back" });
    await outbox.discard(seq);
    onClose();
  };
  return (
    <li>
      <strong>{entry.title}</strong> <span className="dim">{ago(entry.at / 1000)}</span>
      <p>{entry.error}</p>
      <div className={css.row}>
        {entry.item_id !== null && entry.project === project.id ? <Button size="small" kind="primary" onClick={() => void reopen()}>Reopen the item</Button> : null}
        <Button size="small" onClick={() => void outbox.retry(seq)}>Try again</Button>
        <Button size="small" kind="danger" onClick={() => void outbox.discard(seq)}>Discard</Button>
      </div>
    </li>
  );
}
