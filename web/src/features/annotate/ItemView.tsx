/** The middle: the item's fields, as large as they can be; where a question marks on a field, its widget in that place. */
import { useEffect, useRef, useState } from "react";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import type { Field, Item, Question } from "../../api/types";
import { FieldView } from "../../media/FieldView";
import { isMedia } from "../../media/prefetch";
import { widgets } from "../../tasks";
import { liveOf } from "../../tasks/candidates/live";
import { brief } from "../../ui/format";
import { useAfterPaint, useAsked } from "./hooks";
import { isThere } from "./logic/contest";
import { Making, WriteOn } from "./Making";
import { QuestionEditor } from "./QuestionEditor";
import { QuestionHead } from "./QuestionHead";
import { useBench, useDesk } from "./session";
import { useSoundKeys } from "./useSoundKeys";
import css from "./workbench.module.css";

export function ItemView({ onGuideline }: { onGuideline(label: string | null): void }) {
  const { project, log } = useBench();
  const item = useDesk((s) => s.open?.work.item);
  const active = useDesk((s) => s.open?.active ?? "");
  const asked = useAsked();
  useAfterPaint(item?.id, () => {
    log.add("drawn");
    measureSubmit();
  });
  useSoundKeys(item);
  if (!item) return null;
  const onPage = asked.filter((q) => widgets[q.type]?.place === "page");
  const covered = new Set(onPage.flatMap((q) => widgets[q.type]?.covers?.(q) ?? []));
  const shownFields = project.spec.fields.filter((f) => f.name in item.data && !covered.has(f.name));
  return (
    <div className={css.item}>
      <div className={css.fields} data-count={onPage.length > 0 ? "page" : shownFields.length} tabIndex={0} role="group" aria-label="Content">
        {shownFields.map((field) => (
          <FieldPlace
            key={field.name} field={field} item={item} only={shownFields.length === 1 && covered.size === 0} active={active}
            question={questionOn(field, project.spec.fields, asked, active)} onGuideline={onGuideline}
          />
        ))}
        {onPage.map((question) => (
          <PageQuestion key={`${item.id}-${question.name}`} question={question} number={asked.length > 1 ? asked.indexOf(question) + 1 : null} active={question.name === active} onGuideline={onGuideline} />
        ))}
      </div>
      <Meta item={item} />
    </div>
  );
}

interface PlaceProps {
  field: Field;
  item: Item;
  only: boolean;
  question: Question | undefined;
  active: string;
  onGuideline(label: string | null): void;
}

function FieldPlace({ field, item, only, question, active, onGuideline }: PlaceProps) {
  const value = item.data[field.name];
  const filled = question !== undefined || isMedia(value);
  return (
    <section className={css.field} data-filled={filled || undefined} aria-label={field.title ?? field.name}>
      {only ? null : <h2 className={css.fieldName}>{field.title ?? field.name}</h2>}
      {question ? (
        <QuestionEditor key={widgets[question.type]?.stays ? question.name : `${item.id}-${question.name}`} question={question} active={question.name === active} onGuideline={onGuideline} />
      ) : (
        <div className={css.plain} key={isMedia(value) ? "media" : item.id}><FieldView field={field} value={value} /></div>
      )}
    </section>
  );
}

/** A question that needs the room of the middle, under the item's fields. */
function PageQuestion({ question, number, active, onGuideline }: { question: Question; number: number | null; active: boolean; onGuideline(label: string | null): void }) {
  const section = useRef<HTMLElement>(null);
  const before = useRef(active);
  const work = useDesk((s) => s.open?.work);
  const live = liveOf(question) !== null;
  const missing = live && work !== undefined && !isThere(work, question);
  useEffect(() => {
    // Under the pointer it is seen, and must not move away from under a click.
    if (active && !before.current && !section.current?.matches(":hover")) section.current?.scrollIntoView?.({ block: "nearest" });
    before.current = active;
  }, [active]);
  return (
    <section ref={section} className={css.pageQuestion} data-active={(active && number !== null) || undefined} aria-label={question.title ?? question.name}>
      <QuestionHead question={question} number={number} active={active} />
      {missing ? <Making question={question} /> : <QuestionEditor question={question} active={active} onGuideline={onGuideline} />}
      {live && !missing ? <WriteOn question={question} key={work?.item.id} /> : null}
    </section>
  );
}

/** The question that marks on this field: the active one of them, else the first. */
function questionOn(field: Field, fields: readonly Field[], asked: readonly Question[], active: string): Question | undefined {
  const here = asked.filter((q) => widgets[q.type]?.place === "field" && (q.field ?? fields[0]?.name) === field.name);
  return here.find((q) => q.name === active) ?? here[0];
}

/** What is known about the item besides its content; one line, more on demand. */
function Meta({ item }: { item: Item }) {
  const [open, setOpen] = useState(false);
  const entries = Object.entries(item.meta).filter(([, value]) => value !== null && value !== "");
  const Chevron = open ? IconChevronDown : IconChevronRight;
  return (
    <footer className={css.meta} data-open={open || undefined}>
      <button type="button" className={css.metaHead} aria-expanded={open} disabled={entries.length === 0} onClick={() => setOpen(!open)}>
        {entries.length > 0 ? <Chevron size={13} aria-hidden /> : null}
        <span>#{item.ord}</span>
        {item.key ? <span>{item.key}</span> : null}
        {open ? null : entries.slice(0, 6).map(([name, value]) => <span key={name}><i>{name}</i> {brief(value, 40)}</span>)}
      </button>
      {open ? <dl>{entries.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{brief(value, 600)}</dd></div>)}</dl> : null}
    </footer>
  );
}

/** From the submit to the next item on the screen, as an entry that the browser's own tools list. */
function measureSubmit(): void {
  if (performance.getEntriesByName("submit", "mark").length === 0) return;
  performance.measure("submit-to-drawn", "submit");
  performance.clearMarks("submit");
}
