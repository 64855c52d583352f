/** Where an item stands: a shape and a word. */
import type { Status } from "../../api/types";
import css from "./data.module.css";

export const statusText: Record<Status, string> = { new: "New", open: "Begun", done: "Done", skipped: "Skipped", aside: "Set aside" };

export function StatusMark({ status }: { status: Status }) {
  return (
    <span className={css.status} data-status={status}>
      <i aria-hidden />
      {statusText[status]}
    </span>
  );
}
