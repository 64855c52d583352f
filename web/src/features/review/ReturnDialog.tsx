/** Why an answer is sent back: its author reads these words beside the item. */
import { useState } from "react";
import type { ReviewCase } from "../../api/types";
import { Dialog } from "../../commands/Dialog";
import { Button } from "../../ui";
import css from "./review.module.css";
import { LETTERS } from "./words";

interface Props {
  found: ReviewCase;
  chosen: number | null;
  onSend(annotation: number, reason: string): void;
  onClose(): void;
}

export function ReturnDialog({ found, chosen, onSend, onClose }: Props) {
  const open = found.answers.filter((a) => a.returnable);
  const [whose, setWhose] = useState(open.find((a) => a.id === chosen)?.id ?? open[0]?.id ?? 0);
  const [reason, setReason] = useState("");
  const ready = reason.trim() !== "" && whose !== 0;
  return (
    <Dialog title="Send back to its author" size="small" onClose={onClose}>
      <form
        className={css.return}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onSend(whose, reason.trim());
        }}
      >
        {open.length > 1 ? (
          <div className={css.whose} role="radiogroup" aria-label="Which answer">
            {found.answers.map((answer, at) =>
              answer.returnable ? (
                <label key={answer.id}>
                  <input type="radio" name="whose" checked={whose === answer.id} onChange={() => setWhose(answer.id)} /> {answer.author ?? LETTERS[at]}
                </label>
              ) : null,
            )}
          </div>
        ) : null}
        <textarea
          data-first rows={4} maxLength={2000} aria-label="Reason" placeholder="What to look at again, and why" value={reason} onChange={(event) => setReason(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && ready) onSend(whose, reason.trim());
          }}
        />
        <div className={css.fixFoot}>
          <Button type="submit" kind="primary" disabled={!ready} keys="Ctrl+Enter">Send back</Button>
          <Button keys="Esc" onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  );
}
