/** The candidates that a question compares, read out of an item; the same rules and ids as on the server. Pure. */
import type { ChatTurn, Field, Item, Question } from "../../api/types";
import { shuffled } from "../../lib/shuffle";
import type { Place } from "../types";

export interface Candidate {
  id: string;
  content: unknown;
  /** The kind of field that it is to be shown as. */
  kind: Field["kind"];
  /** Who made it; only where the question is not blind. */
  source: string | null;
}

/** An order as it is answered: tiers best first; while it is being made, tiers may be empty and candidates missing. */
export interface Ranks {
  tiers: string[][];
  order?: string[];
  strength?: number;
}

export const isRanks = (value: unknown): value is Ranks => {
  const tiers = (value as Ranks | null | undefined)?.tiers;
  return Array.isArray(tiers) && tiers.every((tier) => Array.isArray(tier) && tier.every((id) => typeof id === "string"));
};

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : []);

/** The fields that the candidates stand in. A conversation's own field shows only what comes before them. */
export function coveredFields(question: Question): string[] {
  const named = texts(question.config.candidates);
  return named.length > 0 ? named : question.field ? [question.field] : [];
}

/** The candidates in the item's own order; those that are missing are left out. */
export function candidatesOf(question: Question, item: Item, fields: readonly Field[] = []): Candidate[] {
  const kinds = new Map(fields.map((field) => [field.name, field.kind]));
  const named = texts(question.config.candidates);
  if (named.length > 0) {
    const there = named.filter((name) => item.data[name] !== undefined && item.data[name] !== null && item.data[name] !== "");
    return there.map((id) => ({ id, content: item.data[id], kind: kinds.get(id) ?? "text", source: null }));
  }
  return entriesOf(question, item).map((entry, at) => candidateOf(entry, String(at + 1), question.config.blind === false));
}

/** In a chat field, the turns that the candidates answer. */
export function turnsBefore(question: Question, item: Item): ChatTurn[] {
  const turns = item.data[question.field ?? ""];
  return question.config.from === "chat" && Array.isArray(turns) ? (turns.slice(0, answersFrom(turns)) as ChatTurn[]) : [];
}

function entriesOf(question: Question, item: Item): unknown[] {
  const value = item.data[question.field ?? ""];
  if (!Array.isArray(value)) return [];
  return question.config.from === "chat" ? value.slice(answersFrom(value)) : value;
}

function answersFrom(turns: readonly unknown[]): number {
  let at = turns.length;
  while (at > 0 && (turns[at - 1] as ChatTurn | null)?.role === "assistant") at -= 1;
  return at;
}

function candidateOf(entry: unknown, id: string, named: boolean): Candidate {
  if (typeof entry !== "object" || entry === null) return { id, content: entry, kind: "markdown", source: null };
  const known = entry as Record<string, unknown>;
  const content = known.messages ?? known.text ?? known.content ?? "";
  const source = known.source ?? known.model;
  return { id, content, kind: "markdown", source: named && typeof source === "string" ? source : null };
}

/** The order on the screen: as it was shown before, else shuffled by the person's own seed, else the item's own. */
export function orderFor(value: Ranks | undefined, ids: readonly string[], { question, seed }: Pick<Place, "question" | "seed">): string[] {
  const before = value?.order;
  if (before && before.length === ids.length && ids.every((id) => before.includes(id))) return before;
  return question.config.shuffle === false ? [...ids] : shuffled(ids, seed);
}

/** The value as it is sent: no empty tiers, each tier in the item's own order, and the order that was on the screen. */
export function sealRanks(value: Ranks, place: Place): Ranks {
  const ids = candidatesOf(place.question, place.item).map((one) => one.id);
  const tiers = value.tiers.filter((tier) => tier.length > 0).map((tier) => ids.filter((id) => tier.includes(id)));
  return { ...value, tiers, order: orderFor(value, ids, place) };
}

/** How a candidate is called on the screen: by its place there, never by what it is. */
export const letterOf = (place: number): string => String.fromCharCode(65 + place);

/** Rank of each candidate, from 1; those without one are missing. */
export function ranksIn(value: Ranks | undefined): Map<string, number> {
  return new Map((value?.tiers ?? []).flatMap((tier, at) => tier.map((id) => [id, at + 1] as const)));
}

/** Whether two values rank alike, whatever stood where. */
export const sameRanks = (a: Ranks, b: Ranks): boolean => JSON.stringify(plain(a)) === JSON.stringify(plain(b));

function plain(value: Ranks) {
  const tiers = value.tiers.filter((tier) => tier.length > 0).map((tier) => [...tier].sort());
  return { tiers, strength: value.strength ?? null };
}
