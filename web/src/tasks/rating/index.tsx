/** A number on a scale: one button per step, digits decide. */
import type { CSSProperties } from "react";
import type { Question } from "../../api/types";
import { Kbd } from "../../ui";
import { score as scoreText } from "../../ui/format";
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
    id: `label.${question.name}.${step.score}`, title: step.caption ? `${step.score}: ${step.caption}` : String(step.score),
    keys: [step.key], group, scope: "label", run: () => pick(step.score),
  }])));
  const captioned = steps.some((step) => step.caption);
  return (
    <div className={css.scale} role="radiogroup" aria-label={group} data-captioned={captioned || undefined} onFocus={onActivate} onPointerDown={onActivate} style={{ "--steps": steps.length } as CSSProperties}>
      {steps.map((step) => {
        const score = suggested.get(String(step.score));
        return (
          <button
            key={step.score} type="button" role="radio" aria-checked={step.score === value} className={css.step} disabled={readOnly}
            data-suggested={(score !== undefined && step.score !== value) || undefined} onClick={() => pick(step.score)}
          >
            {step.key === String(step.score) ? <Kbd>{step.key}</Kbd> : <strong>{step.score}</strong>}
            {step.caption ? <span className={css.caption}>{step.caption}</span> : null}
            {score !== undefined ? <small><span className="visually-hidden">suggested </span>{scoreText(score)}</small> : null}
            {step.key !== null && step.key !== String(step.score) ? <Kbd>{step.key}</Kbd> : null}
          </button>
        );
      })}
    </div>
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
  accept: (value, part) => (typeof part === "number" ? part : (value as number)),
  holds: (value, part) => value === part,
  isEmpty: (value) => typeof value !== "number",
};
