/** What is asked: its number among several, its title, whether it may be left open, and its help. */
import { lazy, Suspense } from "react";
import type { Question } from "../../api/types";
import { isEmpty, useBench, useDesk } from "./session";
import css from "./workbench.module.css";

const Markdown = lazy(() => import("../../ui/Markdown"));

interface HeadProps {
  question: Question;
  number: number | null;
  active: boolean;
  /** Without the help, where it stands elsewhere. */
  bare?: boolean;
}

export function QuestionHead({ question, number, active, bare }: HeadProps) {
  const { desk } = useBench();
  const answered = useDesk((s) => !isEmpty(question, s.open?.values[question.name]));
  return (
    <>
      <header className={css.questionHead}>
        {number === null ? null : <span className={css.number} data-done={answered || undefined} aria-hidden>{number}</span>}
        <h2><button type="button" className={css.questionName} aria-current={active || undefined} onClick={() => desk.activate(question.name)}>{question.title ?? question.name}</button></h2>
        {question.required === false ? <span className={css.optional}>optional</span> : null}
      </header>
      {question.help && !bare ? <div className={css.help}><Suspense fallback={question.help}><Markdown text={question.help} /></Suspense></div> : null}
    </>
  );
}
