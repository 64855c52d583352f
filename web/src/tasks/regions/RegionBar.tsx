/** The line over a text or an image that says what is selected and what can be done with it. Its place never changes. */
import type { CSSProperties, ReactNode } from "react";
import { Button } from "../../ui";
import { score as scoreText } from "../../ui/format";
import css from "./regions.module.css";

export interface RegionBarProps {
  /** What to do while nothing is selected. */
  hint: ReactNode;
  selected: { title: string; color: string; detail: string; suggested: { score: number | null; source: string } | null } | null;
  readOnly: boolean;
  onAccept(): void;
  onReject(): void;
  onRemove(): void;
}

export function RegionBar({ hint, selected, readOnly, onAccept, onReject, onRemove }: RegionBarProps) {
  return (
    <div className={css.bar}>
      <div className={css.what} role="status">
        {selected ? (
          <>
            <i style={{ "--label": selected.color } as CSSProperties} data-dashed={selected.suggested !== null || undefined} aria-hidden />
            <strong>{selected.title}</strong>
            <span className={css.detail}>{selected.detail}</span>
            {selected.suggested ? <span className={css.source}>suggested by {selected.suggested.source} {scoreText(selected.suggested.score)}</span> : null}
          </>
        ) : <span className={css.detail}>{hint}</span>}
      </div>
      {selected && !readOnly ? (
        selected.suggested ? (
          <>
            <Button size="small" keys="A" onClick={onAccept}>Accept</Button>
            <Button size="small" kind="quiet" keys="R" onClick={onReject}>Reject</Button>
          </>
        ) : <Button size="small" kind="quiet" keys="Del" onClick={onRemove}>Remove</Button>
      ) : null}
    </div>
  );
}
