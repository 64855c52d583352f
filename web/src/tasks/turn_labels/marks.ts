/** Marks on turns: which turns are asked about, and what a key does to the marks. Pure. */
import type { ChatTurn, Item, Question } from "../../api/types";
import { isChat } from "../../media/ChatView";

export interface Mark {
  turn: number;
  label?: string;
  rating?: number;
}

export const isMarks = (value: unknown): value is Mark[] =>
  Array.isArray(value) && value.every((mark) => typeof mark?.turn === "number" && (typeof mark.label === "string" || typeof mark.rating === "number"));

export function turnsOf(question: Question, item: Item): ChatTurn[] {
  const turns = item.data[question.field ?? ""];
  return isChat(turns) ? turns : [];
}

/** The places of the turns that are asked about. */
export function askedTurns(question: Question, turns: readonly ChatTurn[]): number[] {
  const roles = Array.isArray(question.config.roles) ? (question.config.roles as string[]) : ["assistant"];
  return turns.flatMap((turn, at) => (roles.length === 0 || roles.includes(turn.role) ? [at] : []));
}

export const isRated = (question: Question): boolean => !Array.isArray(question.config.labels);

/** The steps of the rating. */
export function stepsOf({ config }: Question): number[] {
  const low = typeof config.min === "number" ? config.min : 1;
  const high = typeof config.max === "number" ? config.max : low + 4;
  return Array.from({ length: Math.max(0, high - low + 1) }, (_, i) => low + i);
}

/** The marks with this one added, changed or taken away. */
export function toggled(marks: readonly Mark[], mark: Mark, multiple: boolean): Mark[] {
  const holds = marks.some((one) => sameMark(one, mark));
  if (holds) return marks.filter((one) => !sameMark(one, mark));
  return sorted([...(multiple ? marks : marks.filter((one) => one.turn !== mark.turn)), mark]);
}

export const sameMark = (a: Mark, b: Mark): boolean => a.turn === b.turn && a.label === b.label && a.rating === b.rating;

export const sorted = (marks: readonly Mark[]): Mark[] => [...marks].sort((a, b) => a.turn - b.turn);

/** The next asked turn without a mark, behind `at` and then from the start; `at` if all have one. */
export function nextOpen(asked: readonly number[], marks: readonly Mark[], at: number): number {
  const open = asked.filter((turn) => !marks.some((mark) => mark.turn === turn));
  return open.find((turn) => turn > at) ?? open[0] ?? at;
}
