/** The left column: the questions asked now, numbered where there are several, the active one with the keyboard. */
import { lazy, Suspense, useEffect, useRef, type KeyboardEvent } from "react";
import type { Question } from "../../api/types";
import { widgets } from "../../tasks";
import { useAsked } from "./hooks";
import { QuestionEditor } from "./QuestionEditor";
import { isEmpty, useBench, useDesk } from "./session";
import css from "./workbench.module.css";

const Markdown = lazy(() => import("../../ui/Markdown"));

export function Questions({ onGuideline }: { onGuideline(label: string | null): void }) {
  const { desk } = useBench();
  const asked = useAsked();
  const active = useDesk((s) => s.open?.active ?? "");
  const several = asked.length > 1;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Tab" || !several || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = asked.findIndex((q) => q.name === active) + (event.shiftKey ? -1 : 1);
    if (at < 0 || at >= asked.length) return;
    event.preventDefault();
    desk.move(event.shiftKey ? -1 : 1);
  };
  return (
    <div className={css.questions} onKeyDown={onKeyDown}>
      {asked.map((question, i) => (
        <QuestionBlock key={question.name} question={question} number={several ? i + 1 : null} active={question.name === active} onGuideline={onGuideline} />
      ))}
    </div>
  );
}

interface BlockProps {
  question: Question;
  number: number | null;
  active: boolean;
  onGuideline(label: string | null): void;
}

function QuestionBlock({ question, number, active, onGuideline }: BlockProps) {
  const { desk } = useBench();
  const block = useRef<HTMLElement>(null);
  const answered = useDesk((s) => !isEmpty(question, s.open?.values[question.name]));
  const onField = widgets[question.type]?.place === "field";
  useEffect(() => {
    if (active && number !== null) block.current?.scrollIntoView({ block: "nearest" });
  }, [active, number]);
  return (
    <section ref={block} className={css.question} data-active={(active && number !== null) || undefined} aria-label={question.title ?? question.name}>
      <header className={css.questionHead}>
        {number === null ? null : <span className={css.number} data-done={answered || undefined} aria-hidden>{number}</span>}
        <h2><button type="button" className={css.questionName} aria-current={active || undefined} onClick={() => desk.activate(question.name)}>{question.title ?? question.name}</button></h2>
        {question.required === false ? <span className={css.optional}>optional</span> : null}
      </header>
      {question.help ? <div className={css.help}><Suspense fallback={question.help}><Markdown text={question.help} /></Suspense></div> : null}
      {onField ? <p className={css.onField}>Marked on the item itself.</p> : <QuestionEditor question={question} active={active} onGuideline={onGuideline} />}
    </section>
  );
}
