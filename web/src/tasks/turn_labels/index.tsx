/** Labels or ratings on the turns of a conversation: a digit marks the turn in focus, and the next open one comes into focus. */
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
import { askedTurns, isMarks, isRated, nextOpen, sameMark, sorted, stepsOf, toggled, turnsOf, type Mark } from "./marks";
import { Settings } from "./Settings";

const NONE: Mark[] = [];

interface Choice {
  id: string;
  title: string;
  key: string | null;
  color: string | null;
  mark: Omit<Mark, "turn">;
}

function choicesOf(question: Question): Choice[] {
  if (isRated(question)) return stepsOf(question).map((step, i) => ({ id: `rating.${step}`, title: String(step), key: step >= 0 && step <= 9 ? String(step) : i < 9 ? String(i + 1) : null, color: null, mark: { rating: step } }));
  return labelsOf(question).map((label) => ({ id: label.value, title: label.title, key: label.key, color: label.color, mark: { label: label.value } }));
}

function Editor(props: WidgetProps<Mark[]>) {
  const { question, item, value = NONE, onChange, onComplete, onActivate, readOnly } = props;
  const turns = turnsOf(question, item);
  const asked = askedTurns(question, turns);
  const frame = useRef<HTMLDivElement>(null);
  const [at, setAt] = usePlace(frame, () => asked.find((turn) => !value.some((mark) => mark.turn === turn)) ?? asked[0] ?? -1, (turn) => `[data-turn="${turn}"]`);
  const choices = choicesOf(question);
  const multiple = question.config.multiple === true;
  const group = question.title ?? question.name;
  const marked = new Set(value.map((mark) => mark.turn)).size;
  const done = question.config.every === false || marked === asked.length;
  const pick = (turn: number, choice: Choice) => {
    if (readOnly) return;
    const next = toggled(value, { turn, ...choice.mark }, multiple);
    onChange(next.length === 0 ? undefined : next, { label: `${choice.title} on turn ${turn + 1}` });
    setAt(multiple || next.length < value.length ? turn : nextOpen(asked, next, turn));
  };
  const step = (by: 1 | -1) => {
    const place = asked.indexOf(at);
    setAt(asked[(place + by + asked.length) % asked.length] ?? at);
  };
  const command = (id: string, title: string, keys: string[], run: () => void, more: Partial<Command> = {}): Command => ({
    id: labelCommandId(question, id), title, keys, group, scope: "label", run, ...more,
  }); // prettier-ignore
  useCommands(props, [
    ...choices.flatMap((choice) => (choice.key === null ? [] : [command(choice.id, choice.title, [choice.key], () => pick(at, choice))])),
    command("next", "Next turn", ["J"], () => step(1), { scope: "tool", enabled: asked.length > 1 }),
    command("previous", "Previous turn", ["K"], () => step(-1), { scope: "tool", enabled: asked.length > 1 }),
    command("clear", "Take the marks of the turn away", ["Backspace"], () => onChange(without(value, at), { label: "clear the turn" }), { enabled: value.some((mark) => mark.turn === at) }),
    command("done", "Done", ["Enter"], onComplete, { enabled: done && marked > 0, hidden: true }),
  ]);
  if (turns.length === 0) return <Note tone="warn">This item has no conversation in “{question.field}”. Skip it (S), or flag it (F).</Note>;
  const suggestion = visibleSuggestions(props.suggestions, props.rejected, props.minScore).find((s) => isMarks(s.value));
  const offered = (suggestion?.value as Mark[] | undefined) ?? NONE;
  return (
    <div ref={frame} onFocus={onActivate} onPointerDown={onActivate} data-quiet={!props.active || undefined}>
      <ChatView
        turns={turns} current={props.active ? at : undefined} onPoint={(turn) => asked.includes(turn) && setAt(turn)}
        under={(_, turn) => asked.includes(turn) ? (
          <div className={css.marks} role={multiple ? "group" : "radiogroup"} aria-label={`${group}, turn ${turn + 1}`} data-current={turn === at || undefined}>
            {choices.map((choice) => {
              const mark = { turn, ...choice.mark };
              const on = value.some((one) => sameMark(one, mark));
              const suggested = !on && offered.some((one) => sameMark(one, mark));
              return (
                <button
                  key={choice.id} type="button" role={multiple ? "checkbox" : "radio"} aria-checked={on} disabled={readOnly} className={css.mark} data-suggested={suggested || undefined}
                  style={choice.color ? ({ "--label": choice.color } as CSSProperties) : undefined} onClick={() => pick(turn, choice)}
                >
                  {choice.color ? <i aria-hidden /> : null}
                  <span>{choice.title}</span>
                  {suggested && suggestion ? <small><span className="visually-hidden">suggested </span>{suggestion.score === null ? "model" : scoreText(suggestion.score)}</small> : null}
                  {turn === at && props.active && choice.key !== choice.title ? <Cap id={labelCommandId(question, choice.id)} of={choice.key} /> : null}
                </button>
              );
            })}
          </div>
        ) : null}
      />
      <p className={css.foot} role="status">
        {marked} of {asked.length} turns marked. <span><Cap id={labelCommandId(question, "next")} of="J" /> <Cap id={labelCommandId(question, "previous")} of="K" /> to step</span>
      </p>
    </div>
  );
}

function without(marks: readonly Mark[], turn: number): Mark[] | undefined {
  const rest = marks.filter((mark) => mark.turn !== turn);
  return rest.length === 0 ? undefined : rest;
}

function problem(value: Mark[], { item, question }: Place): string | null {
  if (question.config.every === false) return null;
  const open = askedTurns(question, turnsOf(question, item)).find((turn) => !value.some((mark) => mark.turn === turn));
  return open === undefined ? null : `Turn ${open + 1} has no mark yet.`;
}

function View({ question, value }: { question: Question; value: Mark[] }) {
  const labels = labelsOf(question);
  const text = (mark: Mark) => `${mark.turn + 1}: ${mark.label === undefined ? mark.rating : entryOf(labels, mark.label).title}`;
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
