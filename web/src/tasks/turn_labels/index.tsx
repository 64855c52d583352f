/** Labels or ratings on the turns of a conversation and the steps in them: a digit marks what is in focus, and the next open one comes into focus. */
import { useRef, type CSSProperties } from "react";
import type { Question } from "../../api/types";
import { ChatView } from "../../media/ChatView";
import { Note } from "../../ui";
import { score as scoreText } from "../../ui/format";
import { usePlace } from "../into-view";
import { Cap, labelCommandId } from "../keycaps";
import { useCommands } from "../labels/label-commands";
import { entryOf, labelsOf, visibleSuggestions } from "../labels/label-set";
import type { Command, Place, TaskWidget, WidgetProps } from "../types";
import css from "./marks.module.css";
import { askedSpots, isMarks, isRated, nextOpen, sameMark, sameSpot, sorted, spotName, stepsOf, toggled, turnsOf, type Mark, type Spot } from "./marks";
import { Settings } from "./Settings";

const NONE: Mark[] = [];

interface Choice {
  id: string;
  title: string;
  key: string | null;
  color: string | null;
  mark: Omit<Mark, "turn" | "step">;
}

function choicesOf(question: Question): Choice[] {
  if (isRated(question)) return stepsOf(question).map((step, i) => ({ id: `rating.${step}`, title: String(step), key: step >= 0 && step <= 9 ? String(step) : i < 9 ? String(i + 1) : null, color: null, mark: { rating: step } }));
  return labelsOf(question).map((label) => ({ id: label.value, title: label.title, key: label.key, color: label.color, mark: { label: label.value } }));
}

function Editor(props: WidgetProps<Mark[]>) {
  const { question, item, value = NONE, onChange, onComplete, onActivate, readOnly } = props;
  const turns = turnsOf(question, item);
  const asked = askedSpots(question, turns);
  const frame = useRef<HTMLDivElement>(null);
  const [at, setAt] = usePlace(frame, () => nextOpen(asked, value, -1), (place) => finder(asked[place]));
  const spot = asked[at];
  const placeOf = (turn: number, step?: number) => asked.findIndex((one) => sameSpot(one, { turn, step } as Spot));
  const choices = choicesOf(question);
  const multiple = question.config.multiple === true;
  const group = question.title ?? question.name;
  const marked = asked.filter((one) => value.some((mark) => sameSpot(mark, one))).length;
  const done = question.config.every === false || marked === asked.length;
  const pick = (place: number, choice: Choice) => {
    const there = asked[place];
    if (readOnly || !there) return;
    const next = toggled(value, { ...there, ...choice.mark }, multiple);
    onChange(next.length === 0 ? undefined : next, { label: `${choice.title} on ${spotName(there)}` });
    setAt(multiple || next.length < value.length ? place : nextOpen(asked, next, place));
  };
  const step = (by: 1 | -1) => setAt((at + by + asked.length) % asked.length);
  const command = (id: string, title: string, keys: string[], run: () => void, more: Partial<Command> = {}): Command => ({
    id: labelCommandId(question, id), title, keys, group, scope: "label", run, ...more,
  }); // prettier-ignore
  useCommands(props, [
    ...choices.flatMap((choice) => (choice.key === null ? [] : [command(choice.id, choice.title, [choice.key], () => pick(at, choice))])),
    command("next", "Next one", ["J"], () => step(1), { scope: "tool", enabled: asked.length > 1 }),
    command("previous", "Previous one", ["K"], () => step(-1), { scope: "tool", enabled: asked.length > 1 }),
    command("clear", "Take its marks away", ["Backspace"], () => spot && onChange(without(value, spot), { label: `clear ${spotName(spot)}` }), { enabled: spot !== undefined && value.some((mark) => sameSpot(mark, spot)) }),
    command("done", "Done", ["Enter"], onComplete, { enabled: done && marked > 0, hidden: true }),
  ]);
  if (turns.length === 0) return <Note tone="warn">This item has no conversation in “{question.field}”. Skip it (S), or flag it (F).</Note>;
  const suggestion = visibleSuggestions(props.suggestions, props.rejected, props.minScore).find((s) => isMarks(s.value));
  const offered = (suggestion?.value as Mark[] | undefined) ?? NONE;
  return (
    <div ref={frame} onFocus={onActivate} onPointerDown={onActivate} data-quiet={!props.active || undefined}>
      <ChatView
        turns={turns} current={props.active ? spot?.turn : undefined} currentStep={props.active ? spot?.step : undefined}
        onPoint={(turn, inside) => { const place = placeOf(turn, inside); if (place >= 0) setAt(place); }}
        under={(_, turn, inside) => { const place = placeOf(turn, inside); return place >= 0 ? (
          <div className={css.marks} role={multiple ? "group" : "radiogroup"} aria-label={`${group}, ${spotName(asked[place]!)}`} data-current={place === at || undefined}>
            {choices.map((choice) => {
              const mark = { ...asked[place]!, ...choice.mark };
              const on = value.some((one) => sameMark(one, mark));
              const suggested = !on && offered.some((one) => sameMark(one, mark));
              return (
                <button
                  key={choice.id} type="button" role={multiple ? "checkbox" : "radio"} aria-checked={on} disabled={readOnly} className={css.mark} data-suggested={suggested || undefined}
                  style={choice.color ? ({ "--label": choice.color } as CSSProperties) : undefined} onClick={() => pick(place, choice)}
                >
                  {choice.color ? <i aria-hidden /> : null}
                  <span>{choice.title}</span>
                  {suggested && suggestion ? <small><span className="visually-hidden">suggested </span>{suggestion.score === null ? "model" : scoreText(suggestion.score)}</small> : null}
                  {place === at && choice.key !== choice.title ? <Cap id={labelCommandId(question, choice.id)} of={choice.key} /> : null}
                </button>
              );
            })}
          </div>
        ) : null; }}
      />
      <p className={css.foot} role="status">
        {marked} of {asked.length} {question.config.steps === true ? "turns and steps" : "turns"} marked. <span><Cap id={labelCommandId(question, "next")} of="J" /> <Cap id={labelCommandId(question, "previous")} of="K" /> to step</span>
      </p>
    </div>
  );
}

