/**
 * Where arcs run: up from a span into the room above its line, along it, and to another line through the margin. Every
 * piece has a lane of its own, so that no two lie on each other. Pure; CSS pixels of the scrolled content.
 */

/** Where a span begins on the page: the middle of its first piece, the top of its line, and whether it is on the page. */
export interface Anchor {
  x: number;
  /** Top of the text of its line. */
  y: number;
}

export interface ArcEnds {
  key: string;
  head: Anchor;
  tail: Anchor;
}

export interface LaidArc {
  key: string;
  path: string;
  /** Where its name stands: the middle of its longest level piece, and how long that is. */
  label: { x: number; y: number; room: number };
  /** The arrow head: where, and down onto the tail. */
  tip: Anchor;
}

/** From the top of the text to the lowest lane: room for the tags. */
const BASE = 14;
const LANE = 8;
export const LANES = 4;
const GUTTER_LANE = 6;
const ROUND = 4;
/** Two arcs that end at one span stand apart by this. */
const APART = 4;

interface Piece {
  from: number;
  to: number;
  lane: number;
}

/** The lowest lane where nothing lies between `from` and `to`; the last one if all are taken. */
function free(taken: Piece[], from: number, to: number, lanes: number): number {
  for (let lane = 0; lane < lanes; lane++) {
    if (!taken.some((p) => p.lane === lane && p.from < to && from < p.to)) {
      taken.push({ from, to, lane });
      return lane;
    }
  }
  return lanes - 1;
}

/** Lays out arcs. `gutter`: the right edge of the margin in which they change lines. Short arcs lie lowest. */
export function layOut(arcs: readonly ArcEnds[], gutter: number, gutterLanes: number): LaidArc[] {
  const lines = new Map<number, Piece[]>();
  const line = (y: number) => {
    const found = lines.get(Math.round(y));
    if (found) return found;
    const made: Piece[] = [];
    lines.set(Math.round(y), made);
    return made;
  };
  const margin: Piece[] = [];
  const ports = new Map<string, number>();
  const port = ({ x, y }: Anchor) => {
    const place = `${Math.round(x)}:${Math.round(y)}`;
    const n = ports.get(place) ?? 0;
    ports.set(place, n + 1);
    return x + (n % 2 === 0 ? 1 : -1) * Math.ceil(n / 2) * APART;
  };
  const length = (arc: ArcEnds) => Math.abs(arc.head.y - arc.tail.y) * 10 + Math.abs(arc.head.x - arc.tail.x);
  return [...arcs].sort((a, b) => length(a) - length(b) || (a.key < b.key ? -1 : 1)).map((arc) => {
    const from = { x: port(arc.head), y: arc.head.y };
    const to = { x: port(arc.tail), y: arc.tail.y };
    if (Math.abs(from.y - to.y) < 2) return level(arc.key, from, to, line(from.y));
    const up = Math.min(from.y, to.y);
    const down = Math.max(from.y, to.y);
    const column = gutter - free(margin, up, down, gutterLanes) * GUTTER_LANE;
    const at = (end: Anchor) => end.y - BASE - free(line(end.y), column, end.x, LANES) * LANE;
    const [a, b] = [at(from), at(to)];
    const bend = b > a ? ROUND : -ROUND;
    const path = `M${r(from.x)} ${r(from.y - 1)}V${r(a + ROUND)}q0 ${-ROUND} ${-ROUND} ${-ROUND}H${r(column + ROUND)}q${-ROUND} 0 ${-ROUND} ${bend}V${r(b - bend)}q0 ${bend} ${ROUND} ${bend}H${r(to.x - ROUND)}q${ROUND} 0 ${ROUND} ${ROUND}V${r(to.y - 3)}`;
    const longest = from.x > to.x ? { x: (column + from.x) / 2, y: a, room: from.x - column } : { x: (column + to.x) / 2, y: b, room: to.x - column };
    return { key: arc.key, path, label: longest, tip: { x: to.x, y: to.y - 1 } };
  });
}

function level(key: string, from: Anchor, to: Anchor, taken: Piece[]): LaidArc {
  const [left, right] = from.x < to.x ? [from.x, to.x] : [to.x, from.x];
  const y = from.y - BASE - free(taken, left, right, LANES) * LANE;
  const way = to.x > from.x ? 1 : -1;
  const round = Math.min(ROUND, (right - left) / 2);
  const path = `M${r(from.x)} ${r(from.y - 1)}V${r(y + round)}q0 ${-round} ${way * round} ${-round}H${r(to.x - way * round)}q${way * round} 0 ${way * round} ${round}V${r(to.y - 3)}`;
  return { key, path, label: { x: (left + right) / 2, y, room: right - left }, tip: { x: to.x, y: to.y - 1 } };
}

const r = (n: number) => Math.round(n * 10) / 10;
