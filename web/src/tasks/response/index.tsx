/** Writing prompts and responses in Markdown, turn by turn, with what it will look like beside it. */
import { IconCheck, IconPlus, IconTrash, IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import type { Suggestion } from "../../api/types";
import { Words } from "../../media/ChatView";
import { Button, IconButton } from "../../ui";
import { count, score as scoreText } from "../../ui/format";
import { Cap, labelCommandId } from "../keycaps";
import { useCommands } from "../labels/label-commands";
import { visibleSuggestions } from "../labels/label-set";
import type { TaskWidget, WidgetProps } from "../types";
import css from "./response.module.css";
import { Settings } from "./Settings";
import { formOf, isTurns, lengthOf, roleName, roundsIn, sheetOf, trouble, valueOf, type Form, type Turn } from "./turns";

function Editor(props: WidgetProps<Turn[]>) {
  const { question, value, onChange, onActivate, readOnly, active } = props;
  const form = formOf(question);
  const sheet = sheetOf(value, form);
  const frame = useRef<HTMLDivElement>(null);
  const [preview, setPreview] = useState(question.config.preview !== false);
  const group = question.title ?? question.name;
  const proposal = visibleSuggestions(props.suggestions, props.rejected, props.minScore).find((s) => isTurns(s.value) && !same(s.value, value));
  const [extra, setExtra] = useState(0);
  const shown = [...sheet, ...Array.from({ length: extra }, () => form.roles.map((role) => ({ role, content: "" }))).flat()];
  const rounds = roundsIn(shown, form);
  const put = (next: readonly Turn[], label: string, merge?: string) => {
    setExtra(0);
    onChange(valueOf(next, form), { label, ...(merge ? { merge } : {}) });
  };
  const type = (at: number, content: string) => put(shown.map((turn, i) => (i === at ? { ...turn, content } : turn)), "type", `type.${question.name}.${at}`);
  const addRound = () => {
    if (rounds >= form.most || readOnly) return;
    setExtra(extra + 1);
    requestAnimationFrame(() => boxes(frame).at(-form.roles.length)?.focus());
  };
  const dropRound = () => (extra > 0 ? setExtra(extra - 1) : put(shown.slice(0, -form.roles.length), "remove the last round"));
  useCommands(props, [
    { id: labelCommandId(question, "write"), title: "Write", keys: ["E"], group, scope: "label", run: () => firstOpen(frame)?.focus() },
    { id: labelCommandId(question, "preview"), title: preview ? "Hide the preview" : "Show the preview", keys: ["P"], group, scope: "label", run: () => setPreview(!preview) },
    { id: labelCommandId(question, "round"), title: "Add a turn", keys: ["N"], group, scope: "label", enabled: rounds < form.most, hidden: form.most === 1, run: addRound },
  ]);
  useFocusOnTurn(frame, active && !readOnly);
  return (
    <div className={css.response} ref={frame} onFocus={onActivate} onPointerDown={onActivate} data-quiet={!active || undefined}>
      {shown.map((turn, at) => (
        <TurnEditor
          key={at} turn={turn} form={form} preview={preview} readOnly={readOnly} several={shown.length > 1}
          placeholder={typeof question.config.placeholder === "string" ? question.config.placeholder : ""} onType={(content) => type(at, content)}
        />
      ))}
      {proposal && !readOnly ? <Proposal suggestion={proposal} onTake={() => put(proposal.value as Turn[], "take the proposal")} onReject={() => props.onReject(String(proposal.id))} /> : null}
      <div className={css.bar}>
        {form.most > 1 ? (
          <>
            <Button size="small" icon={<IconPlus size={14} aria-hidden />} disabled={readOnly || rounds >= form.most} onClick={addRound}>
              {form.roles.length > 1 ? "Another round" : "Another turn"} <Cap id={labelCommandId(question, "round")} of="N" />
            </Button>
            {rounds > form.least ? <Button size="small" kind="quiet" icon={<IconTrash size={14} aria-hidden />} disabled={readOnly} onClick={dropRound}>Remove the last</Button> : null}
          </>
        ) : null}
        <span className={css.hint}>
          Write <Cap id={labelCommandId(question, "write")} of="E" /> leave <kbd>Esc</kbd> preview <Cap id={labelCommandId(question, "preview")} of="P" />
        </span>
      </div>
    </div>
  );
}

const boxes = (frame: RefObject<HTMLDivElement | null>): HTMLTextAreaElement[] => [...(frame.current?.querySelectorAll("textarea") ?? [])];
/** Where to write next: the first empty text that must be written, else the first empty one, else the first. */
const firstOpen = (frame: RefObject<HTMLDivElement | null>): HTMLTextAreaElement | undefined => {
  const open = boxes(frame).filter((box) => box.value === "");
  return open.find((box) => box.dataset.optional === undefined) ?? open[0] ?? boxes(frame)[0];
};
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

interface TurnEditorProps {
  turn: Turn;
  form: Form;
  preview: boolean;
  readOnly: boolean;
  several: boolean;
  placeholder: string;
  onType(content: string): void;
}

function TurnEditor({ turn, form, preview, readOnly, several, placeholder, onType }: TurnEditorProps) {
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    event.currentTarget.blur();
  };
  const length = lengthOf(turn.content);
  const off = length > form.longest || (length > 0 && length < form.shortest);
  const optional = turn.role === "system" && form.system === "optional";
  return (
    <section className={css.turn} data-role={turn.role} data-preview={(preview && turn.content !== "") || undefined}>
      <header className={css.turnHead}>
        {several ? <h3>{roleName(turn.role)}{optional ? <small>optional</small> : null}</h3> : <span />}
        <span className={css.count} data-off={off || undefined}>{length === 0 ? "" : off || length > form.longest * 0.8 ? `${count(length)} / ${count(length < form.shortest ? form.shortest : form.longest)}` : count(length)}</span>
      </header>
      <div className={css.panes}>
        <textarea
          value={turn.content} readOnly={readOnly} aria-label={roleName(turn.role)} rows={turn.role === "system" ? 2 : 6} dir="auto" spellCheck data-optional={optional || undefined}
          placeholder={placeholder || (turn.role === "user" ? "What is asked" : turn.role === "system" ? "What the assistant is told beforehand" : "Write in Markdown")}
          onChange={(event) => onType(event.target.value)} onKeyDown={onKeyDown}
        />
        {preview && turn.content !== "" ? <div className={css.preview} aria-label="Preview" role="region" tabIndex={0}><Words text={turn.content} /></div> : null}
      </div>
    </section>
  );
}

