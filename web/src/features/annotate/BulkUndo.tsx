/** What a notice about a bulk decision offers: its undo. */
import { useKey } from "../../commands/live";
import { Button } from "../../ui";
import css from "./bulk.module.css";

export function BulkUndo({ title, onUndo }: { title: string; onUndo(): void }) {
  return (
    <div className={css.undo}>
      <span>“{title}”, as the model suggests.</span>
      <Button size="small" keys={useKey("task.undo") ?? undefined} onClick={onUndo}>Undo</Button>
    </div>
  );
}
