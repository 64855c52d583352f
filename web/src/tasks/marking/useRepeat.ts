/** "This label on all identical text": the places are shown first; one key marks them all, as one step back. */
import { useEffect, useState } from "react";
import type { TextRange } from "../../lib/words";
import type { Command } from "../types";
import { identical } from "./identical";
import { overlapping, toSpan, withSpans, type DrawnSpan } from "./model";
import type { Marking } from "./useMarking";

const LAYER = "milo-repeat";

export interface Repeat {
  /** The places that would be marked; null while nothing is shown. */
  places: readonly TextRange[] | null;
  show(): void;
  commit(): void;
  leave(): void;
  commands: Command[];
}

export function useRepeat(m: Marking, group: string, fieldName: string | undefined): Repeat {
  const [of, setOf] = useState<DrawnSpan | null>(null);
  const shown = of !== null && m.own?.key === of.key && m.own.label === of.label ? of : null;
  const { text, offsets, value } = m.spans;
  const places = shown ? free(identical(text, shown), value, shown.label, offsets, m.overlap) : null;
  const n = places?.length ?? 0;
  useLayer(places, m);
  const show = () => m.own && setOf(m.own);
  const leave = () => setOf(null);
  const commit = () => {
    if (!shown || !places || n === 0) return leave();
    const more = places.map((place) => toSpan(place, shown.label, offsets, fieldName));
    m.put(withSpans(m.all, more), `mark ${shown.title} in ${n} more places`);
    leave();
  };
  const command = (id: string, title: string, keys: string[], run: () => void): Command => ({ id: `spans.${id}`, title, keys, group, scope: "region", run });
  const commands = shown
    ? [command("repeat-commit", "Mark them all", ["Enter", "Y"], commit), command("repeat-leave", "Leave them as they are", ["Escape"], leave)]
    : m.own ? [command("repeat", "This label on all identical text", ["Y"], show)] : [];
  return { places, show, commit, leave, commands };
}

/** Those that are not marked alike already, and may be marked. */
function free(places: readonly TextRange[], value: Marking["spans"]["value"], label: string, offsets: Marking["spans"]["offsets"], overlap: boolean): TextRange[] {
  return places.filter((place) => {
    const [start, end] = [offsets.toCodePoint(place.start), offsets.toCodePoint(place.end)];
    const there = overlapping(value, start, end);
    return !there.some((span) => !overlap || (span.start === start && span.end === end && span.label === label));
  });
}

/** Draws the places as a layer of the browser's own, which costs no elements. */
function useLayer(places: readonly TextRange[] | null, m: Marking): void {
  const { surface } = m;
  const key = places?.map((p) => p.start).join() ?? "";
  useEffect(() => {
    const layers = (globalThis as { CSS?: { highlights?: Map<string, unknown> } }).CSS?.highlights;
    if (!layers || !places || places.length === 0 || typeof Highlight === "undefined") return;
    layers.set(LAYER, new Highlight(...(surface.current?.ranges(places) ?? [])));
    return () => void layers.delete(LAYER);
    // The places are told apart by where they begin.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, surface]);
}
