/** One of several answers: what it says, drawn on the item where it marks the item, and what of it the others do not say. */
import { useId, useMemo } from "react";
import type { Field, Item, Question } from "../../api/types";
import { registry } from "../../commands/live";
import { diffWords } from "../../lib/diff";
import { seedOf } from "../../lib/shuffle";
import { widgets } from "../../tasks";
import { Kbd } from "../../ui";
import { onlyDifferent, type Difference } from "./logic/differences";
import css from "./review.module.css";

const NOTHING: ReadonlySet<string> = new Set();
const ignore = () => undefined;
/** Texts of at least this length are compared word by word. */
const LONG = 24;

export interface CardProps {
  title: string;
  cap: string;
  note: string | null;
  value: unknown;
  /** What a text is compared with. */
  against: unknown;
  different: readonly Difference[];
  only: boolean;
  chosen: boolean;
  question: Question;
  fields: Field[];
  item: Item;
  onChoose(): void;
  onAccept(): void;
}

export function AnswerCard(props: CardProps) {
  const { title, cap, note, value, different, chosen, onChoose, onAccept } = props;
  const name = useId();
  const onItem = widgets[props.question.type]?.place === "field";
  return (
    <section className={css.card} data-chosen={chosen || undefined} aria-labelledby={name} onClick={onChoose} onDoubleClick={onAccept}>
      <header>
        <h3 id={name}>
          <button type="button" aria-pressed={chosen} onClick={onChoose}>{title}</button>
        </h3>
        {note ? <span className={css.note}>{note}</span> : null}
        <button type="button" className={css.accept} onClick={onAccept}>Accept <Kbd>{cap}</Kbd></button>
      </header>
      {onItem ? <Different different={different} /> : null}
      <Shown {...props} />
      {onItem || isLong(value) ? null : <Different different={different} />}
    </section>
  );
}

const SHOWN = 12;

function Different({ different }: { different: readonly Difference[] }) {
  if (different.length === 0) return null;
  return (
    <ul className={css.different} aria-label="Where it differs">
      {different.slice(0, SHOWN).map((one, at) => (
        <li key={`${one.key}-${at}`}>
          <mark dir="auto">{one.title}</mark> <span>{one.n === 1 ? "only here" : `${one.n} of ${one.of}`}</span>
        </li>
      ))}
      {different.length > SHOWN ? <li className="dim">and {different.length - SHOWN} more</li> : null}
    </ul>
  );
}

const isLong = (value: unknown): boolean => typeof value === "string" && value.length >= LONG;

/** The value itself: on the item, as a text with its differing words marked, or in short. */
function Shown({ question, fields, item, value, against, different, only }: CardProps) {
  const widget = widgets[question.type];
  const shown = useMemo(() => (only ? onlyDifferent(value, different) : value), [only, value, different]);
  if (!widget) return <pre className={css.raw}>{JSON.stringify(value, null, 2)}</pre>;
  if (widget.place === "field") {
    return (
      <div className={css.onItem}>
        <widget.Editor
          item={item} fields={fields} question={question} value={shown} onChange={ignore} suggestions={[]} rejected={NOTHING} onReject={ignore} minScore={0}
          active={false} onActivate={ignore} readOnly setCommands={ignore} onComplete={ignore} onGuideline={ignore} seed={seedOf(0, item.id, question.name)}
        />
      </div>
    );
  }
  if (isLong(value) && typeof value === "string" && typeof against === "string" && value !== against) return <Compared text={value} against={against} />;
  return <div className={css.value}><widget.View question={question} value={value} /></div>;
}

/** A text in which the words that the other one does not have are marked. */
function Compared({ text, against }: { text: string; against: string }) {
  const pieces = useMemo(() => diffWords(against, text), [against, text]);
  return (
    <p className={css.value} dir="auto">
      {pieces.map((piece, at) => (piece.kind === "gone" ? null : piece.kind === "new" ? <mark key={at}>{piece.text}</mark> : <span key={at}>{piece.text}</span>))}
    </p>
  );
}

/** The editor of the question, to correct an answer. */
export function FixEditor({ question, fields, item, value, user, onChange }: {
  question: Question; fields: Field[]; item: Item; value: unknown; user: number; onChange(value: unknown): void;
}) { // prettier-ignore
  const widget = widgets[question.type];
  const source = `review-${useId()}`;
  if (!widget) return null;
  return (
    <widget.Editor
      item={item} fields={fields} question={question} value={value} onChange={onChange} suggestions={[]} rejected={NOTHING} onReject={ignore} minScore={0}
      active onActivate={ignore} readOnly={false} setCommands={(commands) => registry.set(source, commands)} onComplete={ignore} onGuideline={ignore}
      seed={seedOf(user, item.id, question.name)}
    />
  );
}