function Proposal({ suggestion, onTake, onReject }: { suggestion: Suggestion; onTake(): void; onReject(): void }) {
  const turns = suggestion.value as Turn[];
  return (
    <div className={css.proposal} role="group" aria-label="Proposed text">
      {turns.map((turn, i) => (
        <div key={i}>
          {turns.length > 1 ? <strong>{roleName(turn.role)}</strong> : null}
          <Words text={turn.content} />
        </div>
      ))}
      <div className={css.proposalBar}>
        <span className="dim">{suggestion.source} {suggestion.score === null ? "" : scoreText(suggestion.score)}</span>
        <Button size="small" icon={<IconCheck size={14} />} onClick={onTake}>Use it</Button>
        <IconButton label="Not this" size="small" onClick={onReject}><IconX size={14} /></IconButton>
      </div>
    </div>
  );
}

/** The caret goes into the first empty text when the question's turn comes (not on first sight of an item), and leaves with it. */
function useFocusOnTurn(frame: RefObject<HTMLDivElement | null>, on: boolean): void {
  const before = useRef(on);
  useEffect(() => {
    const all = boxes(frame);
    if (on && !before.current && !all.includes(document.activeElement as HTMLTextAreaElement)) firstOpen(frame)?.focus();
    if (!on && before.current) all.find((box) => box === document.activeElement)?.blur();
    before.current = on;
  }, [on, frame]);
}

function View({ value }: { value: Turn[] }) {
  return (
    <span dir="auto" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
      {value.length === 1 ? value[0]?.content : value.map((turn) => `${roleName(turn.role)}: ${turn.content}`).join("\n\n")}
    </span>
  );
}

export const widget: TaskWidget<Turn[]> = {
  type: "response",
  place: "page",
  Editor,
  View,
  Settings,
  parts: (s) => (isTurns(s.value) ? [{ key: String(s.id), score: s.score, title: s.value.map((turn) => turn.content).join(" / "), part: s.value }] : []),
  accept: (value, [part]) => (isTurns(part) ? (same(part, value) ? value! : part) : (value ?? [])),
  holds: (value, part) => isTurns(part) && same(value, part),
  isEmpty: (value) => !value || value.every((turn) => turn.content.trim() === ""),
  problem: (value, { question }) => trouble(value, formOf(question)),
};
