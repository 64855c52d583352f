/** Tells screen readers what came on the screen and what was just done. */
import { count } from "../../ui/format";
import { excerptOf, type DeskState } from "./logic/state";
import { useDesk } from "./session";

export function Announcer() {
  const text = useDesk(announcement);
  return <div className="visually-hidden" role="status" aria-live="polite">{text}</div>;
}

/** A notice first; else the last change to the item; else the item itself. */
function announcement({ notice, open, phase }: DeskState): string {
  if (notice) return notice;
  if (!open) return phase === "empty" ? "Nothing left to label for you" : "";
  const last = open.undo.past.at(-1);
  return last ? last.label : `Item ${count(open.work.item.ord)}. ${excerptOf(open.work, 160)}`;
}