/** Where a turn, or a step in it, stands on the page. */
const finder = (spot: Spot | undefined): string => `[data-turn="${spot?.turn ?? -1}"]${spot?.step === undefined ? "" : ` [data-step="${spot.step}"]`}`;

function without(marks: readonly Mark[], spot: Spot): Mark[] | undefined {
  const rest = marks.filter((mark) => !sameSpot(mark, spot));
  return rest.length === 0 ? undefined : rest;
}

function problem(value: Mark[], { item, question }: Place): string | null {
  if (question.config.every === false) return null;
  const open = askedSpots(question, turnsOf(question, item)).find((spot) => !value.some((mark) => sameSpot(mark, spot)));
  if (!open) return null;
  const name = spotName(open);
  return `${name[0]!.toUpperCase()}${name.slice(1)} has no mark yet.`;
}

function View({ question, value }: { question: Question; value: Mark[] }) {
  const labels = labelsOf(question);
  const text = (mark: Mark) => `${mark.turn + 1}${mark.step === undefined ? "" : `.${mark.step + 1}`}: ${mark.label === undefined ? mark.rating : entryOf(labels, mark.label).title}`;
  return <span>{value.length === 0 ? "no marks" : value.map(text).join(" · ")}</span>;
}

export const widget: TaskWidget<Mark[]> = {
  type: "turn_labels",
  place: "page",
  Editor,
  View,
  Settings,
  covers: (question) => (question.field ? [question.field] : []),
  nothing: (question) => (question.config.every === false ? [] : undefined),
  parts: (s) => (isMarks(s.value) ? s.value.map((mark, i) => ({ key: `${s.id}:${i}`, score: s.score, title: mark.label ?? String(mark.rating), part: mark })) : []),
  accept: (value, parts, question) => parts.filter((part): part is Mark => isMarks([part])).reduce((marks, mark) => (marks.some((one) => sameMark(one, mark)) ? marks : sorted(toggled(marks, mark, question.config.multiple === true))), value ?? []),
  holds: (value, part) => isMarks([part]) && (value ?? []).some((one) => sameMark(one, part as Mark)),
  isEmpty: (value) => !value || value.length === 0,
  problem,
};
