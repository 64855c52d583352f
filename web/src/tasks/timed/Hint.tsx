/** What to do next, in a line, while nothing is selected. */
import { clockText } from "../../media/time/axis";
import type { Range } from "../../media/time/gestures";
import { Kbd } from "../../ui";
import regions from "../regions/regions.module.css";
import type { TimedKind } from "./model";

export interface HintProps {
  kind: TimedKind;
  refusal: string | null;
  /** Where a segment was begun by key. */
  begun: number | null;
  range: Range | null;
  n: number;
  active: boolean;
  readOnly: boolean;
  label: string;
}

export function Hint({ kind, refusal, begun, range, n, active, readOnly, label }: HintProps) {
  if (refusal) return <strong className={regions.warn}>{refusal}</strong>;
  if (readOnly) return <>{n} {n === 1 ? kind.noun : kind.nouns}</>;
  if (!active) return <>{n > 0 ? `${n} ${n === 1 ? kind.noun : kind.nouns}. ` : ""}Click here to mark.</>;
  if (begun !== null) return <>“{label}” begins at {clockText(begun, 0.01)}. <Kbd>U</Kbd> where it ends, <Kbd>Esc</Kbd> gives it up.</>;
  if (range && range.end > range.start) return <>{(range.end - range.start).toFixed(2)} s selected. A label's key or <Kbd>Enter</Kbd> makes it a {kind.noun}.</>;
  return <>Drag in a lane, or over {kind.over ?? "the waveform"} and press a label's key. While it plays, <Kbd>I</Kbd> and <Kbd>U</Kbd> set the ends.</>;
}
