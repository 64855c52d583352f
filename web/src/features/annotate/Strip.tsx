/** The strip above the item: where you are, whether all is saved, and what to do with the item. Its parts never move. */
import { IconArrowBackUp, IconArrowForwardUp, IconFlag, IconFlagFilled, IconLayoutSidebar, IconLayoutSidebarRight } from "@tabler/icons-react";
import { useState } from "react";
import { useKey } from "../../commands/live";
import { Bar, Button, IconButton } from "../../ui";
import { count } from "../../ui/format";
import { SavedChip } from "./SavedChip";
import { useBench, useDesk } from "./session";
import type { DialogName } from "./Workbench";
import css from "./workbench.module.css";

interface StripProps {
  /** null: there is no label column, since everything is marked on the item. */
  leftOpen: boolean | null;
  rightOpen: boolean;
  onLeft(): void;
  onRight(): void;
  onDialog(name: DialogName): void;
}

export function Strip({ leftOpen, rightOpen, onLeft, onRight, onDialog }: StripProps) {
  return (
    <div className={css.strip} role="toolbar" aria-label="Item">
      {leftOpen === null ? null : <IconButton label="Label column (Alt+\)" aria-pressed={leftOpen} onClick={onLeft}><IconLayoutSidebar size={17} /></IconButton>}
      <Position />
      <Notice />
      <SavedChip onOpen={() => onDialog("unsaved")} />
      <Steps />
      <ItemButtons onDialog={onDialog} />
      <IconButton label="Side panel (\)" aria-pressed={rightOpen} onClick={onRight}><IconLayoutSidebarRight size={17} /></IconButton>
    </div>
  );
}

/** How many items are finished, by this person where several answer each item. */
function Position() {
  const { project } = useBench();
  const { counts, spec } = project;
  const base = spec.policy.overlap > 1 ? counts.mine : counts.done + counts.skipped;
  const [start] = useState(base);
  const finished = useDesk((s) => s.finished);
  const all = counts.items - counts.aside;
  const at = Math.min(all, Math.max(base, start + finished));
  return (
    <div className={css.position} title={`${count(at)} of ${count(all)} items finished`}>
      <span><strong>{count(at)}</strong> / {count(all)}</span>
      <Bar label="Items finished" total={Math.max(1, all)} parts={[{ n: at, color: "var(--accent)", title: "finished" }]} />
    </div>
  );
}

function Notice() {
  const notice = useDesk((s) => s.notice);
  return <div className={css.notice} title={notice ?? undefined}>{notice}</div>;
}

function Steps() {
  const { desk } = useBench();
  const canUndo = useDesk((s) => (s.open?.undo.past.length ?? 0) > 0 || s.done.length > 0);
  const canRedo = useDesk((s) => (s.open?.undo.future.length ?? 0) > 0 || s.redo.length > 0);
  return (
    <div className={css.steps}>
      <IconButton label={`Undo (${useKey("task.undo") ?? ""})`} disabled={!canUndo} onClick={() => void desk.undo()}><IconArrowBackUp size={17} /></IconButton>
      <IconButton label={`Redo (${useKey("task.redo") ?? ""})`} disabled={!canRedo} onClick={() => void desk.redo()}><IconArrowForwardUp size={17} /></IconButton>
    </div>
  );
}

function ItemButtons({ onDialog }: { onDialog(name: DialogName): void }) {
  const { desk } = useBench();
  const working = useDesk((s) => s.phase === "working");
  const flagged = useDesk((s) => s.open?.work.item.flagged ?? false);
  return (
    <div className={css.row}>
      <Button kind="quiet" size="small" disabled={!working} aria-pressed={flagged} keys={useKey("task.flag") ?? undefined} onClick={() => onDialog("flag")}
        icon={flagged ? <IconFlagFilled size={15} color="var(--warn)" /> : <IconFlag size={15} />}>
        Flag
      </Button>
      <Button size="small" disabled={!working} keys={useKey("task.skip") ?? undefined} onClick={() => onDialog("skip")}>Skip</Button>
      <Button kind="primary" size="small" disabled={!working} keys={useKey("task.submit") ?? undefined} onClick={() => void desk.submit()}>Submit</Button>
    </div>
  );
}
