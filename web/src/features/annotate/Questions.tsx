/** The left column: the questions asked now, numbered where there are several, the active one with the keyboard. */
import { useEffect, useRef, type KeyboardEvent } from "react";
import type { Question } from "../../api/types";
import { widgets } from "../../tasks";
import { useAsked } from "./hooks";
import { QuestionEditor } from "./QuestionEditor";
import { QuestionHead } from "./QuestionHead";
import { useBench, useDesk } from "./session";
import css from "./workbench.module.css";

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
  const block = useRef<HTMLElement>(null);
  const place = widgets[question.type]?.place ?? "form";
  useEffect(() => {
    if (active && number !== null) block.current?.scrollIntoView({ block: "nearest" });
  }, [active, number]);
  return (
    <section ref={block} className={css.question} data-active={(active && number !== null) || undefined} aria-label={question.title ?? question.name}>
      <QuestionHead question={question} number={number} active={active} bare={place === "page"} />
      {place !== "form" ? <p className={css.onField}>{place === "page" ? "Answered in the middle." : "Marked on the item itself."}</p> : <QuestionEditor question={question} active={active} onGuideline={onGuideline} />}
    </section>
  );
}
