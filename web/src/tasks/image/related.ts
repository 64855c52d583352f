/** Relations between the things of an image as they are stored: each thing carries those that start from it. Pure. */
import type { Suggestion } from "../../api/types";
import { linksBetween, typesOf, type Linked, type Links, type Relation } from "../linking/links";
import { regionParts, type RegionPart } from "../regions/parts";
import type { Question } from "../../api/types";
import { keyOf, type Kind, type Mark } from "./marks";

const known = new WeakMap<object, unknown>();

/** What can be done with relations between things of a kind. */
export function linksOf<M extends Mark>(kind: Kind<M>): Links<M> {
  const found = known.get(kind) as Links<M> | undefined;
  if (found) return found;
  const made = linksBetween<M>({
    isMark: kind.isMark, keyOf: (mark) => keyOf(kind, mark), signature: kind.signature, grown: (marks, more) => [...marks, ...more],
    suggested: ({ value }) => (Array.isArray(value) ? { marks: value, relations: relationsIn(kind, value.filter(kind.isMark)) } : null),
  });
  known.set(kind, made);
  return made;
}

function relationsIn<M extends Mark>(kind: Kind<M>, value: readonly M[]): Relation[] {
  return value.flatMap((mark) => mark.relations?.map(({ to, ...rest }) => ({ head: keyOf(kind, mark), tail: to, ...rest })) ?? []);
}

/** Things with the relations between them. */
export const graphOf = <M extends Mark>(kind: Kind<M>, value: readonly M[]): Linked<M> => ({ spans: value as M[], relations: relationsIn(kind, value) });

/** The things of a graph with the relations that start from them; those that have the same as before stay the same objects. */
export function stored<M extends Mark>(kind: Kind<M>, { spans, relations }: Linked<M>): M[] {
  const from = new Map<string, NonNullable<Mark["relations"]>>();
  for (const { head, tail, label } of relations) {
    const own = from.get(head);
    if (own) own.push({ to: tail, label });
    else from.set(head, [{ to: tail, label }]);
  }
  return spans.map((mark) => {
    const own = from.get(keyOf(kind, mark));
    if (!own && !mark.relations) return mark;
    if (own && own.length === mark.relations?.length && own.every((one, i) => one.to === mark.relations![i]!.to && one.label === mark.relations![i]!.label)) return mark;
    const { relations: _, ...rest } = mark;
    return (own ? { ...rest, relations: own } : rest) as M;
  });
}

/** Changed things with the relations that still hold between them, given the things before. */
export function settled<M extends Mark>(kind: Kind<M>, question: Question, before: readonly M[], now: M[]): M[] {
  const types = typesOf(question);
  return types.length > 0 ? stored(kind, linksOf(kind).withMarks(graphOf(kind, before), types, now)) : now;
}

/** The things of a suggestion as parts. Their relations are parts of their own. */
export function thingParts<M extends Mark>(kind: Kind<M>, suggestion: Suggestion): RegionPart<M>[] {
  const parts = regionParts(suggestion, kind.isMark);
  for (const { part } of parts) delete part.relations;
  return parts;
}
