/** How confident the model is over all open items, with the minimum drawn into it: overall, and per label. */
import { useState, type CSSProperties } from "react";
import type { Histogram, Question } from "../../api/types";
import { Button, Skeleton } from "../../ui";
import { count, score as scoreText } from "../../ui/format";
import css from "./bulk.module.css";
import { labelLook } from "./labels";

interface HistogramProps {
  data: Histogram | undefined;
  question: Question | undefined;
  least: number;
  perLabel: Readonly<Record<string, number>>;
  byLabel: Readonly<Record<string, number>>;
  onLeast(value: number): void;
  onLabel(label: string, value: number | null): void;
}

export function ScoreHistogram({ data, question, least, perLabel, byLabel, onLeast, onLabel }: HistogramProps) {
  const [open, setOpen] = useState(false);
  if (!data) return <Skeleton height={110} />;
  const most = Math.max(1, ...data.bins.map((b) => b.n));
  const labels = Object.entries(data.labels).sort((a, b) => b[1].n - a[1].n);
  return (
    <div>
      <div className={css.bars} aria-hidden>
        {data.bins.map((bin) => <span key={bin.low} data-in={bin.low >= least - 1e-9 || undefined} title={`${scoreText(bin.low)} to ${scoreText(bin.high)}: ${count(bin.n)}`} style={{ height: `${(100 * bin.n) / most}%`, minHeight: bin.n > 0 ? 2 : 0 }} />)}
      </div>
      <div className={css.slider}>
        <input type="range" min={0} max={1} step={0.01} value={least} aria-label="Minimum confidence" aria-valuetext={scoreText(least)} onChange={(event) => onLeast(Number(event.target.value))} />
        <output>{scoreText(least)}</output>
      </div>
      {labels.length > 1 ? <Button size="small" kind="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>{open ? "One minimum for all labels" : "A minimum per label"}</Button> : null}
      {open ? (
        <ul className={css.labels}>
          {labels.slice(0, 40).map(([label, { bins }]) => {
            const look = question ? labelLook(question, label) : { title: label, color: "var(--suggest)" };
            const value = perLabel[label] ?? least;
            return (
              <li key={label} style={{ "--label": look.color } as CSSProperties}>
                <span className={css.name} title={look.title}><i aria-hidden />{look.title}</span>
                <Spark bins={bins} least={value} />
                <input type="range" min={0} max={1} step={0.01} value={value} aria-label={`Minimum confidence for ${look.title}`} onChange={(event) => onLabel(label, Number(event.target.value))} />
                <output data-own={label in perLabel || undefined}>{scoreText(value)}</output>
                <span className={css.n}>{count(byLabel[label] ?? 0)}</span>
              </li>
            );
          })}
        </ul>
      ) : null}
    </div>
  );
}

function Spark({ bins, least }: { bins: readonly number[]; least: number }) {
  const most = Math.max(1, ...bins);
  return (
    <span className={css.spark} aria-hidden>
      {bins.map((n, i) => <span key={i} data-in={i / bins.length >= least - 1e-9 || undefined} style={{ height: `${(100 * n) / most}%`, minHeight: n > 0 ? 1 : 0 }} />)}
    </span>
  );
}
