/** The relations over a text: arcs in the room between its lines. Of a crowd, only those of what is selected. */
import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { TextRange } from "../../lib/words";
import type { Measure, Ruler } from "../marking/measure";
import type { DrawnSpan } from "../marking/model";
import { layOut, type ArcEnds, type LaidArc } from "./layout";
import type { Arc } from "../linking/useArcs";
import css from "./arcs.module.css";

export type DrawnArc = Arc<DrawnSpan>;

/** More arcs than this on one screen are a crowd. */
const CROWD = 90;
const CHAR = 5.6;

export interface ArcsProps {
  /** Where things are now. */
  ruler: Ruler;
  arcs: readonly DrawnArc[];
  /** The arc that is selected. */
  selected: string | null;
  /** The span that is selected, whose arcs stand out. */
  span: string | null;
  /** Draw only the arcs of what is selected. */
  few: boolean;
  /** The end that a new relation would have. */
  proposed: DrawnArc | null;
  onPick(key: string): void;
  /** How many are in sight if they are a crowd, else 0; told when it changes. */
  onCrowd(n: number): void;
}

/** What is laid out: the arcs of a range of the text that reached from `extent[0]` to `extent[1]` then. */
interface Scene {
  of: Ruler | null;
  laid: ReadonlyMap<string, LaidArc>;
  width: number;
  wide: TextRange;
  extent: readonly [number, number];
}

const nothing: Scene = { of: null, laid: new Map(), width: 0, wide: { start: 0, end: 0 }, extent: [0, 0] };

export function Arcs({ ruler, arcs, selected, span, few, proposed, onPick, onCrowd }: ArcsProps) {
  const [scene, setScene] = useState<Scene>(nothing);
  const latest = useRef({ arcs, selected, span, few, proposed, onPick, onCrowd });
  const shown = useRef<Scene>(nothing);
  useLayoutEffect(() => {
    latest.current = { arcs, selected, span, few, proposed, onPick, onCrowd };
  });
  const draw = useCallback(() => {
    const page = ruler.measure();
    if (page) setScene((shown.current = sceneOf(ruler, page, latest.current)));
  }, [ruler]);
  // The first time waits for the browser's own layout: asking now would force one for each passage.
  useLayoutEffect(() => {
    if (shown.current.of === ruler) draw();
  }, [ruler, draw, arcs, selected, span, few, proposed]);
  useEffect(() => ruler.watch(() => {
    const page = ruler.measure();
    if (page && !(shown.current.of === ruler && holds(shown.current, page))) draw();
  }), [ruler, draw]);
  const pick = useCallback((key: string) => latest.current.onPick(key), []);
  const stands = (arc: DrawnArc) => arc.key === selected || arc === proposed || (selected === null && span !== null && (arc.head.key === span || arc.tail.key === span));
  const some = selected !== null || span !== null;
  return (
    <svg className={css.arcs} width={scene.width} height={1} data-some={some || undefined} aria-hidden>
      {(proposed ? [...arcs, proposed] : arcs).map((arc) => {
        const laid = scene.of === ruler ? scene.laid.get(arc.key) : undefined;
        return laid ? <Drawn key={arc.key} arc={arc} laid={laid} on={stands(arc)} dashed={arc.suggested !== null || arc === proposed} onPick={pick} /> : null;
      })}
    </svg>
  );
}

interface DrawnProps {
  arc: DrawnArc;
  laid: LaidArc;
  on: boolean;
  dashed: boolean;
  onPick(key: string): void;
}

const Drawn = memo(function Drawn({ arc, laid, on, dashed, onPick }: DrawnProps) {
  return (
    <g data-arc={arc.key} data-on={on || undefined} data-dashed={dashed || undefined} style={{ color: arc.color }}>
      <path className={css.catch} d={laid.path} onClick={() => onPick(arc.key)}><title>{`${arc.title}: ${arc.head.title} to ${arc.tail.title}`}</title></path>
      <path className={css.line} d={laid.path} />
      {arc.kind === "directed" ? <path className={css.tip} d={`M${laid.tip.x - 3.5} ${laid.tip.y - 6}h7l-3.5 6z`} /> : <circle className={css.tip} cx={laid.tip.x} cy={laid.tip.y - 2} r={2} />}
      {on || laid.label.room > arc.title.length * CHAR + 14 ? <text className={css.name} x={laid.label.x} y={laid.label.y + 3} onClick={() => onPick(arc.key)}>{arc.title}</text> : null}
    </g>
  );
}, (before, now) => before.arc === now.arc && before.on === now.on && before.dashed === now.dashed && alike(before.laid, now.laid));

const alike = (a: LaidArc, b: LaidArc) => a.path === b.path && a.label.x === b.label.x && a.label.y === b.label.y && a.label.room === b.label.room && a.tip.x === b.tip.x && a.tip.y === b.tip.y;

/** Whether what is drawn still stands where the text is: the screen lies within its range, and nothing in it has moved. */
function holds(scene: Scene, page: Measure): boolean {
  const [top, bottom] = page.extent(scene.wide);
  return scene.wide.start <= page.near.start && page.near.end <= scene.wide.end && scene.width === page.width && scene.extent[0] === top && scene.extent[1] === bottom;
}

function sceneOf(of: Ruler, page: Measure, { arcs, selected, span, few, proposed, onCrowd }: Pick<ArcsProps, "arcs" | "selected" | "span" | "few" | "proposed" | "onCrowd">): Scene {
  const touching = ({ start, end }: TextRange) => (arc: DrawnArc) => (start <= arc.head.start && arc.head.start < end) || (start <= arc.tail.start && arc.tail.start < end);
  const near = arcs.filter(touching(page.near)).length;
  onCrowd(near > CROWD ? near : 0);
  const own = (arc: DrawnArc) => arc.key === selected || (span !== null && (arc.head.key === span || arc.tail.key === span));
  const around = arcs.filter(touching(page.wide));
  const shown = few || near > CROWD ? around.filter(own) : around;
  const ends: ArcEnds[] = [...shown, ...(proposed ? [proposed] : [])].map((arc) => ({ key: arc.key, head: page.at(arc.head), tail: page.at(arc.tail) }));
  const laid = layOut(ends, page.left - 8, Math.max(1, Math.floor((page.margin - 24) / 6)));
  return { of, laid: new Map(laid.map((arc) => [arc.key, arc])), width: page.width, wide: page.wide, extent: page.extent(page.wide) };
}
