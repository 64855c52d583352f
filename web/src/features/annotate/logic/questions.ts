/** Which questions are asked now, which one has the keyboard, and what is still missing. Pure functions. */

import type { Item, Question } from "../../../api/types";
import { seedOf } from "../../../lib/shuffle";
import type { TaskWidget } from "../../../tasks/types";
import type { Values } from "./undo";

/** Tells whether a value counts as no answer. */
export type IsEmpty = (question: Question, value: unknown) => boolean;

/** Whether the question is asked, given the answers so far; the same rule as on the server. */
export function isAsked(question: Question, values: Values): boolean {
  if (!question.when) return true;
  const value = values[question.when.question];
  if (value === undefined || value === null) return false;
  const given = new Set((Array.isArray(value) ? value : [value]).map(plain));
  return question.when.any_of.some((wanted) => given.has(plain(wanted)));
}

/** The questions asked now, in order; a question that hangs on one that is not asked is not asked either. */
export function askedQuestions(questions: readonly Question[], values: Values): Question[] {
  const asked: Question[] = [];
  const known: Record<string, unknown> = {};
  for (const question of questions) {
    if (!isAsked(question, known)) continue;
    asked.push(question);
    known[question.name] = values[question.name];
  }
  return asked;
}

/** The first question that must be answered and is not; marking nothing is an answer where things are marked. */
export function firstMissing(
  asked: readonly Question[], values: Values, isEmpty: IsEmpty, nothing: Nothing,
): Question | undefined { // prettier-ignore
  return asked.find((q) => q.required !== false && isEmpty(q, values[q.name]) && nothing(q) === undefined);
}

/** Where to go after answering `current`: the next unanswered question below it, else the first one above, else none. */
export function nextUnanswered(asked: readonly Question[], current: string, values: Values, isEmpty: IsEmpty): string | null {
  const at = asked.findIndex((q) => q.name === current);
  const order = [...asked.slice(at + 1), ...asked.slice(0, Math.max(at, 0))];
  return order.find((q) => isEmpty(q, values[q.name]))?.name ?? null;
}

/** The neighbour of `current`, wrapping around. */
export function neighbour(asked: readonly Question[], current: string, step: 1 | -1): string {
  const at = asked.findIndex((q) => q.name === current);
  return asked[(at + step + asked.length) % asked.length]?.name ?? current;
}

/** What "nothing found" means for a question: an empty list where things are marked on the item, no answer elsewhere. */
export type Nothing = (question: Question) => unknown;

/** The answers to send: of the questions asked only, and only where there is one. */
export function answersToSend(
  asked: readonly Question[], values: Values, isEmpty: IsEmpty, nothing: Nothing,
): Record<string, unknown> { // prettier-ignore
  const given = asked.map((q) => [q.name, isEmpty(q, values[q.name]) ? nothing(q) : values[q.name]] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** What the desk knows of the project when it looks at answers. */
export interface Rules {
  questions: readonly Question[];
  widgets: Readonly<Record<string, TaskWidget>>;
  isEmpty: IsEmpty;
  nothing: Nothing;
  user: number;
}

/** What keeps the answers from being sent: the question to go to, and what to say. Null if they may go. */
export function hindrance(values: Values, item: Item, rules: Rules): { question: string; notice: string } | null {
  const asked = askedQuestions(rules.questions, values);
  const missing = firstMissing(asked, values, rules.isEmpty, rules.nothing);
  if (missing) return { question: missing.name, notice: `Answer “${missing.title ?? missing.name}” first, or skip the item (S).` };
  for (const question of asked) {
    if (rules.isEmpty(question, values[question.name])) continue;
    const place = { item, question, seed: seedOf(rules.user, item.id, question.name) };
    const problem = rules.widgets[question.type]?.problem?.(values[question.name], place);
    if (problem) return { question: question.name, notice: problem };
  }
  return null;
}

/** The answers as they are sent: each as its widget seals it. */
export function sealedAnswers(values: Values, item: Item, rules: Rules): Record<string, unknown> {
  const asked = askedQuestions(rules.questions, values);
  const answers = answersToSend(asked, values, rules.isEmpty, rules.nothing);
  for (const question of asked) {
    const seal = rules.widgets[question.type]?.seal;
    const place = { item, question, seed: seedOf(rules.user, item.id, question.name) };
    if (seal && question.name in answers) answers[question.name] = seal(answers[question.name], place);
  }
  return answers;
}

/** Whether a value is one decision out of a few (a label, a number), so that giving it completes the question. */
export function isDecision(question: Question, value: unknown): boolean {
  return typeof value === "number" || (typeof value === "string" && Array.isArray(question.config.labels));
}

function plain(value: unknown): string {
  if (typeof value === "object" && value !== null && "label" in value) return String(value.label);
  return String(value);
}
