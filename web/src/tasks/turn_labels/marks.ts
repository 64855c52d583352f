/** Marks on turns and on the steps in them: what is asked about, and what a key does to the marks. Pure. */
import type { ChatTurn, Item, Question } from "../../api/types";
import { isChat, isResult, stepsIn, textOf } from "../../media/chat";

/** A turn, or the call or result in it that `step` counts, both from 0. */
export interface Spot {
  turn: number;
  step?: number;
}

export interface Mark extends Spot {
  label?: string;
  rating?: number;
}

export const isMarks = (value: unknown): value is Mark[] =>
  Array.isArray(value) && value.every((mark) => typeof mark?.turn === "number" && (typeof mark.label === "string" || typeof mark.rating === "number"));

export function turnsOf(question: Question, item: Item): ChatTurn[] {
  const turns = item.data[question.field ?? ""];
  return isChat(turns) ? turns : [];
}

/** What is asked about, in order, as the server finds it: the turns of these roles; with `steps` also each of their calls, and every result. */
export function askedSpots(question: Question, turns: readonly ChatTurn[]): Spot[] {
  const roles = Array.isArray(question.config.roles) ? (question.config.roles as string[]) : ["assistant"];
  return turns.flatMap((turn, at) => {
    const meant = roles.length === 0 || roles.includes(turn.role);
    if (question.config.steps !== true) return meant ? [{ turn: at }] : [];
    const steps = stepsIn(turn);
    const words = (meant || isResult(turn)) && (steps.length === 0 || textOf(turn.content) !== "");
    return [...(words ? [{ turn: at }] : []), ...steps.flatMap(({ kind }, step) => (meant || kind === "result" ? [{ turn: at, step }] : []))];
  });
}

export const sameSpot = (a: Spot, b: Spot): boolean => a.turn === b.turn && a.step === b.step;

/** "turn 3", or "turn 3, step 1": counted from 1, for people. */
export const spotName = ({ turn, step }: Spot): string => (step === undefined ? `turn ${turn + 1}` : `turn ${turn + 1}, step ${step + 1}`);

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
  return sorted([...(multiple ? marks : marks.filter((one) => !sameSpot(one, mark))), mark]);
}

export const sameMark = (a: Mark, b: Mark): boolean => sameSpot(a, b) && a.label === b.label && a.rating === b.rating;

export const sorted = (marks: readonly Mark[]): Mark[] => [...marks].sort((a, b) => a.turn - b.turn || (a.step ?? -1) - (b.step ?? -1));

/** The place in `asked` of the next one without a mark, behind `at` and then from the start; `at` if all have one. */
export function nextOpen(asked: readonly Spot[], marks: readonly Mark[], at: number): number {
  const open = asked.flatMap((spot, i) => (marks.some((mark) => sameSpot(mark, spot)) ? [] : [i]));
  return open.find((i) => i > at) ?? open[0] ?? at;
}
