/** A number on a scale: one button per step, digits decide. */
import type { CSSProperties } from "react";
import type { Question } from "../../api/types";
import { Kbd } from "../../ui";
import { score as scoreText } from "../../ui/format";
import { Cap, labelCommandId } from "../keycaps";
import { useCommands } from "../labels/label-commands";
import { scoresByValue, visibleSuggestions } from "../labels/label-set";
import type { Command, TaskWidget, WidgetProps } from "../types";
import css from "./rating.module.css";

export interface Step {
  score: number;
  caption: string | null;
  /** The digit that chooses it; none beyond ten steps. */
  key: string | null;
}

/** The steps of a rating question. Captions may be a list in order or a map by score. */
export function stepsOf(question: Question): Step[] {
  const { config } = question;
  const min = typeof config.min === "number" ? config.min : 1;
  const max = typeof config.max === "number" ? config.max : 5;
  return Array.from({ length: Math.max(0, max - min + 1) }, (_, i) => ({
    score: min + i,
    caption: captionOf(config.labels ?? config.captions, min + i, i),
    key: keyOf(min + i, min),
  }));
}

function captionOf(captions: unknown, score: number, index: number): string | null {
  if (captions === null || typeof captions !== "object") return null;
  const found: unknown = Array.isArray(captions) ? captions[index] : (captions as Record<string, unknown>)[String(score)];
  if (typeof found === "string") return found;
  const entry = found as { title?: unknown; value?: unknown } | null | undefined;
  return typeof entry?.title === "string" ? entry.title : null;
}

function keyOf(score: number, min: number): string | null {
  if (score >= 0 && score <= 9) return String(score);
  return score === 10 && min >= 1 ? "0" : null;
}

const asValues = (value: unknown): string[] => (typeof value === "number" ? [String(value)] : []);

function Editor(props: WidgetProps<number>) {
  const { question, value, onChange, onComplete, onActivate, readOnly } = props;
  const steps = stepsOf(question);
  const group = question.title ?? question.name;
  const suggested = scoresByValue(visibleSuggestions(props.suggestions, props.rejected, props.minScore), asValues);
  const pick = (score: number) => {
    if (readOnly) return;
    if (score !== value) onChange(score, { label: `rate ${score}` });
    onComplete();
  };
  useCommands(props, steps.flatMap((step): Command[] => (step.key === null ? [] : [{
    id: labelCommandId(question, step.score), title: step.caption ? `${step.score}: ${step.caption}` : String(step.score),
    keys: [step.key], group, scope: "label", run: () => pick(step.score),
  }])));
  const captions = steps.filter((step) => step.caption !== null);
  const listed = captions.length > 0 && (captions.length > 2 || captions.length === steps.length);
  return (
    <div onFocus={onActivate} onPointerDown={onActivate} data-quiet={!props.active || undefined}>
      <div className={css.scale} role="radiogroup" aria-label={group} data-listed={listed || undefined} style={{ "--columns": columnsFor(steps.length) } as CSSProperties}>
        {steps.map((step) => {
          const score = suggested.get(String(step.score));
          return (
            <button
              key={step.score} type="button" role="radio" aria-checked={step.score === value} className={css.step} disabled={readOnly} title={step.caption ?? undefined}
              aria-label={step.caption ? `${step.score}: ${step.caption}` : String(step.score)}
              data-suggested={(score !== undefined && step.score !== value) || undefined} onClick={() => pick(step.score)}
            >
              <strong>{step.score}</strong>
              {listed ? <span className={css.caption}>{step.caption}</span> : null}
              {score !== undefined ? <small><span className="visually-hidden">suggested </span>{scoreText(score)}</small> : null}
              {listed || step.key !== String(step.score) ? <Cap id={labelCommandId(question, step.score)} of={step.key} /> : null}
            </button>
          );
        })}
      </div>
      {captions.length > 0 && !listed ? <Ends captions={captions} last={steps.at(-1)?.score} /> : null}
      {listed ? null : <p className={css.keys}><Kbd>{steps[0]?.key ?? ""}</Kbd> to <Kbd>{steps.findLast((step) => step.key !== null)?.key ?? ""}</Kbd> decide</p>}
    </div>
  );
}

/** Up to seven stand in one row, more in two. */
const columnsFor = (n: number): number => (n <= 7 ? n : Math.ceil(n / 2));

/** What the numbers at the ends mean, under them. */
function Ends({ captions, last }: { captions: readonly Step[]; last: number | undefined }) {
  return (
    <p className={css.ends}>
      {captions.map((step) => <span key={step.score} data-last={step.score === last || undefined}>{step.score} {step.caption}</span>)}
    </p>
  );
}

function View({ question, value }: { question: Question; value: number }) {
  const step = stepsOf(question).find((s) => s.score === value);
  return <span>{step?.caption ? `${value} · ${step.caption}` : String(value)}</span>;
}

export const widget: TaskWidget<number> = {
  type: "rating",
  place: "form",
  Editor,
  View,
  parts: (s) => (typeof s.value === "number" ? [{ key: String(s.id), score: s.score, title: String(s.value), part: s.value }] : []),
  accept: (value, [part]) => (typeof part === "number" ? part : (value as number)),
  holds: (value, part) => value === part,
  isEmpty: (value) => typeof value !== "number",
};
