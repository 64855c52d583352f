/** Why an item is skipped: one key, or a few words. */
import { useEffect, useState } from "react";
import { Dialog } from "../../commands/Dialog";
import { Button, Kbd } from "../../ui";
import { useBench } from "./session";
import css from "./workbench.module.css";

const REASONS = ["I am not sure", "The guidelines do not cover it", "It cannot be read or is broken", "No label fits"] as const;

export function SkipDialog({ onClose }: { onClose(): void }) {
  const { desk } = useBench();
  const [text, setText] = useState("");
  const skip = (reason: string) => {
    onClose();
    void desk.skip(reason);
  };
  useDigits((digit) => {
    const reason = REASONS[digit - 1];
    if (reason) skip(reason);
  });
  return (
    <Dialog title="Skip this item" size="small" onClose={onClose}>
      <div className={css.reasons}>
        {REASONS.map((reason, i) => (
          <button key={reason} type="button" onClick={() => skip(reason)}><Kbd>{i + 1}</Kbd>{reason}</button>
        ))}
      </div>
      <form
        className={css.reasonForm}
        onSubmit={(event) => {
          event.preventDefault();
          skip(text.trim() || "No reason given");
        }}
      >
        <input data-first aria-label="Another reason" placeholder="Another reason" value={text} maxLength={500} onChange={(event) => setText(event.target.value)} />
        <Button type="submit" kind="primary" keys="Enter">Skip</Button>
      </form>
    </Dialog>
  );
}

/** Digits choose from the moment the dialog is there, wherever the focus is, except while something is being written. */
function useDigits(onDigit: (digit: number) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const writing = event.target instanceof HTMLInputElement && event.target.value !== "";
      if (writing || event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return;
      event.preventDefault();
      onDigit(Number(event.key));
    };
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  });
}
