/** The types of relations that fit two ends, in the place of the labels while a relation is drawn or selected. */
import type { CSSProperties } from "react";
import { Cap } from "../keycaps";
import labels from "../labels/labels.module.css";
import type { LinkType } from "./links";

export interface TypeStripProps {
  /** Those that can be chosen now. */
  types: readonly LinkType[];
  /** The others, shown so that nothing moves. */
  others: readonly LinkType[];
  chosen: string | null;
  readOnly: boolean;
  onPick(type: LinkType): void;
}

export function TypeStrip({ types, others, chosen, readOnly, onPick }: TypeStripProps) {
  return (
    <div className={labels.strip} role="group" aria-label="Types of relations">
      {[...types, ...others].map((type, i) => (
        <button
          key={type.value} type="button" className={labels.stripLabel} aria-pressed={type.value === chosen} disabled={readOnly || i >= types.length} title={type.description ?? type.title}
          style={{ "--label": type.color } as CSSProperties} onMouseDown={(event) => event.preventDefault()} onClick={() => onPick(type)}
        >
          <i aria-hidden />
          <span>{type.title}{type.kind === "directed" ? " →" : ""}</span>
          {i < types.length && i < 10 ? <Cap id={`relations.type-${type.value}`} of={String((i + 1) % 10)} /> : null}
        </button>
      ))}
    </div>
  );
}
