/** Several things of an image at once: which are selected, and what is done to them as one change of the list. Pure. */
import { around, stepWithin, type Point, type Size } from "../../lib/geometry";
import { boxShape, movedShape } from "../../lib/shape";
import { newId } from "../regions/parts";
import { keyOf, without, type DrawnMark, type Kind, type Mark } from "./marks";

/** Things that are selected together. The lead is the one that was selected last. */
export interface Together {
  lead: string | null;
  keys: ReadonlySet<string>;
}

export const ALONE: Together = { lead: null, keys: new Set() };

/** The selection after others were meant: these only, these besides, or each of them the other way round. `now`: what is selected. */
export function gathered(now: ReadonlySet<string>, lead: string | null, meant: readonly string[], how: "only" | "add" | "toggle"): Together {
  const keys = new Set(how === "only" ? [] : now);
  for (const key of meant) if (!(how === "toggle" && keys.delete(key))) keys.add(key);
  const last = meant.findLast((key) => keys.has(key)) ?? (lead !== null && keys.has(lead) ? lead : [...keys].at(-1));
  return { lead: last ?? null, keys };
}

/** The list with each of these things changed, or taken out where there is no change. They keep their keys. */
export function changedMany<M extends Mark>(kind: Kind<M>, value: readonly M[], keys: ReadonlySet<string>, change: (mark: M, key: string) => Partial<M> | null): M[] {
  return value.flatMap((mark) => {
    const key = keyOf(kind, mark);
    if (!keys.has(key)) return [mark];
    const more = change(mark, key);
    return more ? [without({ ...mark, ...more, id: key })] : [];
  });
}

/** How far things may go together of a way, so that none leaves the image; whole pixels for masks. */
export function stepOf(things: readonly DrawnMark[], dx: number, dy: number, image: Size): Point {
  const all = around(things);
  return all ? stepWithin(all, dx, dy, image) : { x: 0, y: 0 };
}

/** What is stored of a thing that was moved. */
export function movedGeometry<M extends Mark>(kind: Kind<M>, one: DrawnMark, by: Point, image: Size, question: Parameters<Kind<M>["geometry"]>[2]): Partial<M> | null {
  return kind.geometry(movedShape(one.shape ?? boxShape(one), by.x, by.y, image), image, question);
}

/** One group for all of these things: the number of the first that has one, else a new one. If they are a group already, none. */
export function grouping<M extends Mark>(value: readonly M[], those: readonly { group: number | null }[]): number | undefined {
  const first = those.find((one) => one.group !== null)?.group ?? undefined;
  if (first !== undefined && those.every((one) => one.group === first)) return undefined;
  return first ?? value.reduce((most, mark) => Math.max(most, mark.group ?? 0), 0) + 1;
}

/** The relations of a thing to those that were copied with it, among the copies; `ids`: what each is called there. */
export function relationsAmong(mark: Mark, ids: ReadonlyMap<string, string>): Mark["relations"] {
  const found = mark.relations?.flatMap((link) => (ids.has(link.to) ? [{ ...link, to: ids.get(link.to)! }] : []));
  return found && found.length > 0 ? found : undefined;
}

/** Copies of things with ids of their own, somewhat aside; relations among them hold among the copies. */
export function twins<M extends Mark>(kind: Kind<M>, value: readonly M[], those: ReadonlyMap<string, DrawnMark>, by: Point, image: Size, question: Parameters<Kind<M>["geometry"]>[2]): M[] {
  const ids = new Map([...those.keys()].map((key) => [key, newId()]));
  return value.flatMap((mark) => {
    const key = keyOf(kind, mark);
    const one = those.get(key);
    const geometry = one && movedGeometry(kind, one, by, image, question);
    if (!geometry) return [];
    return [without({ ...mark, ...geometry, id: ids.get(key)!, relations: relationsAmong(mark, ids) })];
  });
}
