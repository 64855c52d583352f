/** Values to filter by, with counts; the long tail is folded. */
import { TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { Button } from "../../ui";
import { shortCount } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import css from "./data.module.css";
import type { Option } from "./questionText";

const SHORT = 8;
/** Up to here the list is shown whole: folding two lines away helps nobody. */
const WHOLE = 12;
/** So many are shown when unfolded; the box above them finds the rest. */
const LONG = 200;
const SEARCH_FROM = 20;

export interface FacetProps {
  text: string;
  hint?: string;
  pressed: boolean;
  n?: number;
  icon?: ReactNode;
  onClick(): void;
}

export function Facet({ text, hint, pressed, n, icon, onClick }: FacetProps) {
  return (
    <button type="button" className={css.facet} aria-pressed={pressed} data-none={n === 0 || undefined} onClick={onClick} title={hint ?? text}>
      {icon}
      <span className={`${layout.grow} ${layout.cut}`} dir="auto">{text}</span>
      <span>{n === undefined ? "" : shortCount(n)}</span>
    </button>
  );
}

export interface FacetOption extends Option {
  n: number;
}

/** Options of a question with their counts, in its order; then answers that it does not know (any more), the most frequent first. */
export function withCounts(options: readonly Option[], counts: Record<string, number>): FacetOption[] {
  const known = new Set(options.map((option) => option.value));
  const others = Object.entries(counts).filter(([value]) => !known.has(value)).sort((a, b) => b[1] - a[1]);
  return [
    ...options.map((option) => ({ ...option, n: counts[option.value] ?? 0 })),
    ...others.map(([value, n]) => ({ value, title: value, hint: value, n })),
  ];
}

export interface FacetListProps {
  title: string;
  options: readonly FacetOption[];
  value: string | null;
  onChange(value: string | null): void;
}

export function FacetList({ title, options, value, onChange }: FacetListProps) {
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const all = value === null || options.some((one) => one.value === value) ? options : [{ value, title: value, hint: value, n: 0 }, ...options];
  const shown = open ? found(all, typed).slice(0, LONG) : folded(all, value);
  return (
    <fieldset>
      <legend>
        <span className={layout.cut} title={title}>{title}</span>
      </legend>
      {open && all.length >= SEARCH_FROM ? (
        <TextInput size="xs" mb={4} aria-label={`Find in ${title}`} placeholder="Find" value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
      ) : null}
      {shown.map((one) => (
        <Facet
          key={one.value} text={one.title} hint={one.hint} n={one.n} pressed={value === one.value}
          onClick={() => onChange(value === one.value ? null : one.value)}
        />
      ))}
      {all.length === 0 ? <p className={layout.help}>None yet</p> : null}
      {all.length > WHOLE ? (
        <Button size="small" kind="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? "Fewer" : `${all.length - shown.length} more`}
        </Button>
      ) : null}
    </fieldset>
  );
}

/** The few that are shown at first: those with a count before those without, the chosen one in any case, all in their order. */
function folded(all: readonly FacetOption[], value: string | null): readonly FacetOption[] {
  if (all.length <= WHOLE) return all;
  const ranked = [...all].sort((a, b) => Number(b.value === value) - Number(a.value === value) || Number(b.n > 0) - Number(a.n > 0));
  const chosen = new Set(ranked.slice(0, SHORT));
  return all.filter((one) => chosen.has(one));
}

function found(all: readonly FacetOption[], typed: string): FacetOption[] {
  const wanted = typed.trim().toLowerCase();
  return all.filter((one) => one.title.toLowerCase().includes(wanted) || one.value.toLowerCase().includes(wanted));
}
