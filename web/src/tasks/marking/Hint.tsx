/** What to do while nothing is selected in a text, or why the last thing could not be done. */
import { Cap } from "../keycaps";
import type { LabelEntry } from "../labels/label-set";
import regions from "../regions/regions.module.css";

export interface HintProps {
  active: boolean;
  refusal: string | null;
  pending: boolean;
  armed: LabelEntry | undefined;
  n: number;
  readOnly: boolean;
}

export function Hint({ refusal, active, pending, armed, n, readOnly }: HintProps) {
  if (refusal) return <span className={regions.warn}>{refusal}</span>;
  if (readOnly) return <>{n} marked</>;
  if (!active) return <>{n > 0 ? `${n} marked. ` : ""}Click here to mark.</>;
  if (armed) return <>Select text to mark it as <strong>{armed.title}</strong>. <Cap id="spans.back" of="Esc" /> to stop.</>;
  if (pending) return <>Press a label key to mark the selection.</>;
  return <>{n > 0 ? `${n} marked. ` : ""}Select text, then press a label key. <Cap id="spans.next" of="J" /> <Cap id="spans.previous" of="K" /> to step.</>;
}
