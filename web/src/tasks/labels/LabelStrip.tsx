/** The labels as a strip of chips over a text or an image: which one is armed, and which keys choose them. */
import { useState, type CSSProperties, type Ref } from "react";
import type { Question } from "../../api/types";
import { count } from "../../ui/format";
import { Cap, labelCommandId } from "../keycaps";
import { FILTER_FROM } from "./label-commands";
import { filterLabels, type LabelEntry } from "./label-set";
import css from "./labels.module.css";

export interface LabelStripProps {
  question: Question;
  /** Its keys act now. */
  active: boolean;
  labels: readonly LabelEntry[];
  armed: string | null;
  readOnly: boolean;
  onPick(label: LabelEntry): void;
  filterRef?: Ref<HTMLInputElement>;
}

/** At most this many chips; the rest is found by typing. */
const SHOWN = 40;

export function LabelStrip({ question, active, labels, armed, readOnly, onPick, filterRef }: LabelStripProps) {
  const [typed, setTyped] = useState("");
  const found = filterLabels(labels, typed);
  const shown = found.slice(0, SHOWN);
  const take = (label: LabelEntry | undefined) => {
    if (label) onPick(label);
    setTyped("");
  };
  return (
    <div className={css.strip} role="group" aria-label="Labels" data-quiet={!active || undefined} title={active ? undefined : "The keys act for another question now. Click here to use them."}>
      {labels.length >= FILTER_FROM ? (
        <label className={`${css.filter} ${css.stripFilter}`}>
          <input
            ref={filterRef} value={typed} placeholder={`Find among ${count(labels.length)}`} aria-label="Find a label. Enter takes the first."
            spellCheck={false} autoComplete="off" onChange={(e) => setTyped(e.target.value)}
            onKeyDown={(event) => {
              if (event.nativeEvent.isComposing || (event.key !== "Enter" && event.key !== "Escape") || event.ctrlKey || event.metaKey) return;
              event.preventDefault();
              event.stopPropagation();
              take(event.key === "Enter" ? found[0] : undefined);
              event.currentTarget.blur();
            }}
          />
          {typed ? <span>{count(found.length)}</span> : <Cap id={labelCommandId(question, "filter")} of="L" />}
        </label>
      ) : null}
      {shown.map((label) => (
        <button
          key={label.value} type="button" className={css.stripLabel} data-label={label.value} aria-pressed={label.value === armed} disabled={readOnly}
          style={{ "--label": label.color } as CSSProperties} title={label.title}
          onMouseDown={(event) => event.preventDefault()} onClick={() => take(label)}
        >
          <i aria-hidden />
          <span>{label.title}</span>
          <Cap id={labelCommandId(question, label.value)} of={label.key} />
        </button>
      ))}
      {found.length > SHOWN ? <span className="dim">{count(found.length - SHOWN)} more: type to find them</span> : null}
    </div>
  );
}
