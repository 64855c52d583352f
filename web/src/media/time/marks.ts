/**
 * Segments as they lie in lanes: in which row each is drawn, which are in view, and what is under the pointer. Pure.
 * A lane with overlapping segments gets as many rows as it needs; thousands of segments are found by bisection.
 */

export interface Lane {
  id: string;
  title: string;
  /** A CSS colour; may be a variable of the theme. */
  color: string;
}

export interface TimeMark {
  key: string;
  lane: string;
  start: number;
  end: number;
  /** What is written in it. */
  title: string;
  color: string;
  /** Suggested, not decided. */
  dashed?: boolean;
  /** Moments inside it that are set off, for key frames say. */
  ticks?: readonly number[];
}

export interface PlacedMark {
  mark: TimeMark;
  row: number;
}

export interface PlacedLane {
  lane: Lane;
  /** Sorted by start. */
  marks: readonly PlacedMark[];
  rows: number;
  /** The longest of them, so that a search knows how far back to begin. */
  longest: number;
}

/** No lane grows beyond this many rows; further overlaps share the last one. */
export const MAX_ROWS = 4;

export function placed(lanes: readonly Lane[], marks: readonly TimeMark[]): PlacedLane[] {
  const byLane = new Map<string, TimeMark[]>(lanes.map((lane) => [lane.id, []]));
  for (const mark of marks) byLane.get(mark.lane)?.push(mark);
  return lanes.map((lane) => inRows(lane, byLane.get(lane.id)!));
}

function inRows(lane: Lane, marks: TimeMark[]): PlacedLane {
  marks.sort((a, b) => a.start - b.start || b.end - a.end || (a.key < b.key ? -1 : 1));
  const free: number[] = [];
  let longest = 0;
  const found = marks.map((mark): PlacedMark => {
    longest = Math.max(longest, mark.end - mark.start);
    let row = free.findIndex((end) => end <= mark.start + 1e-9);
    if (row < 0) row = Math.min(free.length, MAX_ROWS - 1);
    free[row] = Math.max(free[row] ?? 0, mark.end);
    return { mark, row };
  });
  return { lane, marks: found, rows: Math.max(1, free.length), longest };
}

/** The first mark of a lane that may reach into times from `time` on. */
export function firstFrom(lane: PlacedLane, time: number): number {
  const least = time - lane.longest;
  let [low, high] = [0, lane.marks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lane.marks[middle]!.mark.start < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Everything that touches a stretch of time. */
export function* within(lane: PlacedLane, from: number, to: number): Generator<PlacedMark> {
  for (let i = firstFrom(lane, from); i < lane.marks.length; i++) {
    const one = lane.marks[i]!;
    if (one.mark.start > to) return;
    if (one.mark.end >= from) yield one;
  }
}

export type Part = "start" | "end" | "body";

export interface Hit {
  mark: TimeMark;
  part: Part;
}

/** What lies at a time in a row of a lane; an edge within `reach` seconds wins over a body, the selected one over others. */
export function hit(lane: PlacedLane, row: number, time: number, reach: number, selected: string | null): Hit | null {
  let best: Hit | null = null;
  let nearest = Infinity;
  for (const { mark, row: own } of within(lane, time - reach, time + reach)) {
    if (own !== row) continue;
    const bonus = mark.key === selected ? reach / 2 : 0;
    // In a short segment, the edges leave a third of it to be grabbed.
    const grip = Math.min(reach, (mark.end - mark.start) / 3);
    const [a, b] = [Math.abs(time - mark.start), Math.abs(time - mark.end)];
    const outside = time < mark.start || time > mark.end;
    const part: Part | null = a <= (outside ? reach : grip) && a <= b ? "start" : b <= (outside ? reach : grip) ? "end" : outside ? null : "body";
    if (part === null) continue;
    const far = (part === "body" ? reach : Math.min(a, b)) - bonus;
    if (far < nearest) [best, nearest] = [{ mark, part }, far];
  }
  return best;
}

/** The mark after (or before) a time or the selected one, over all lanes, in order of their start. */
export function neighbour(marks: readonly TimeMark[], selected: string | null, time: number, by: 1 | -1): TimeMark | undefined {
  const order = [...marks].sort((a, b) => a.start - b.start || a.end - b.end || (a.key < b.key ? -1 : 1));
  if (order.length === 0) return undefined;
  const at = order.findIndex((mark) => mark.key === selected);
  if (at >= 0) return order[(at + by + order.length) % order.length];
  if (by > 0) return order.find((mark) => mark.start >= time) ?? order[0];
  return order.findLast((mark) => mark.start <= time) ?? order[order.length - 1];
}

/** A dragged stretch, its ends at least `least` apart and within the media. */
export function stretched(mark: { start: number; end: number }, part: Part, by: number, duration: number, least = 0.01): { start: number; end: number } {
  if (part === "start") return { start: Math.min(Math.max(0, mark.start + by), mark.end - least), end: mark.end };
  if (part === "end") return { start: mark.start, end: Math.max(Math.min(duration, mark.end + by), mark.start + least) };
  const moved = Math.min(Math.max(mark.start + by, 0), duration - (mark.end - mark.start));
  return { start: moved, end: moved + (mark.end - mark.start) };
}

/** The nearest edge of another mark within `reach` seconds, else the time itself. */
export function snapped(time: number, marks: Iterable<TimeMark>, reach: number, except: string | null): number {
  let [best, far] = [time, reach];
  for (const mark of marks) {
    if (mark.key === except) continue;
    for (const edge of [mark.start, mark.end]) {
      const away = Math.abs(edge - time);
      if (away < far) [best, far] = [edge, away];
    }
  }
  return best;
}
