/** Which of two is better: left, right or neither, and by how much. Nothing on the screen tells who wrote what. */
import { useContext } from "react";
import { ChatView } from "../../media/ChatView";
import { Note } from "../../ui";
import { score as scoreText } from "../../ui/format";
import { CandidateCard } from "../candidates/CandidateCard";
import { candidatesOf, coveredFields, isRanks, letterOf, orderFor, sameRanks, sealRanks, turnsBefore, type Ranks } from "../candidates/candidates";
import css from "../candidates/candidates.module.css";
import { Cap, KeyCaps, labelCommandId } from "../keycaps";
import { useCommands } from "../labels/label-commands";
import { visibleSuggestions } from "../labels/label-set";
import type { Command, TaskWidget, WidgetProps } from "../types";
import { Settings } from "./Settings";

type Side = "first" | "second" | "tie";

const stepsIn = (config: Record<string, unknown>): number => (typeof config.strength === "number" ? config.strength : 0);

function Editor(props: WidgetProps<Ranks>) {
  const { question, item, value, onChange, onComplete, onActivate, readOnly } = props;
  const candidates = candidatesOf(question, item, props.fields);
  const order = orderFor(value, candidates.map((one) => one.id), props);
  const [left, right] = order;
  const steps = stepsIn(question.config);
  const withTie = question.config.tie !== false;
  const group = question.title ?? question.name;
  const valueOf = (side: Side): Ranks | null => {
    if (!left || !right) return null;
    if (side === "tie") return { tiers: [[left, right]], order };
    return { tiers: side === "first" ? [[left], [right]] : [[right], [left]], order };
  };
  const sideOf = (ranks: Ranks | undefined): Side | null => {
    if (!ranks?.tiers[0]?.length) return null;
    return ranks.tiers.length === 1 ? "tie" : ranks.tiers[0][0] === left ? "first" : "second";
  };
  const chosen = sideOf(value);
  const choose = (side: Side) => {
    const next = valueOf(side);
    if (!next || readOnly) return;
    if (side !== chosen) onChange(next, { label: side === "tie" ? "equally good" : `${letterOf(side === "first" ? 0 : 1)} is better` });
    if (side === "tie" || steps === 0) onComplete();
  };
  const grade = (strength: number) => {
    if (!value || chosen === null || chosen === "tie" || readOnly) return;
    if (value.strength !== strength) onChange({ ...value, order, strength }, { label: `strength ${strength}` });
    onComplete();
  };
  const command = (id: string, title: string, keys: string[], run: () => void, enabled = true): Command => ({
    id: labelCommandId(question, id), title, keys, group, scope: "label", enabled, run,
  }); // prettier-ignore
  useCommands(props, [
    command("first", "A is better", ["1", "ArrowLeft"], () => choose("first")),
    command("second", "B is better", ["2", "ArrowRight"], () => choose("second")),
    ...(withTie ? [command("tie", "Equally good", ["3"], () => choose("tie"))] : []),
    ...range(steps).map((n) => command(`strength.${n}`, `Strength ${n}`, [`Shift+${n}`], () => grade(n), chosen !== null && chosen !== "tie")),
    command("clear", "Clear the answer", ["Backspace"], () => onChange(undefined, { label: "clear the answer" }), value !== undefined),
  ]);
  if (candidates.length !== 2) return <Note tone="warn">This item has {candidates.length === 0 ? "no answers" : candidates.length === 1 ? "only one answer" : `${candidates.length} answers`}; two are to be compared. Skip it (S), or flag it (F).</Note>;
  const suggestion = visibleSuggestions(props.suggestions, props.rejected, props.minScore).find((s) => isRanks(s.value));
  const suggested = suggestion ? sideOf(suggestion.value as Ranks) : null;
  const pick = (side: Side, text: string, key: string) => (
    <button
      type="button" role="radio" className={css.pick} aria-checked={chosen === side} disabled={readOnly}
      data-suggested={(suggested === side && chosen !== side) || undefined} onClick={() => choose(side)}
    >
      <Cap id={labelCommandId(question, side)} of={key} />
      {text}
      {suggested === side && suggestion ? <small><span className="visually-hidden">suggested </span>{suggestion.score === null ? "model" : scoreText(suggestion.score)}</small> : null}
    </button>
  );
  const shown = order.map((id) => candidates.find((one) => one.id === id)!);
  const before = turnsBefore(question, item);
  return (
    <div className={css.compare} onFocus={onActivate} onPointerDown={onActivate} data-quiet={!props.active || undefined}>
      {before.length > 0 ? <div className={css.before}><ChatView turns={before} /></div> : null}
      <div className={css.cards} data-n={2}>
        {shown.map((candidate, at) => (
          <CandidateCard
            key={candidate.id} candidate={candidate} letter={letterOf(at)} chosen={chosen === (at === 0 ? "first" : "second")}
            suggested={suggested === (at === 0 ? "first" : "second")} head={null}
          />
        ))}
      </div>
      <div className={css.bar} role="radiogroup" aria-label={group}>
        {pick("first", "A is better", "1")}
        {withTie ? pick("tie", "Equally good", "3") : null}
        {pick("second", "B is better", "2")}
        {steps > 0 ? <Strength steps={steps} value={value?.strength} off={readOnly || chosen === null || chosen === "tie"} question={question.name} onPick={grade} /> : null}
      </div>
    </div>
  );
}

interface StrengthProps {
  steps: number;
  value: number | undefined;
  off: boolean;
  question: string;
  onPick(strength: number): void;
}

function Strength({ steps, value, off, question, onPick }: StrengthProps) {
  const cap = useContext(KeyCaps)(`label.${question}.strength.1`, "Shift+1");
  return (
    <div className={css.strength} role="radiogroup" aria-label="By how much" data-off={off || undefined}>
      <span>slightly</span>
      {range(steps).map((n) => (
        <button key={n} type="button" role="radio" className={css.step} aria-label={`Strength ${n} of ${steps}`} aria-checked={value === n} disabled={off} onClick={() => onPick(n)}>{n}</button>
      ))}
      <span>far better</span>
      {cap === "Shift+1" ? <span className={css.hint}><kbd>Shift</kbd> + digit</span> : null}
    </div>
  );
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

function View({ value }: { value: Ranks }) {
  const tie = value.tiers.length === 1;
  return <span>{tie ? "equally good" : value.tiers[0]?.join(", ")}{value.strength ? ` (${value.strength})` : ""}</span>;
}

export const widget: TaskWidget<Ranks> = {
  type: "pairwise",
  place: "page",
  Editor,
  View,
  Settings,
  covers: coveredFields,
  parts: (s) => (isRanks(s.value) ? [{ key: String(s.id), score: s.score, title: s.value.tiers.length === 1 ? "tie" : (s.value.tiers[0]?.join(", ") ?? ""), part: s.value }] : []),
  accept: (value, [part]) => (isRanks(part) && !(value && sameRanks(value, part)) ? { ...part, ...(value?.order ? { order: value.order } : {}) } : (value as Ranks)),
  holds: (value, part) => value !== undefined && isRanks(part) && sameRanks(value, part),
  isEmpty: (value) => !value?.tiers?.some((tier) => tier.length > 0),
  seal: sealRanks,
};
