/** The relations over a text: arcs in the room between its lines. Of a crowd, only those of what is selected. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { DrawnSpan } from "../marking/model";
import type { Measure } from "../marking/measure";
import { layOut, type ArcEnds, type LaidArc } from "./layout";
import type { Arc } from "../linking/useArcs";
import css from "./arcs.module.css";

export type DrawnArc = Arc<DrawnSpan>;

/** More arcs than this on one screen are a crowd. */
export const CROWD = 90;
const CHAR = 5.6;

export interface ArcsProps {
  /** Where things are now. */
  measure(): Measure | null;
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
  /** How many are in sight; told when it changes. */
  onCount(n: number): void;
}

interface Scene {
  laid: readonly LaidArc[];
  width: number;
  height: number;
}

const nothing: Scene = { laid: [], width: 0, height: 0 };

export function Arcs({ measure: look, arcs, selected, span, few, proposed, onPick, onCount }: ArcsProps) {
  const [scene, setScene] = useState<Scene>(nothing);
  const latest = useRef({ arcs, selected, span, few, proposed, onCount });
  useLayoutEffect(() => {
    latest.current = { arcs, selected, span, few, proposed, onCount };
  });
  const measure = useCallback(() => setScene(sceneOf(look(), latest.current)), [look]);
  useLayoutEffect(measure, [measure, arcs, selected, span, few, proposed]);
  useFollowing(measure);
  const known = new Map([...arcs, ...(proposed ? [proposed] : [])].map((arc) => [arc.key, arc]));
  const stands = (arc: DrawnArc) => arc.key === selected || arc === proposed || (selected === null && span !== null && (arc.head.key === span || arc.tail.key === span));
  const some = selected !== null || span !== null;
  return (
    <svg className={css.arcs} width={scene.width} height={scene.height} data-some={some || undefined} aria-hidden>
      {scene.laid.map((laid) => {
        const arc = known.get(laid.key);
        if (!arc) return null;
        const on = stands(arc);
        const words = arc.title.length * CHAR;
        return (
          <g key={laid.key} data-arc={arc.key} data-on={on || undefined} data-dashed={arc.suggested !== null || arc === proposed || undefined} style={{ color: arc.color }}>
            <path className={css.catch} d={laid.path} onClick={() => onPick(arc.key)}><title>{`${arc.title}: ${arc.head.title} to ${arc.tail.title}`}</title></path>
            <path className={css.line} d={laid.path} />
            {arc.kind === "directed" ? <path className={css.tip} d={`M${laid.tip.x - 3.5} ${laid.tip.y - 6}h7l-3.5 6z`} /> : <circle className={css.tip} cx={laid.tip.x} cy={laid.tip.y - 2} r={2} />}
            {on || laid.label.room > words + 14 ? <text className={css.name} x={laid.label.x} y={laid.label.y + 3} onClick={() => onPick(arc.key)}>{arc.title}</text> : null}
          </g>
        );
      })}
    </svg>
  );
}

/** Measures again whenever the text has moved: scrolled, wrapped anew, or drawn further. */
function useFollowing(measure: () => void): void {
  useEffect(() => {
    let waiting = 0;
    const soon = () => {
      waiting ||= requestAnimationFrame(() => {
        waiting = 0;
        measure();
      });
    };
    document.addEventListener("scroll", soon, { capture: true, passive: true });
    window.addEventListener("resize", soon);
    void document.fonts?.ready.then(soon);
    return () => {
      cancelAnimationFrame(waiting);
      document.removeEventListener("scroll", soon, { capture: true });
      window.removeEventListener("resize", soon);
    };
  }, [measure]);
}

function sceneOf(page: Measure | null, { arcs, selected, span, few, proposed, onCount }: Pick<ArcsProps, "arcs" | "selected" | "span" | "few" | "proposed" | "onCount">): Scene {
  if (!page) return nothing;
  const places = new Map<string, ReturnType<typeof page.at>>();
  const at = (s: DrawnSpan) => {
    const known = places.get(s.key) ?? page.at(s);
    places.set(s.key, known);
    return known;
  };
  const seen = arcs.filter((arc) => at(arc.head).near || at(arc.tail).near);
  onCount(seen.length);
  const crowd = few || seen.length > CROWD;
  const own = (arc: DrawnArc) => arc.key === selected || (span !== null && (arc.head.key === span || arc.tail.key === span));
  const shown = crowd ? seen.filter(own) : seen;
  const ends: ArcEnds[] = [...shown, ...(proposed ? [proposed] : [])].map((arc) => ({ key: arc.key, head: at(arc.head), tail: at(arc.tail) }));
  return { laid: layOut(ends, page.left - 8, Math.max(1, Math.floor((page.margin - 24) / 6))), width: page.width, height: page.height };
}
