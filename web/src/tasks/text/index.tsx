/** Free text. A model's proposal stands beside it, dashed, until it is taken. */
import { IconCheck, IconX } from "@tabler/icons-react";
import { useEffect, useRef, type KeyboardEvent } from "react";
import type { Question, Suggestion } from "../../api/types";
import { Button, IconButton, Kbd } from "../../ui";
import { count, score as scoreText } from "../../ui/format";
import { useCommands } from "../labels/label-commands";
import { visibleSuggestions } from "../labels/label-set";
import type { TaskWidget, WidgetProps } from "../types";
import css from "./text.module.css";

const numberOr = (value: unknown, otherwise: number) => (typeof value === "number" ? value : otherwise);

/** The room left is shown from the start where there is little of it. */
const SHORT = 2_000;

function Editor(props: WidgetProps<string>) {
  const { question, value = "", onChange, onComplete, onActivate, readOnly, active } = props;
  const oneLine = question.config.multiline === false;
  const box = useRef<HTMLTextAreaElement>(null);
  const group = question.title ?? question.name;
  const proposal = visibleSuggestions(props.suggestions, props.rejected, props.minScore).find((s) => s.value !== value);
  const put = (text: string, typed: boolean) =>
    onChange(text === "" ? undefined : text, typed ? { merge: `type.${question.name}`, label: "type" } : { label: "take the proposal" });
  useCommands(props, [
    { id: `tool.${question.name}.write`, title: "Write", keys: ["E"], group, scope: "label", run: () => box.current?.focus() },
  ]);
  useFocusOnTurn(box, active && !readOnly);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const done = oneLine && event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey;
    if (event.key !== "Escape" && !done) return;
    event.preventDefault();
    event.stopPropagation();
    box.current?.blur();
    if (done) onComplete();
  };
  return (
    <div className={css.text} onFocus={onActivate} onPointerDown={onActivate}>
      <textarea
        ref={box} value={value} readOnly={readOnly} aria-label={group} rows={oneLine ? 1 : 4} dir="auto"
        placeholder={typeof question.config.placeholder === "string" ? question.config.placeholder : "Write here"}
        onChange={(event) => put(event.target.value, true)} onKeyDown={onKeyDown}
      />
      <Footer question={question} text={value} />
      {proposal && !readOnly ? <Proposal suggestion={proposal} onTake={() => put(String(proposal.value), false)} onReject={() => props.onReject(String(proposal.id))} /> : null}
    </div>
  );
}

/** The caret goes into the field when its turn comes (not on first sight of an item) and leaves when it is over. */
function useFocusOnTurn(box: React.RefObject<HTMLTextAreaElement | null>, on: boolean): void {
  const before = useRef(on);
  useEffect(() => {
    if (on && !before.current) box.current?.focus();
    if (!on && before.current) box.current?.blur();
    before.current = on;
  }, [on, box]);
}

function Footer({ question, text }: { question: Question; text: string }) {
  const least = numberOr(question.config.min_length, 0);
  const most = numberOr(question.config.max_length, 0);
  const length = [...text].length;
  const off = (least > 0 && length > 0 && length < least) || (most > 0 && length > most);
  return (
    <p className={css.foot} data-off={off || undefined}>
      <span>{off ? (length < least ? `At least ${count(least)} characters.` : `At most ${count(most)} characters.`) : <>Write <Kbd>E</Kbd> leave <Kbd>Esc</Kbd></>}</span>
      <span>{most > 0 && (most <= SHORT || length > most * 0.8) ? `${count(length)} / ${count(most)}` : length > 0 ? count(length) : ""}</span>
    </p>
  );
}

function Proposal({ suggestion, onTake, onReject }: { suggestion: Suggestion; onTake(): void; onReject(): void }) {
  return (
    <div className={css.proposal} role="group" aria-label="Proposed text">
      <p dir="auto">{String(suggestion.value)}</p>
      <div>
        <span className="dim">{suggestion.source} {suggestion.score === null ? "" : scoreText(suggestion.score)}</span>
        <Button size="small" icon={<IconCheck size={14} />} onClick={onTake}>Use it</Button>
        <IconButton label="Not this" size="small" onClick={onReject}><IconX size={14} /></IconButton>
      </div>
    </div>
  );
}

function View({ value }: { question: Question; value: string }) {
  return <span dir="auto" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{value}</span>;
}

export const widget: TaskWidget<string> = {
  type: "text",
  place: "form",
  Editor,
  View,
  parts: (s) => (typeof s.value === "string" ? [{ key: String(s.id), score: s.score, title: s.value, part: s.value }] : []),
  accept: (value, [part]) => (typeof part === "string" ? part : (value ?? "")),
  holds: (value, part) => value === part,
  isEmpty: (value) => !value || value.trim() === "",
};
