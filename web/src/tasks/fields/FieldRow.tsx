/** One field of a form: its control, where its value stands, and what is suggested for it. */
import { IconCheck, IconFocus2, IconBan, IconX } from "@tabler/icons-react";
import type { CSSProperties, Ref } from "react";
import type { Question } from "../../api/types";
import { IconButton, Kbd } from "../../ui";
import { score as scoreText } from "../../ui/format";
import { Cap, labelCommandId } from "../keycaps";
import { EntryControl } from "../entries/EntryControl";
import { shown, trouble, type Entry, type Part } from "../entries/entries";
import css from "./fields.module.css";
import type { OpenPart } from "./model";

const KINDS: Record<Part["type"], string> = { text: "", number: "number", date: "date", amount: "amount", choice: "" };

export interface FieldRowProps {
  question: Question;
  part: Part;
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
  const hint = entry?.value === null ? "not said" : offered?.part.entry.value != null ? `${String(offered.part.entry.value)}  ⏎` : "";
  return (
    <div className={css.row} data-active={active || undefined} data-filled={entry !== undefined || undefined} style={{ "--label": part.color } as CSSProperties} data-field={part.name}>
      <div className={css.rowHead}>
        <i aria-hidden />
        <label htmlFor={id} title={part.help ?? undefined}>{part.title}{part.required ? <sup title="Needed">*</sup> : null}</label>
        <small>{KINDS[part.type]}</small>
        <Cap id={labelCommandId(question, part.name)} of={part.key} />
      </div>
      <div className={css.control}>
        <EntryControl
          id={id} part={part} entry={entry} hint={hint} invalid={what !== null} readOnly={readOnly} control={props.control} className={part.type === "choice" ? css.choice : undefined}
          onFocus={props.onFocus} onType={props.onType} onPick={props.onPick}
          onEnter={() => {
            if (!entry && offered) props.onAccept();
            props.onNext();
          }}
        />
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

export function FormHint({ active }: { active: boolean }) {
  return <p className={css.hint}>{active ? <>Drag over the words of the field, with <Kbd>Shift</Kbd> to add more; or type. <Kbd>Tab</Kbd> next, <Kbd>Esc</Kbd> leave.</> : <>Choose a field by its key, or click into it.</>}</p>;
}
