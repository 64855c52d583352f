/** Keeps an ImageSurface in step with React: made with its element, fed with what changes, freed at the end. */
import { useEffect, useRef, useState, type RefObject } from "react";
import type { Tool } from "../../canvas/gestures";
import { ImageSurface, type SurfaceEvents } from "../../canvas/image-surface";
import type { Mips } from "../../lib/mips";
import { resolveColor } from "../../ui/labelColor";
import type { DrawnBox } from "./model";

export interface SurfaceState {
  mips: Mips | null;
  drawn: readonly DrawnBox[];
  selected: string | null;
  tool: Tool;
  color: string;
  readOnly: boolean;
  theme: string;
  events: SurfaceEvents;
}

/** The magnification is told when it rests, so that zooming renders nothing but the surface. */
const VIEW_REST_MS = 80;

/** The surface in the element `host`; null before it is made. */
export function useSurface(host: RefObject<HTMLElement | null>, state: SurfaceState): ImageSurface | null {
  const [surface, setSurface] = useState<ImageSurface | null>(null);
  const events = useRef(state.events);
  useEffect(() => {
    events.current = state.events;
  });
  useEffect(() => {
    if (!host.current) return;
    let waiting = 0;
    const made = new ImageSurface(host.current, {
      onSelect: (key) => events.current.onSelect(key),
      onDraw: (rect) => events.current.onDraw(rect),
      onEdit: (key, rect) => events.current.onEdit(key, rect),
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
  useEffect(() => surface?.setImage(state.mips), [surface, state.mips]);
  useEffect(() => surface?.setRegions(state.drawn), [surface, state.drawn]);
  useEffect(() => surface?.setSelected(state.selected), [surface, state.selected]);
  useEffect(() => {
    if (!surface) return;
    surface.editable = !state.readOnly;
    surface.setTool(state.tool, state.color);
  }, [surface, state.tool, state.color, state.readOnly]);
  return surface;
}
