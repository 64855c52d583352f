/** Several labels out of a list or a tree: keys toggle, Enter is done. */
import { IconX } from "@tabler/icons-react";
import { useMemo, useRef, useState } from "react";
import type { Question } from "../../api/types";
import { Kbd } from "../../ui";
import { Chips } from "../labels/Chips";
import { filterCommand, labelCommands, useCommands } from "../labels/label-commands";
import { LabelList } from "../labels/LabelList";
import { labelsOf, pathOf, scoresByValue, visibleSuggestions, type LabelEntry } from "../labels/label-set";
import type { TaskWidget, WidgetProps } from "../types";
import css from "./choices.module.css";
import { ancestors, isTree, ordered, rowsOf, toggled, treeOf } from "./tree";

const asValues = (value: unknown): string[] => (Array.isArray(value) ? value.filter((v): v is string => typeof v === "string") : []);
const numberOr = (value: unknown, otherwise: number) => (typeof value === "number" ? value : otherwise);
const nothing: readonly string[] = [];

/** How many labels the question wants. */
export function bounds(question: Question): { min: number; max: number } {
  return { min: numberOr(question.config.min, 0), max: numberOr(question.config.max, Infinity) };
}

function Editor(props: WidgetProps<string[]>) {
  const { question, onChange, onComplete, onActivate, readOnly } = props;
  const value = props.value ?? nothing;
  const labels = labelsOf(question);
  const { min, max } = bounds(question);
  const filter = useRef<HTMLInputElement>(null);
  const shown = visibleSuggestions(props.suggestions, props.rejected, props.minScore);
  const suggested = scoresByValue(shown, asValues);
  const tree = useMemo(() => (isTree(labels) ? treeOf(labels) : null), [labels]);
  const [turned, setTurned] = useState<ReadonlyMap<string, boolean>>(new Map());
  const open = tree ? openLabels(labels, turned, [...value, ...suggested.keys()]) : new Set<string>();
  const turn = (label: LabelEntry) => setTurned(new Map(turned).set(label.value, !open.has(label.value)));
  const full = value.length >= max;
  const pick = (label: LabelEntry) => {
    if (readOnly) return;
    if (question.config.leaf_only === true && tree?.children.has(label.value)) return turn(label);
    if (full && !value.includes(label.value)) return;
    const next = toggled(labels, value, label.value);
    onChange(next.length > 0 ? next : undefined, { label: `${value.includes(label.value) ? "untick" : "tick"} ${label.title}` });
  };
  const group = question.title ?? question.name;
  const ready = value.length > 0 && value.length >= min;
  useCommands(props, [
    ...labelCommands(question, labels, pick),
    ...filterCommand(question, labels, () => filter.current?.focus()),
    { id: `label.${question.name}.done`, title: "Done with this question", keys: ["Enter"], group, scope: "label", enabled: ready, run: onComplete },
  ]);
  return (
    <div className={css.choices} onFocus={onActivate} onPointerDown={onActivate}>
      {value.length > 0 && tree ? <Chosen labels={labels} values={value} readOnly={readOnly} onRemove={pick} /> : null}
      <LabelList
        question={question} active={props.active} kind="checkbox" labels={labels} rows={tree ? rowsOf(tree, open) : undefined} chosen={new Set(value)} suggested={suggested}
        readOnly={readOnly} onPick={pick} onToggleOpen={tree ? turn : undefined} onGuideline={props.onGuideline} filterRef={filter}
      />
      <p className={css.state} role="status">
        {full ? `${max} is the most; untick one to choose another.` : value.length < min ? `Choose at least ${min}.` : null}
        {ready && !full ? <>Done <Kbd>Enter</Kbd></> : null}
      </p>
    </div>
  );
}

/** What is open: the way to everything ticked or suggested, changed by what the person turned. */
function openLabels(labels: readonly LabelEntry[], turned: ReadonlyMap<string, boolean>, values: Iterable<string>): Set<string> {
  const open = ancestors(labels, values);
  for (const [value, on] of turned) {
    if (on) open.add(value);
    else open.delete(value);
  }
  return open;
}

function Chosen({ labels, values, readOnly, onRemove }: { labels: readonly LabelEntry[]; values: readonly string[]; readOnly: boolean; onRemove(label: LabelEntry): void }) {
  return (
    <ul className={css.chosen} aria-label="Chosen">
      {labels.filter((label) => values.includes(label.value)).map((label) => (
        <li key={label.value} style={{ borderColor: label.color }}>
          <span>{pathOf(labels, label.value).join(" › ")}</span>
          <button type="button" disabled={readOnly} aria-label={`Remove ${label.title}`} onClick={() => onRemove(label)}><IconX size={12} /></button>
        </li>
      ))}
    </ul>
  );
}

export const widget: TaskWidget<string[]> = {
  type: "choices",
  place: "form",
  Editor,
  View: ({ question, value }) => <Chips question={question} values={asValues(value)} />,
  parts: (s) => {
    const part = asValues(s.value);
    return part.length > 0 ? [{ key: String(s.id), score: s.score, title: part.join(", "), part }] : [];
  },
  accept: (_value, [part], question) => ordered(labelsOf(question), new Set(asValues(part))),
  holds: (value, part) => asValues(part).length === (value ?? []).length && asValues(part).every((v) => value?.includes(v)),
  isEmpty: (value) => !value || value.length === 0,
};
