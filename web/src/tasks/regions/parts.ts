/**
 * Suggested regions as parts that are accepted one by one. A part carries its own key as region id, so that it stays
 * known as accepted even after the person has changed it.
 */
import type { Suggestion } from "../../api/types";
import type { SuggestionPart } from "../types";

/** What all kinds of regions have in common. */
export interface Region {
  id?: string | undefined;
  label: string;
}

/** A part together with the suggestion it came from. */
export interface RegionPart<R extends Region> extends SuggestionPart {
  part: R & { id: string };
  suggestion: Suggestion;
}

/** The parts of a suggestion whose value is a list of regions; entries that are no regions are left out. */
export function regionParts<R extends Region>(suggestion: Suggestion, isRegion: (value: unknown) => value is R): RegionPart<R>[] {
  const list = Array.isArray(suggestion.value) ? suggestion.value : [];
  return list.flatMap((entry: unknown, index) => {
    if (!isRegion(entry)) return [];
    const key = `${suggestion.id}:${index}`;
    const { score, ...region } = entry as R & { score?: unknown };
    const own = typeof score === "number" ? score : suggestion.score;
    return [{ key, score: own, title: entry.label, part: { ...(region as unknown as R), id: key }, suggestion }];
  });
}

/** The parts that are to be drawn: high enough, not rejected, and not in the value already. */
export function openParts<R extends Region>(
  parts: readonly RegionPart<R>[],
  value: readonly R[],
  rejected: ReadonlySet<string>,
  minScore: number,
  signature: (region: R) => string,
): RegionPart<R>[] {
  if (parts.length === 0) return [];
  const { ids, signatures } = heldIn(value, signature);
  return parts.filter(
    (p) =>
      (p.score === null || p.score >= minScore) &&
      !rejected.has(p.key) &&
      !rejected.has(String(p.suggestion.id)) &&
      !ids.has(p.key) &&
      !signatures.has(signature(p.part)),
  );
}

interface Held {
  ids: ReadonlySet<string | undefined>;
  signatures: ReadonlySet<string>;
}

const known = new WeakMap<readonly Region[], Held>();

/** What a list of regions holds, worked out once per list: thousands of parts are asked about one by one. */
function heldIn<R extends Region>(value: readonly R[], signature: (region: R) => string): Held {
  let held = known.get(value);
  if (!held) {
    held = { ids: new Set(value.map((region) => region.id)), signatures: new Set(value.map(signature)) };
    known.set(value, held);
  }
  return held;
}

/** Whether the value holds the part, unchanged or changed. */
export function holdsPart<R extends Region>(value: readonly R[] | undefined, part: R, signature: (region: R) => string): boolean {
  if (!value || value.length === 0) return false;
  const { ids, signatures } = heldIn(value, signature);
  return (part.id !== undefined && ids.has(part.id)) || signatures.has(signature(part));
}

/** The parts that are not in the value yet, each once. */
export function newParts<R extends Region>(value: readonly R[] | undefined, parts: readonly unknown[], isRegion: (v: unknown) => v is R, signature: (region: R) => string): R[] {
  const taken = new Set<string>();
  return parts.filter(isRegion).filter((part) => {
    const own = signature(part);
    if (taken.has(own) || holdsPart(value, part, signature)) return false;
    taken.add(own);
    return true;
  });
}

/** An id for a region made by a person. */
export function newId(): string {
  return `r${crypto.getRandomValues(new Uint32Array(2)).reduce((text, n) => text + n.toString(36), "")}`;
}
