/** Criteria by scale: a digit scores the criterion in focus, and the next one without a score comes into focus. */
import { useRef } from "react";
import { score as scoreText } from "../../ui/format";
import { usePlace } from "../into-view";
import { Cap, labelCommandId } from "../keycaps";
import { useCommands } from "../labels/label-commands";
import { visibleSuggestions } from "../labels/label-set";
import type { Command, Place, TaskWidget, WidgetProps } from "../types";
import { pointed } from "../../lib/pointed";
import { criteriaOf, isScores, keyOf, nextOpen, type Criterion, type Scores } from "./rubric";
import css from "./rubric.module.css";
import { Settings } from "./Settings";

const NONE: Scores = {};

function Editor(props: WidgetProps<Scores>) {
  const { question, value = NONE, onChange, onComplete, onActivate, readOnly } = props;
  const criteria = criteriaOf(question);
  const frame = useRef<HTMLDivElement>(null);
  const [at, setAt] = usePlace(frame, () => Math.max(0, criteria.findIndex((one) => !(one.name in value))), (row) => `[data-row="${row}"]`);
  const group = question.title ?? question.name;
  const partial = question.config.partial === true;
  const current = criteria[at];
  const give = (of: number, score: number | null) => {
    const one = criteria[of];
    if (!one || readOnly) return;
    const { [one.name]: _before, ...rest } = value;
    const next = score === null ? rest : { ...rest, [one.name]: score };
    if (value[one.name] !== score) onChange(Object.keys(next).length === 0 ? undefined : next, { label: score === null ? `${one.title} without a score` : `${one.title}: ${score}` });
    setAt(score === null ? of : nextOpen(criteria, next, of));
  };
  const focus = (next: number) => setAt((next + criteria.length) % Math.max(1, criteria.length));
  const scored = criteria.filter((one) => one.name in value).length;
  const complete = partial ? scored > 0 : scored === criteria.length;
  const command = (id: string, title: string, keys: string[], run: () => void, more: Partial<Command> = {}): Command => ({
    id: labelCommandId(question, id), title, keys, group, scope: "label", run, ...more,
  }); // prettier-ignore
  useCommands(props, [
    ...(current?.levels ?? []).flatMap((level, i) => {
      const key = keyOf(current!.levels, i);
      return key === null ? [] : [command(`level.${i}`, `${current!.title}: ${level.score}`, [key], () => give(at, level.score))];
    }),
    command("next", "Next criterion", ["J"], () => focus(at + 1), { scope: "tool" }),
    command("previous", "Previous criterion", ["K"], () => focus(at - 1), { scope: "tool" }),
    command("clear", "Take the score away", ["Backspace"], () => give(at, null), { enabled: current !== undefined && current.name in value }),
    command("done", "Done", ["Enter"], onComplete, { enabled: complete, hidden: true }),
  ]);
  const suggestion = visibleSuggestions(props.suggestions, props.rejected, props.minScore).find((s) => isScores(s.value));
  return (
    <div className={css.grid} ref={frame} onFocus={onActivate} onPointerDown={onActivate} data-quiet={!props.active || undefined}>
      {criteria.map((one, i) => (
        <Row
          key={one.name} criterion={one} place={i} score={value[one.name]} current={props.active && i === at} readOnly={readOnly}
          suggested={(suggestion?.value as Scores | undefined)?.[one.name]} sure={suggestion?.score ?? null} question={question.name}
          onPoint={() => setAt(i)} onPick={(score) => give(i, score)}
        />
      ))}
      <p className={css.foot} role="status">
        {scored} of {criteria.length} scored{partial && scored < criteria.length ? "; what does not apply may stay open" : ""}.{" "}
        <span><Cap id={labelCommandId(question, "next")} of="J" /> <Cap id={labelCommandId(question, "previous")} of="K" /> to step</span>
      </p>
    </div>
  );
}

interface RowProps {
  criterion: Criterion;
  place: number;
  score: number | undefined;
  current: boolean;
  readOnly: boolean;
  suggested: number | undefined;
  sure: number | null;
  question: string;
  onPoint(): void;
  onPick(score: number | null): void;
}

function Row({ criterion, place, score, current, readOnly, suggested, sure, question, onPoint, onPick }: RowProps) {
  const worded = criterion.levels.some((level) => level.description !== "");
  return (
    <section className={css.row} data-row={place} data-current={current || undefined} data-done={score !== undefined || undefined} aria-current={current || undefined} onClick={(event) => pointed(event) && onPoint()} aria-label={criterion.title}>
      <header>
        <h3>{criterion.title}{criterion.weight !== 1 ? <small title="How much it counts">×{criterion.weight}</small> : null}</h3>
        {criterion.description ? <p>{criterion.description}</p> : null}
      </header>
      <div className={css.levels} role="radiogroup" aria-label={`Score for ${criterion.title}`} data-worded={worded || undefined}>
        {criterion.levels.map((level, i) => {
          const offered = suggested === level.score && score !== level.score;
          return (
            <button
              key={level.score} type="button" role="radio" className={css.level} aria-checked={score === level.score} disabled={readOnly} data-suggested={offered || undefined}
              aria-label={level.description ? `${level.score}: ${level.description}` : String(level.score)} onClick={() => onPick(score === level.score ? null : level.score)}
            >
              <span className={css.score}>
                <strong>{level.score}</strong>
                {offered ? <small><span className="visually-hidden">suggested </span>{sure === null ? "model" : scoreText(sure)}</small> : null}
                {current && keyOf(criterion.levels, i) !== String(level.score) ? <Cap id={`label.${question}.level.${i}`} of={keyOf(criterion.levels, i)} /> : null}
              </span>
              {worded ? <span className={css.words}>{level.description}</span> : null}
            </button>
          );
        })}
      </div>
    </section>
  );
}

function problem(value: Scores, { question }: Place): string | null {
  const open = criteriaOf(question).filter((one) => !(one.name in value));
  if (open.length === 0 || question.config.partial === true) return null;
  return `“${open[0]!.title}” has no score yet.`;
}

function View({ question, value }: { question: { config: Record<string, unknown> } & Parameters<typeof criteriaOf>[0]; value: Scores }) {
  const titles = new Map(criteriaOf(question).map((one) => [one.name, one.title]));
  return <span>{Object.entries(value).map(([name, score]) => `${titles.get(name) ?? name} ${score}`).join(" · ")}</span>;
}

export const widget: TaskWidget<Scores> = {
  type: "rubric_grid",
  place: "page",
  Editor,
  View,
  Settings,
  parts: (s) => (isScores(s.value) ? [{ key: String(s.id), score: s.score, title: Object.entries(s.value).map(([name, score]) => `${name} ${score}`).join(", "), part: s.value }] : []),
  accept: (value, [part]) => (isScores(part) ? { ...value, ...part } : (value as Scores)),
  holds: (value, part) => value !== undefined && isScores(part) && Object.entries(part).every(([name, score]) => value[name] === score),
  isEmpty: (value) => !value || Object.keys(value).length === 0,
  problem,
};
