/**
 * Where suggestions come after the first answer: that answer is put on record as it is, and only then may they appear.
 *
 * One decision out of a few is a first answer at once; words and marks are one when the person asks to see the suggestions.
 */

import { isDecision, askedQuestions } from "./questions";
import type { Desk } from "./desk";
import type { DeskParts } from "./hand";
import { firstAnswerEntry, type Context } from "./submission";
import type { Open } from "./state";

export function keepFirstAnswers(desk: Desk, parts: Pick<DeskParts, "outbox" | "log">, context: () => Context): () => void {
  const onTheWay = new Set<string>();
  const keep = async (open: Open, question: string) => {
    const item = open.work.item.id;
    const key = `${item} ${question}`;
    if (onTheWay.has(key)) return;
    onTheWay.add(key);
    try {
      await parts.outbox.add(firstAnswerEntry(open, context(), question, open.values[question]));
      const now = desk.getState().open;
      if (now?.work.item.id !== item) return;
      parts.log.add("first_answer", { question });
      desk.setState({ open: { ...now, first: new Set([...now.first, question]) } });
    } finally {
      onTheWay.delete(key);
    }
  };
  return desk.store.subscribe(({ open }, before) => {
    if (!open || open === before.open) return;
    for (const question of dueNow(open, context())) keep(open, question).catch(() => undefined);
  });
}

/** Questions whose answer is a first one now and not on record yet. */
export function dueNow(open: Open, { questions, isEmpty }: Pick<Context, "questions" | "isEmpty">): string[] {
  const due = askedQuestions(questions, open.values).filter((q) => {
    const value = open.values[q.name];
    if (open.work.show[q.name] !== "after_first_answer" || open.first.has(q.name) || isEmpty(q, value)) return false;
    return isDecision(q, value) || open.revealed.has(q.name);
  });
  return due.map((q) => q.name);
}
