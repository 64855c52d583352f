/** One label out of a list: one key decides. */
import { useRef } from "react";
import { Chips } from "../labels/Chips";
import { filterCommand, labelCommands, useCommands } from "../labels/label-commands";
import { LabelList } from "../labels/LabelList";
import { labelsOf, scoresByValue, visibleSuggestions, type LabelEntry } from "../labels/label-set";
import type { TaskWidget, WidgetProps } from "../types";

const asValues = (value: unknown): string[] => (typeof value === "string" ? [value] : []);

function Editor(props: WidgetProps<string>) {
  const { question, value, onChange, onComplete, onActivate, readOnly } = props;
  const filter = useRef<HTMLInputElement>(null);
  const labels = labelsOf(question);
  const shown = visibleSuggestions(props.suggestions, props.rejected, props.minScore);
  const pick = (label: LabelEntry) => {
    if (readOnly) return;
    if (label.value !== value) onChange(label.value, { label: `choose ${label.title}` });
    onComplete();
  };
  const clear = () => onChange(undefined, { label: "clear the answer" });
  const group = question.title ?? question.name;
  useCommands(props, [
    ...labelCommands(question, labels, pick),
    ...filterCommand(question, labels, () => filter.current?.focus()),
    { id: `label.${question.name}.clear`, title: "Clear the answer", keys: ["Backspace"], group, scope: "label", enabled: value !== undefined, run: clear },
  ]);
  return (
    <div onFocus={onActivate} onPointerDown={onActivate}>
      <LabelList
        question={question} active={props.active} kind="radio" labels={labels} chosen={new Set(asValues(value))} suggested={scoresByValue(shown, asValues)}
        readOnly={readOnly} onPick={pick} onGuideline={props.onGuideline} filterRef={filter}
      />
    </div>
  );
}

export const widget: TaskWidget<string> = {
  type: "choice",
  place: "form",
  Editor,
  View: ({ question, value }) => <Chips question={question} values={asValues(value)} />,
  parts: (s) => asValues(s.value).map((part) => ({ key: String(s.id), score: s.score, title: part, part })),
  accept: (value, [part]) => (typeof part === "string" ? part : (value ?? "")),
  holds: (value, part) => value === part,
  isEmpty: (value) => value === undefined || value === null || value === "",
};
