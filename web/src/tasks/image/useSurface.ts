/** Keeps an ImageSurface in step with React: made with its element, fed with what changes, freed at the end. */
import { useEffect, useRef, useState, type RefObject } from "react";
import type { Tool } from "../../canvas/gestures";
import type { SurfaceArrow } from "../../canvas/arrows-layer";
import { ImageSurface } from "../../canvas/image-surface";
import type { SurfaceEvents } from "../../canvas/surface-events";
import type { Mips } from "../../lib/mips";
import type { Turn } from "../../lib/view";
import { resolveColor } from "../../ui/labelColor";
import type { DrawnMark, PenHost, ToolSpec } from "./marks";

export interface SurfaceState {
  mips: Mips | null;
  drawn: readonly DrawnMark[];
  arrows: readonly SurfaceArrow[];
  /** A click on an arrow chooses it. */
  picksArrows: boolean;
  selected: string | null;
  /** Selected at once; none where there is one only. */
  several: ReadonlySet<string>;
  /** A drag beside everything gathers what lies in it; else it pans. */
  bands: boolean;
  tool: Tool;
  spec: ToolSpec | undefined;
  color: string;
  readOnly: boolean;
  theme: string;
  turns: boolean;
  /** The pictures are frames of one video: the view stays from one to the next, and Space is not for panning. */
  film: boolean;
  snaps: boolean;
  light: { brightness: number; contrast: number };
  turn: Turn;
  picked: { ring: number; at: number } | null;
  events: SurfaceEvents;
  host: Omit<PenHost, "paper" | "inView">;
}

/** The magnification is told when it rests, so that zooming renders nothing but the surface. */
const VIEW_REST_MS = 80;

/** The surface in the element `host`; null before it is made. */
export function useSurface(host: RefObject<HTMLElement | null>, state: SurfaceState): ImageSurface | null {
  const [surface, setSurface] = useState<ImageSurface | null>(null);
  const events = useRef(state.events);
  const own = useRef(state.host);
  useEffect(() => {
    events.current = state.events;
    own.current = state.host;
  });
  useEffect(() => {
    if (!host.current) return;
    let waiting = 0;
    const made = new ImageSurface(host.current, {
      onSelect: (key) => events.current.onSelect(key),
      onDraw: (shape) => events.current.onDraw(shape),
      onEdit: (key, shape) => events.current.onEdit(key, shape),
      onBusy: (busy) => events.current.onBusy?.(busy),
      onPick: (grip) => events.current.onPick?.(grip),
      onSeveral: (keys, how) => events.current.onSeveral?.(keys, how),
      onMove: (dx, dy) => events.current.onMove?.(dx, dy),
      onArrow: (key) => events.current.onArrow?.(key),
      onView: (scale) => {
        clearTimeout(waiting);
        waiting = window.setTimeout(() => events.current.onView?.(scale), VIEW_REST_MS);
      },
    });
    setSurface(made);
    return () => {
      clearTimeout(waiting);
      setSurface(null);
      made.destroy();
    };
  }, [host]);
  useEffect(() => surface?.setGround(resolveColor("var(--canvas)")), [surface, state.theme]);
  useEffect(() => (state.film && state.mips ? surface?.setFrame(state.mips) : surface?.setImage(state.mips)), [surface, state.mips, state.film]);
  useEffect(() => surface?.setRegions(state.drawn), [surface, state.drawn]);
  useEffect(() => surface?.setArrows(state.arrows), [surface, state.arrows]);
  useEffect(() => surface?.setSelected(state.selected), [surface, state.selected]);
  useEffect(() => surface?.several.set(state.several), [surface, state.several]);
  useEffect(() => surface?.setPicked(state.picked), [surface, state.picked]);
  useEffect(() => surface?.setLight(state.light.brightness, state.light.contrast), [surface, state.light]);
  useEffect(() => surface?.setTurn(state.turn), [surface, state.turn]);
  const { spec } = state;
  const { question } = state.host;
  useEffect(() => {
    if (!surface || !spec) return;
    const pen = spec.pen({
      paper: surface, question,
      radius: () => own.current.radius(), onStroke: (pixels, how) => own.current.onStroke(pixels, how),
      onHint: (words) => own.current.onHint(words), refine: (shown) => own.current.refine(shown),
      help: (tool, shown) => own.current.help(tool, shown), inView: () => surface.inView(),
    });
    surface.setTool(surface.tool, surface.ink.color, pen, spec.brush ? () => own.current.radius() : null);
  }, [surface, spec, question]);
  useEffect(() => {
    if (!surface) return;
    surface.editable = !state.readOnly;
    surface.turns = state.turns;
    surface.picksArrows = state.picksArrows;
    surface.several.bands = state.bands;
    surface.snaps = state.snaps;
    surface.spacePans = !state.film;
    surface.setTool(state.tool, state.color, surface.pen, state.tool === "draw" && spec?.brush ? () => own.current.radius() : null);
  }, [surface, spec, state.tool, state.color, state.readOnly, state.turns, state.picksArrows, state.bands, state.snaps, state.film]);
  return surface;
}
