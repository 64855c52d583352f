/** One field of a form: its control, where its value stands, and what is suggested for it. */
import { Select } from "@mantine/core";
import { IconCheck, IconFocus2, IconBan, IconX } from "@tabler/icons-react";
import { useRef, useState, type CSSProperties, type KeyboardEvent, type Ref } from "react";
import type { Question } from "../../api/types";
import { IconButton, Kbd } from "../../ui";
import { score as scoreText } from "../../ui/format";
import { Cap, labelCommandId } from "../keycaps";
import css from "./fields.module.css";
import { shown, trouble, type Entry, type FormPart, type OpenPart } from "./model";

const KINDS: Record<FormPart["type"], string> = { text: "", number: "number", date: "date", amount: "amount", choice: "" };

export interface FieldRowProps {
  question: Question;
  part: FormPart;
  entry: Entry | undefined;
  offered: OpenPart | undefined;
  active: boolean;
  readOnly: boolean;
  control: Ref<HTMLInputElement>;
  onFocus(): void;
  onType(text: string): void;
  onPick(value: string): void;
  onClear(): void;
  onNotSaid(): void;
  onReveal(): void;
  onAccept(): void;
  onReject(): void;
  /** Enter: on to the next field. */
  onNext(): void;
}

export function FieldRow(props: FieldRowProps) {
  const { question, part, entry, offered, active, readOnly } = props;
  const id = `form-${question.name}-${part.name}`;
  const what = entry ? trouble(part, entry, question) : null;
  const place = entry?.places?.[0];
  const written = entry?.text !== undefined && entry.text !== shown(entry) ? entry.text : null;
  return (
    <div className={css.row} data-active={active || undefined} data-filled={entry !== undefined || undefined} style={{ "--label": part.color } as CSSProperties} data-field={part.name}>
      <div className={css.rowHead}>
        <i aria-hidden />
        <label htmlFor={id} title={part.help ?? undefined}>{part.title}{part.required ? <sup title="Needed">*</sup> : null}</label>
        <small>{KINDS[part.type]}</small>
        <Cap id={labelCommandId(question, part.name)} of={part.key} />
      </div>
      <div className={css.control}>
        <Control {...props} id={id} invalid={what !== null} />
        {place ? <button type="button" tabIndex={-1} className={css.place} title="Show where it stands" onMouseDown={keepFocus} onClick={props.onReveal}><IconFocus2 size={13} aria-hidden />p. {place.page + 1}</button> : null}
        {readOnly ? null : (
          <>
            <IconButton size="small" tabIndex={-1} label={`${part.title}: the document does not say it`} aria-pressed={entry?.value === null} onMouseDown={keepFocus} onClick={props.onNotSaid}><IconBan size={14} /></IconButton>
            <IconButton size="small" tabIndex={-1} label={`Clear ${part.title}`} disabled={!entry} onMouseDown={keepFocus} onClick={props.onClear}><IconX size={14} /></IconButton>
          </>
        )}
      </div>
      {what ? <p className={css.trouble} role="alert">{what}</p> : written ? <p className={css.written} dir="auto">as written: {written}</p> : null}
      {offered && !readOnly ? (
        <div className={css.offer}>
          <span dir="auto"><span className="visually-hidden">suggested: </span>{offered.part.entry.value === null ? "not said" : String(offered.part.entry.value)}</span>
          <small>{offered.source} {offered.score === null ? "" : scoreText(offered.score)}</small>
          <IconButton size="small" tabIndex={-1} label={`Accept for ${part.title}`} onMouseDown={keepFocus} onClick={props.onAccept}><IconCheck size={14} /></IconButton>
          <IconButton size="small" tabIndex={-1} label={`Reject for ${part.title}`} onMouseDown={keepFocus} onClick={props.onReject}><IconX size={14} /></IconButton>
        </div>
      ) : null}
    </div>
  );
}

const keepFocus = (event: { preventDefault(): void }) => event.preventDefault();

/** The control of the field's type. What is being typed stays as typed until the field is left. */
function Control({ part, entry, offered, id, invalid, readOnly, control, onFocus, onType, onPick, onNext, onAccept }: FieldRowProps & { id: string; invalid: boolean }) {
  const [draft, setDraft] = useState<{ text: string; of: Entry["value"] | undefined } | null>(null);
  const [wrote, setWrote] = useState<string | null>(null);
  /** The list of labels: while it is open, Enter takes what is marked in it, and Escape closes it. */
  const menu = useRef({ open: false, typed: false });
  if (wrote !== null) {
    // The value that the typed text came to; once it is another one (undo, a drag), the text gives way to it.
    setDraft({ text: wrote, of: entry?.value });
    setWrote(null);
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (menu.current.open && (event.key === "Escape" || menu.current.typed || event.currentTarget.hasAttribute("aria-activedescendant"))) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      if (!entry && offered) onAccept();
      onNext();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      event.currentTarget.blur();
    }
  };
  const hint = entry?.value === null ? "not said" : offered?.part.entry.value != null ? `${String(offered.part.entry.value)}  ⏎` : part.type === "date" ? "2014-05-07" : part.type === "amount" ? "0.00" : "";
  if (part.type === "choice") {
    return (
      <Select
        id={id} ref={control} className={css.choice} value={shown(entry) || null} readOnly={readOnly} error={invalid} searchable selectFirstOptionOnChange allowDeselect={false} placeholder={hint}
        data={[...part.labels.map((label) => ({ value: label.value, label: label.title })), ...(invalid && shown(entry) ? [{ value: shown(entry), label: shown(entry) }] : [])]}
        nothingFoundMessage="No such label" maxDropdownHeight={260} rightSectionPointerEvents="none" comboboxProps={{ shadow: "md" }} spellCheck={false} autoComplete="off"
        onFocus={onFocus} onKeyDown={onKeyDown} onChange={(value) => value !== null && onPick(value)} onSearchChange={(text) => (menu.current.typed = text !== "" && part.labels.every((label) => label.title !== text))}
        onDropdownOpen={() => (menu.current.open = true)} onDropdownClose={() => (menu.current = { open: false, typed: false })}
      />
    );
  }
  const own = draft && draft.of === entry?.value ? draft.text : shown(entry);
  return (
    <input
      id={id} ref={control} value={own} readOnly={readOnly} placeholder={hint} dir="auto" spellCheck={false} autoComplete="off" aria-invalid={invalid || undefined} inputMode={part.type === "number" || part.type === "amount" ? "decimal" : undefined}
      onFocus={(event) => {
        event.currentTarget.select();
        onFocus();
      }}
      onBlur={() => setDraft(null)} onKeyDown={onKeyDown}
      onChange={(event) => {
        const text = event.currentTarget.value;
        onType(text);
        setWrote(text);
      }}
    />
  );
}

export function FormHint({ active }: { active: boolean }) {
  return <p className={css.hint}>{active ? <>Drag over the words of the field, with <Kbd>Shift</Kbd> to add more; or type. <Kbd>Tab</Kbd> next, <Kbd>Esc</Kbd> leave.</> : <>Choose a field by its key, or click into it.</>}</p>;
}
