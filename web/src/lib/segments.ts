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

/** How many entries two lists share at their beginning and, apart from those, at their end. */
export function sameEnds(before: number, now: number, same: (before: number, now: number) => boolean): { head: number; tail: number } {
  const most = Math.min(before, now);
  let head = 0;
  while (head < most && same(head, head)) head++;
  let tail = 0;
  while (tail < most - head && same(before - 1 - tail, now - 1 - tail)) tail++;
  return { head, tail };
}

/**
 * Gives each stretch the lowest lane that is free where it starts, so that overlapping ones never share a lane.
 * `before` is a former result: clusters that nothing was put into or taken from are taken from it as they are, and
 * unchanged placements keep their identity, which is what memoised rendering needs.
 */
export function place<T extends Stretch>(stretches: readonly T[], before: readonly Placed<T>[] = []): Placed<T>[] {
  const sorted = stretches.filter((s) => s.end > s.start).sort(byPlace);
  const { head, tail } = sameEnds(before.length, sorted.length, (b, n) => before[b]!.stretch === sorted[n]);
  const first = firstCluster(sorted, before, head);
  const last = sorted.length - tail;
  const shift = before.length - sorted.length;
  const between = before.slice(head, before.length - tail);
  const known = new Map(between.map((p) => [p.stretch, p]));
  const gone = between.reduce((most, p) => Math.max(most, p.stretch.end), -1);
  const placed = before.slice(0, first);
  let ends: number[] = [];
  let cluster = first;
  let reach = -1;
  const close = () => {
    for (let i = cluster; i < placed.length; i++) {
      const one = placed[i]!;
      placed[i] = settle(one, ends.length, i < head ? before[i] : i >= last ? before[i + shift] : known.get(one.stretch));
    }
    cluster = placed.length;
  };
  for (let i = first; i < sorted.length; i++) {
    const stretch = sorted[i]!;
    if (stretch.start >= reach) {
      close();
      if (i >= last && stretch.start >= gone) return placed.concat(before.slice(i + shift));
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

/** Where the cluster begins that the first difference, at `head`, may belong to. */
function firstCluster<T extends Stretch>(sorted: readonly T[], before: readonly Placed<T>[], head: number): number {
  let first = 0;
  let reach = -1;
  for (let i = 0; i < head; i++) {
    if (sorted[i]!.start >= reach) first = i;
    reach = Math.max(reach, sorted[i]!.end);
  }
  const apart = (stretch: T | undefined) => stretch === undefined || stretch.start >= reach;
  return apart(sorted[head]) && apart(before[head]?.stretch) ? head : first;
}

function settle<T extends Stretch>(one: Placed<T>, depth: number, before: Placed<T> | undefined): Placed<T> {
  return before?.lane === one.lane && before.depth === depth ? before : { ...one, depth };
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
