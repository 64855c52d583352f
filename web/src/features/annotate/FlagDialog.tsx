/** A flag for somebody's attention, with or without words; or the flag comes off. */
import { useState } from "react";
import { Dialog } from "../../commands/Dialog";
import { Button } from "../../ui";
import { flagEntry } from "./logic/submission";
import { useBench, useDesk } from "./session";
import css from "./workbench.module.css";

export function FlagDialog({ onClose }: { onClose(): void }) {
  const { desk, outbox, project } = useBench();
  const flagged = useDesk((s) => s.open?.work.item.flagged ?? false);
  const [text, setText] = useState("");
  const put = () => {
    const { open } = desk.getState();
    onClose();
    if (!open) return;
    void outbox.add(flagEntry(open, { project: project.id }, !flagged, text.trim()));
    const item = { ...open.work.item, flagged: !flagged };
    desk.setState({ open: { ...open, work: { ...open.work, item } } });
  };
  return (
    <Dialog title={flagged ? "Take the flag off?" : "Flag this item"} size="small" onClose={onClose}>
      <form
        className={css.flagForm}
        onSubmit={(event) => {
          event.preventDefault();
          put();
        }}
      >
        <input data-first aria-label="What should be looked at" placeholder={flagged ? "What was settled (optional)" : "What should be looked at (optional)"} value={text} maxLength={2000} onChange={(event) => setText(event.target.value)} />
        <div className={css.dialogFoot}>
          <Button kind="quiet" keys="Esc" onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" keys="Enter">{flagged ? "Take it off" : "Flag"}</Button>
        </div>
      </form>
    </Dialog>
  );
}
