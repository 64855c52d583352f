/** The line over a text or an image that says what is selected and what can be done with it. Its place never changes. */
import { useContext, type CSSProperties, type ReactNode } from "react";
import { Button } from "../../ui";
import { score as scoreText } from "../../ui/format";
import { KeyCaps } from "../keycaps";
import css from "./regions.module.css";

export interface RegionBarProps {
  /** What the ids of the widget's commands begin with. */
  commands: string;
  /** What to do while nothing is selected. */
  hint: ReactNode;
  selected: { title: string; color: string; detail: string; suggested: { score: number | null; source: string } | null } | null;
  readOnly: boolean;
  /** What can be done with a shape that is being drawn; while there is one, nothing is said of what is selected. */
  drawing?: ReactNode;
  /** More that can be done with what is selected. */
  more?: ReactNode;
  onAccept(): void;
  onReject(): void;
  /** null: nothing of it can be removed. */
  onRemove: (() => void) | null;
}

export function RegionBar({ commands, hint, readOnly, drawing, more, onAccept, onReject, onRemove, ...props }: RegionBarProps) {
  const caps = useContext(KeyCaps);
  const selected = drawing ? null : props.selected;
  const cap = (name: string, key: string) => caps(`${commands}.${name}`, key) ?? undefined;
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
            <Button size="small" keys={cap("accept", "A")} onClick={onAccept}>Accept</Button>
            <Button size="small" kind="quiet" keys={cap("reject", "R")} onClick={onReject}>Reject</Button>
          </>
        ) : <>{more}{onRemove ? <Button size="small" kind="quiet" keys={cap("remove", "Del")} onClick={onRemove}>Remove</Button> : null}</>
      ) : drawing}
    </div>
  );
}
