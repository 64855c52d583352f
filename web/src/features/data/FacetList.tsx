/** Values to filter by, with counts; the long tail is folded. */
import { useState, type ReactNode } from "react";
import { Button } from "../../ui";
import { shortCount } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import css from "./data.module.css";

const SHORT = 8;

export interface FacetProps {
  text: string;
  pressed: boolean;
  n?: number;
  icon?: ReactNode;
  onClick(): void;
}

export function Facet({ text, pressed, n, icon, onClick }: FacetProps) {
  return (
    <button type="button" className={css.facet} aria-pressed={pressed} onClick={onClick} title={text}>
      {icon}
      <span className={`${layout.grow} ${layout.cut}`}>{text}</span>
      <span>{n === undefined ? "" : shortCount(n)}</span>
    </button>
  );
}

export interface FacetListProps {
  title: string;
  counts: Record<string, number>;
  value: string | null;
  onChange(value: string | null): void;
}

export function FacetList({ title, counts, value, onChange }: FacetListProps) {
  const [open, setOpen] = useState(false);
  const all = Object.entries(counts).sort((a, b) => b[1] - a[1]);
  if (value !== null && !(value in counts)) all.unshift([value, 0]);
  const shown = open ? all.slice(0, 500) : all.filter(([name], at) => at < SHORT || name === value);
  return (
    <fieldset>
      <legend>
        <span className={layout.cut}>{title}</span>
      </legend>
      {shown.map(([name, n]) => (
        <Facet key={name} text={name} n={n} pressed={value === name} onClick={() => onChange(value === name ? null : name)} />
      ))}
      {all.length === 0 ? <p className={layout.help}>None yet</p> : null}
      {all.length > SHORT ? (
        <Button size="small" kind="quiet" onClick={() => setOpen(!open)}>
          {open ? "Fewer" : `${all.length - SHORT} more`}
        </Button>
      ) : null}
    </fieldset>
  );
}
