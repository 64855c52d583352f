/** A label as a small chip: solid where a person decided, dashed with its confidence where a model suggests. */
import type { CSSProperties } from "react";
import type { Label } from "../api/types";
import { score as scoreText } from "./format";
import { labelColor } from "./labelColor";
import css from "./ui.module.css";

export interface LabelChipProps {
  label: Pick<Label, "value" | "title" | "color">;
  /** Place in the label list; picks the palette colour where the label has none. */
  index?: number;
  variant?: "solid" | "dashed";
  score?: number | null;
}

export function LabelChip({ label, index = 0, variant = "solid", score }: LabelChipProps) {
  const style = { "--chip": labelColor(label, index) } as CSSProperties;
  const text = label.title ?? label.value;
  return (
    <span className={css.chip} data-variant={variant} style={style} title={variant === "dashed" ? `${text} (suggested)` : text}>
      <i aria-hidden />
      <span>{text}</span>
      {score !== undefined && score !== null ? <small>{scoreText(score)}</small> : null}
    </span>
  );
}
