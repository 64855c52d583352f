/** Progress as a thin bar, and a value with its interval drawn. */
import css from "./ui.module.css";
import { percent } from "./format";

export interface BarPart {
  n: number;
  color: string;
  title: string;
}

/** A stacked progress bar. `total` null: busy, length unknown. */
export function Bar({ parts, total, label }: { parts: BarPart[]; total: number | null; label: string }) {
  const done = parts.reduce((sum, part) => sum + part.n, 0);
  return (
    <div
      className={css.bar}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total ?? undefined}
      aria-valuenow={total === null ? undefined : done}
      data-busy={total === null || undefined}
    >
      {parts.map((part) => (
        <span
          key={part.title}
          title={part.title}
          style={{ background: part.color, width: total ? `${(100 * part.n) / total}%` : undefined }}
        />
      ))}
    </div>
  );
}

export interface IntervalProps {
  /** All in 0..1. */
  value: number;
  low: number;
  high: number;
  /** Confidence level of the interval, for the text. */
  level?: number;
}

/** A share with its interval on a line from 0 to 1: a dot for the value, a band for the doubt. */
export function Interval({ value, low, high, level = 0.95 }: IntervalProps) {
  const text = `${percent(value)}, ${percent(level)} interval ${percent(low)} to ${percent(high)}`;
  return (
    <svg className={css.interval} role="img" aria-label={text}>
      <title>{text}</title>
      <line x1="0" x2="100%" y1="9" y2="9" stroke="var(--border)" strokeWidth="2" />
      <line x1={`${low * 100}%`} x2={`${high * 100}%`} y1="9" y2="9" stroke="var(--accent)" strokeOpacity="0.45" strokeWidth="6" />
      <circle cx={`${value * 100}%`} cy="9" r="5" fill="var(--accent)" stroke="var(--surface)" strokeWidth="1.5" />
    </svg>
  );
}
