/**
 * From overlapping spans to a flat row of segments that can be drawn, and the stacking of their underlines.
 * Pure: offsets are UTF-16 and half open; the renderer knows nothing of overlap.
 */

/** What is to be drawn over a text: `start` inclusive, `end` exclusive. */
export interface Stretch {
  key: string;
  start: number;
  end: number;
}

/** A stretch with its place in the stack: `lane` 0 is the outermost; `depth` is the number of lanes of its cluster. */
export interface Placed<T extends Stretch> {
  stretch: T;
  lane: number;
  depth: number;
}

/** A run of text covered by the same stretches throughout; `over` is ordered outermost first. */
export interface Segment<T extends Stretch> {
  start: number;
  end: number;
  over: readonly Placed<T>[];
}

/** Earlier first, then longer first: the order in which outer spans come before the inner ones. */
export function byPlace(a: Stretch, b: Stretch): number {
  return a.start - b.start || b.end - a.end || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/**
 * Gives each stretch the lowest lane that is free where it starts, so that overlapping ones never share a lane.
 * `previous` (by key) lets unchanged placements keep their identity, which is what memoised rendering needs.
 */
export function place<T extends Stretch>(
  stretches: readonly T[],
  previous?: ReadonlyMap<string, Placed<T>>,
): Placed<T>[] {
  const sorted = stretches.filter((s) => s.end > s.start).sort(byPlace);
  const placed: Placed<T>[] = [];
  let ends: number[] = [];
  let cluster = 0;
  let reach = -1;
  const close = () => {
    for (let i = cluster; i < placed.length; i++) placed[i] = settle(placed[i]!, ends.length, previous);
    cluster = placed.length;
  };
  for (const stretch of sorted) {
    if (stretch.start >= reach) {
      close();
      ends = [];
    }
    const free = ends.findIndex((end) => end <= stretch.start);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = stretch.end;
    reach = Math.max(reach, stretch.end);
    placed.push({ stretch, lane, depth: 0 });
  }
  close();
  return placed;
}

function settle<T extends Stretch>(one: Placed<T>, depth: number, previous?: ReadonlyMap<string, Placed<T>>): Placed<T> {
  const before = previous?.get(one.stretch.key);
  const same = before && before.stretch === one.stretch && before.lane === one.lane && before.depth === depth;
  return same ? before : { ...one, depth };
}

/** Cuts `start`..`end` into segments at every edge of the stretches that touch it, and at `more`. Covers the whole range, in order. */
export function flatten<T extends Stretch>(placed: readonly Placed<T>[], start: number, end: number, more: readonly number[] = []): Segment<T>[] {
  const inside = placed.filter((p) => p.stretch.start < end && p.stretch.end > start);
  const cuts = new Set([start, end, ...more.filter((at) => at > start && at < end)]);
  for (const { stretch } of inside) {
    if (stretch.start > start) cuts.add(stretch.start);
    if (stretch.end < end) cuts.add(stretch.end);
  }
  const edges = [...cuts].sort((a, b) => a - b);
  const segments: Segment<T>[] = [];
  let open: Placed<T>[] = [];
  let next = 0;
  for (let i = 0; i + 1 < edges.length; i++) {
    const at = edges[i]!;
    open = open.filter((p) => p.stretch.end > at);
    while (next < inside.length && inside[next]!.stretch.start <= at) open.push(inside[next++]!);
    segments.push({ start: at, end: edges[i + 1]!, over: open.slice().sort((a, b) => a.lane - b.lane) });
  }
  return segments;
}

/** The stretches that cover a position, innermost (shortest) first: the order in which repeated clicks visit them. */
export function stackAt<T extends Stretch>(stretches: readonly T[], at: number): T[] {
  return stretches
    .filter((s) => s.start <= at && at < s.end)
    .sort((a, b) => a.end - a.start - (b.end - b.start) || byPlace(a, b));
}

/** The one after `current` in a ring, the first if there is none. Undefined for an empty list. */
export function nextInRing<T>(list: readonly T[], current: T | undefined, step: 1 | -1 = 1): T | undefined {
  if (list.length === 0) return undefined;
  const at = current === undefined ? -1 : list.indexOf(current);
  if (at === -1) return step === 1 ? list[0] : list[list.length - 1];
  return list[(at + step + list.length) % list.length];
}
