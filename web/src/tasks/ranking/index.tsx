/** Several candidates in order: a digit ranks the one in focus, and the next one without a rank comes into focus. */
import { useRef } from "react";
import { ChatView } from "../../media/ChatView";
import { Note } from "../../ui";
import { CandidateCard } from "../candidates/CandidateCard";
import { candidatesOf, coveredFields, isRanks, letterOf, orderFor, ranksIn, sameRanks, sealRanks, turnsBefore, type Ranks } from "../candidates/candidates";
import css from "../candidates/candidates.module.css";
import { usePlace } from "../into-view";
import { Cap, labelCommandId } from "../keycaps";
import { useCommands } from "../labels/label-commands";
import { visibleSuggestions } from "../labels/label-set";
import type { Command, Place, TaskWidget, WidgetProps } from "../types";
import { nextOpen, place } from "./place";
import { Settings } from "./Settings";

function Editor(props: WidgetProps<Ranks>) {
  const { question, item, value, onChange, onComplete, onActivate, readOnly } = props;
  const candidates = candidatesOf(question, item, props.fields);
  const order = orderFor(value, candidates.map((one) => one.id), props);
  const frame = useRef<HTMLDivElement>(null);
  const [at, setAt] = usePlace(frame, () => 0, (card) => `[data-candidate="${letterOf(card)}"]`);
  const ranks = ranksIn(value);
  const ties = question.config.ties !== false;
  const group = question.title ?? question.name;
  const focus = (next: number) => setAt((next + order.length) % Math.max(1, order.length));
  const give = (of: number, rank: number | null) => {
    const id = order[of];
    if (id === undefined || readOnly) return;
    const next = place(value, id, rank, order, ties);
    onChange(next, { label: rank === null ? `${letterOf(of)} without a rank` : `${letterOf(of)} on rank ${rank}` });
    setAt(rank === null ? of : nextOpen(next, order, of));
  };
  const command = (id: string, title: string, keys: string[], run: () => void, more: Partial<Command> = {}): Command => ({
    id: labelCommandId(question, id), title, keys, group, scope: "label", run, ...more,
  }); // prettier-ignore
  useCommands(props, [
    ...order.slice(0, 9).map((_, i) => command(`rank.${i + 1}`, `Rank ${i + 1}`, [String(i + 1)], () => give(at, i + 1))),
    command("next", "Next answer", ["J"], () => focus(at + 1), { scope: "tool" }),
    command("previous", "Previous answer", ["K"], () => focus(at - 1), { scope: "tool" }),
    command("unrank", "Take the rank away", ["Backspace"], () => give(at, null), { enabled: ranks.has(order[at] ?? "") }),
    command("done", "Done", ["Enter"], onComplete, { enabled: order.length > 0 && ranks.size === order.length, hidden: true }),
  ]);
  if (candidates.length < 2) return <Note tone="warn">This item has fewer than two answers; there is nothing to rank. Skip it (S), or flag it (F).</Note>;
  const suggestion = visibleSuggestions(props.suggestions, props.rejected, props.minScore).find((s) => isRanks(s.value));
  const proposed = ranksIn(suggestion?.value as Ranks | undefined);
  const before = turnsBefore(question, item);
  return (
    <div className={css.compare} onFocus={onActivate} onPointerDown={onActivate} data-quiet={!props.active || undefined} ref={frame}>
      {before.length > 0 ? <div className={css.before}><ChatView turns={before} /></div> : null}
      <div className={css.cards} data-n={order.length} data-many={order.length > 3 || undefined}>
        {order.map((id, i) => (
          <CandidateCard
            key={id} candidate={candidates.find((one) => one.id === id)!} letter={letterOf(i)} current={props.active && i === at} onPoint={() => setAt(i)}
            head={<RankButtons letter={letterOf(i)} n={order.length} rank={ranks.get(id)} proposed={proposed.get(id)} readOnly={readOnly} onPick={(rank) => give(i, rank)} />}
          />
        ))}
      </div>
      <div className={css.bar}>
        <Standing value={value} order={order} />
        <span className={css.hint}>
          <Cap id={labelCommandId(question, "rank.1")} of="1" /> … ranks the answer in focus <Cap id={labelCommandId(question, "next")} of="J" /> <Cap id={labelCommandId(question, "previous")} of="K" /> to step
        </span>
      </div>
    </div>
  );
}

interface RankButtonsProps {
  letter: string;
  n: number;
  rank: number | undefined;
  proposed: number | undefined;
  readOnly: boolean;
  onPick(rank: number | null): void;
}

function RankButtons({ letter, n, rank, proposed, readOnly, onPick }: RankButtonsProps) {
  return (
    <div className={css.ranks} role="radiogroup" aria-label={`Rank of answer ${letter}`}>
      {Array.from({ length: n }, (_, i) => i + 1).map((one) => (
        <button
          key={one} type="button" role="radio" className={css.step} aria-label={`Rank ${one}`} aria-checked={rank === one} disabled={readOnly}
          data-suggested={(proposed === one && rank !== one) || undefined} onClick={() => onPick(rank === one ? null : one)}
        >
          {one}
        </button>
      ))}
    </div>
  );
}

/** The order so far, in the letters of the screen: "C > A = B", and how many are still open. */
function Standing({ value, order }: { value: Ranks | undefined; order: readonly string[] }) {
  const tiers = (value?.tiers ?? []).filter((tier) => tier.length > 0).map((tier) => tier.map((id) => letterOf(order.indexOf(id))).sort().join(" = "));
  const open = order.length - ranksIn(value).size;
  return (
    <span className={css.standing} role="status">
      {tiers.join(" > ")} {open > 0 ? <span>{tiers.length > 0 ? `${open} without a rank` : "No answer has a rank yet."}</span> : null}
    </span>
  );
}

function problem(value: Ranks, { item, question }: Place): string | null {
  const missing = candidatesOf(question, item).length - ranksIn(value).size;
  if (missing > 0) return `${missing} of the answers ${missing === 1 ? "has" : "have"} no rank yet.`;
  return null;
}

function View({ value }: { value: Ranks }) {
  return <span>{value.tiers.filter((tier) => tier.length > 0).map((tier) => tier.join(" = ")).join(" > ")}</span>;
}

export const widget: TaskWidget<Ranks> = {
  type: "ranking",
  place: "page",
  Editor,
  View,
  Settings,
  covers: coveredFields,
  parts: (s) => (isRanks(s.value) ? [{ key: String(s.id), score: s.score, title: s.value.tiers.map((tier) => tier.join(" = ")).join(" > "), part: s.value }] : []),
  accept: (value, [part]) => (isRanks(part) && !(value && sameRanks(value, part)) ? { ...part, ...(value?.order ? { order: value.order } : {}) } : (value as Ranks)),
  holds: (value, part) => value !== undefined && isRanks(part) && sameRanks(value, part),
  isEmpty: (value) => !value?.tiers?.some((tier) => tier.length > 0),
  problem,
  seal: sealRanks,
};
