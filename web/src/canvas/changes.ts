/** Where two lists of regions differ, so that only that is drawn anew. Pure. */
import type { Rect } from "../lib/geometry";

/** Parts of the image in which regions have changed; "all" where it is simpler to draw all of them anew. */
export type Changed = readonly Rect[] | "all";

/** More changes than this at once are not looked for. */
const FEW = 4;

export interface Difference {
  parts: Changed;
  /** All that were there are where they were, and new ones follow. */
  placed: boolean;
}

const ALL: Difference = { parts: "all", placed: false };

/** How a list differs from what it was: a few changed in place, a few new at the end, one taken out, or more than that. */
export function changeOf<R extends Rect & { key: string }>(now: readonly R[], before: readonly R[]): Difference {
  const common = Math.min(now.length, before.length);
  const more = now.length - before.length;
  if (common === 0 || more < -1 || more > FEW) return ALL;
  let first = 0;
  while (first < common && now[first] === before[first]) first++;
  if (more === -1 || (first + 1 < before.length && now[first] === before[first + 1])) return takenOut(now, before, first);
  const parts: Rect[] = [];
  let placed = true;
  for (let i = first; i < common; i++) {
    const [is, was] = [now[i]!, before[i]!];
    if (is === was) continue;
    if (parts.length === 2 * FEW || is.key !== was.key) return ALL;
    parts.push(is, was);
    placed &&= is.x === was.x && is.y === was.y && is.w === was.w && is.h === was.h;
  }
  return { parts: [...parts, ...now.slice(common)], placed };
}

/** One is gone from place `at`; perhaps others came at the end, as one that was suggested and is taken. */
function takenOut<R extends Rect>(now: readonly R[], before: readonly R[], at: number): Difference {
  for (let i = at; i + 1 < before.length; i++) if (now[i] !== before[i + 1]) return ALL;
  return { parts: [before[at]!, ...now.slice(before.length - 1)], placed: false };
}
