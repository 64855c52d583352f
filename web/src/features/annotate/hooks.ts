/** What several parts of the workbench derive from the item in hand. */

import { useDeferredValue, useEffect, useMemo, useRef } from "react";
import type { Question, Suggestion } from "../../api/types";
import { widgets } from "../../tasks";
import { askedQuestions } from "./logic/questions";
import type { Open } from "./logic/state";
import { fromAssistant, isVisible, rowsOf, type Minimum, type Row } from "./logic/suggestions";
import { isEmpty, useBench, useDesk } from "./session";

export function useAsked(): Question[] {
  const { questions } = useBench().project.spec;
  const values = useDesk((s) => s.open?.values);
  return useMemo(() => askedQuestions(questions, values ?? {}), [questions, values]);
}

/** Whether suggestions of the question may be on the screen. */
export function mayShow(open: Open, question: Question): boolean {
  return isVisible(open.work.show[question.name] ?? "shown", open.revealed.has(question.name), open.first.has(question.name));
}

/** Whether the person may ask to see the suggestions now; after the first answer, only once there is one. */
export function mayReveal(open: Open, question: Question): boolean {
  const show = open.work.show[question.name];
  if (mayShow(open, question) || open.revealed.has(question.name)) return false;
  return show === "on_demand" || (show === "after_first_answer" && !isEmpty(question, open.values[question.name]));
}

/** The suggestions of a question that may be on the screen, highest confidence first. */
export function visibleSuggestions(open: Open, question: Question): Suggestion[] {
  const may = mayShow(open, question);
  const own = open.work.suggestions.filter((s) => s.question === question.name && (may || fromAssistant(s)));
  return own.sort((a, b) => (b.score ?? 1) - (a.score ?? 1));
}

/** All rows of the suggestions panel, the active question first. */
export function rowsFor(open: Open, asked: readonly Question[], minimum: Minimum): Row[] {
  const order = [...asked].sort((a, b) => Number(b.name === open.active) - Number(a.name === open.active));
  return order.flatMap((question) => {
    const widget = widgets[question.type];
    if (!widget) return [];
    return rowsOf(question, widget, visibleSuggestions(open, question), open.values[question.name], open.rejected, minimum);
  });
}

/** The rows as they are drawn; may lag a frame behind while something is dragged. */
export function useRows(): Row[] {
  const asked = useAsked();
  const open = useDeferredValue(useDesk((s) => s.open));
  const minimum = useDesk((s) => s.minimum);
  return useMemo(() => (open ? rowsFor(open, asked, minimum) : []), [open, asked, minimum]);
}

/** The rows right now, for a command that is being run. */
export function rowsNow(state: { open: Open | null; minimum: Minimum }, questions: readonly Question[]): Row[] {
  return state.open ? rowsFor(state.open, askedQuestions(questions, state.open.values), state.minimum) : [];
}

/** Calls `drawn` after the browser has painted what was committed with this `key`. */
export function useAfterPaint(key: unknown, drawn: () => void): void {
  const latest = useRef(drawn);
  useEffect(() => {
    latest.current = drawn;
  });
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => latest.current();
      channel.port2.postMessage(null);
    });
    return () => cancelAnimationFrame(frame);
  }, [key]);
}

/** Tells the desk which suggestions are on the screen: those drawn on the item, and all of them where they are listed. */
export function useSeen(listed: boolean): void {
  const { desk } = useBench();
  const rows = useRows();
  useEffect(() => desk.saw(listed ? rows : rows.filter((row) => row.confident)), [desk, rows, listed]);
}
