/** Marking time, without its looks: what is selected, begun and refused, and every change a person can make. */
import { useState, type RefObject } from "react";
import type { TimeAxis } from "../../media/time/axis";
import { milli } from "../../media/time/axis";
import { FilmClock } from "../../media/film/film-clock";
import { nextRate, type Clock } from "../../media/time/clock";
import { turn } from "../../media/time/loudness";
import type { Range, TimeActions } from "../../media/time/gestures";
import { neighbour } from "../../media/time/marks";
import { filterCommand, labelCommands } from "../labels/label-commands";
import { entryOf, type LabelEntry } from "../labels/label-set";
import type { Command, WidgetProps } from "../types";
import { timedCommands } from "./commands";
import { changed, clashing, fitted, introduced, joined, keyOf, sorted, split, toSegment, withAttribute, withoutSegment, type Segment, type TimedKind } from "./model";
import type { DrawnSegment, Timed } from "./useTimed";

export interface TimingHost {
  axis: TimeAxis;
  clock: Clock | null;
  /** The label of what is begun by key. */
  armed: string;
  arm(label: string): void;
  text: RefObject<HTMLTextAreaElement | null>;
  filter: RefObject<HTMLInputElement | null>;
  pictured: boolean;
  togglePicture(): void;
  togglePitch(): void;
  toggleIntensity(): void;
  /** Of what has rows and no sound: the time so many rows from another. */
  rowFrom?(time: number, rows: number): number;
  /** Draws the channels apart, or mixed; null where there are no two. */
  toggleApart?: (() => void) | null;
}

export function useTiming(kind: TimedKind, props: WidgetProps<Segment[]>, timed: Timed, host: TimingHost) {
  const { question, onChange, onReject, readOnly } = props;
  const { axis, clock, armed } = host;
  const { labels, drawn } = timed;
  const all = props.value ?? [];
  const [selectedKey, select] = useState<string | null>(null);
  const [range, setRange] = useState<Range | null>(null);
  const [begun, begin] = useState<number | null>(null);
  const [refusal, refuse] = useState<string | null>(null);
  const selected = drawn.find((one) => one.key === selectedKey) ?? null;
  const own = selected && !selected.suggested && !readOnly ? selected : null;
  const part: Range | null = range && range.end > range.start ? range : selected;

  const put = (value: Segment[], label: string, merge?: string) => onChange(value.length > 0 ? value : undefined, merge ? { label, merge } : { label });
  const go = (one: DrawnSegment | undefined) => {
    select(one?.key ?? null);
    refuse(null);
    if (!one) return;
    setRange(null);
    axis.reveal(one.start, one.end);
    if (clock?.loop) clock.setLoop(one);
    if (clock && !clock.playing) clock.seek(one.start);
  };
  const blocked = (other: Segment | undefined) =>
    refuse(`${kind.nouns[0]!.toUpperCase()}${kind.nouns.slice(1)} may not overlap here${other ? `: “${entryOf(labels, other.label).title}” is there already` : ""}.`);
  const create = (wanted: Range, label: string) => {
    const fit = wanted.end > wanted.start ? fitted(question, all, wanted, label) : null;
    if (!fit || readOnly) return blocked(clashing(question, all, wanted, label));
    const one = toSegment(kind, fit, label, props.fields.length > 1 ? timed.field?.name : undefined);
    put(sorted([...all, introduced(question, all, one)]), `mark ${entryOf(labels, label).title}`);
    select(one.id!);
    setRange(null);
    begin(null);
    refuse(null);
    if (kind.worded) requestAnimationFrame(() => host.text.current?.focus());
  };
  const reshape = (key: string, next: Range, merge: string) => {
    const segment = all.find((one) => keyOf(one) === key);
    if (!segment || readOnly) return;
    const fit = fitted(question, all, next, segment.label, key);
    if (!fit) return blocked(clashing(question, all, next, segment.label, key));
    refuse(null);
    put(changed(all, key, { start: milli(fit.start), end: milli(fit.end) }), "move an edge", merge);
    select(key);
  };
  const set = (change: Partial<Segment>, name: string, merge?: string) => {
    if (!own) return;
    if (change.start !== undefined || change.end !== undefined) {
      const next = { start: axis.clampTime(change.start ?? own.start), end: axis.clampTime(change.end ?? own.end) };
      return next.end > next.start ? reshape(own.key, next, `${name}.${own.key}.${Date.now()}`) : refuse("The end must come after the start.");
    }
    put(changed(all, own.key, change), name, merge);
    select(own.key);
  };
  const relabel = (entry: LabelEntry) => {
    const clash = own && clashing(question, all, own, entry.value, own.key);
    if (!own || clash) return blocked(clash ?? undefined);
    const next = changed(all, own.key, { label: entry.value });
    put(next.map((one) => (keyOf(one) === own.key ? introduced(question, next, one) : one)), `relabel ${entry.title}`);
    select(own.key);
  };
  const accept = (as?: string) => {
    const found = timed.open.find((p) => p.key === selectedKey)?.part;
    if (!found || readOnly) return;
    const one = as === undefined ? found : { ...found, label: as };
    const clash = clashing(question, all, one, one.label);
    if (clash) return blocked(clash);
    put(sorted([...all, introduced(question, all, kind.worded ? { text: "", ...one } : one)]), as === undefined ? "accept" : "correct a suggestion");
    go(nextSuggestion(drawn, selected) ?? selected ?? undefined);
  };
  const reject = () => {
    if (!selected?.suggested || readOnly) return;
    onReject(selected.key);
    go(nextSuggestion(drawn, selected));
  };
  const remove = () => {
    if (!own) return;
    put(withoutSegment(all, own.key), `remove ${entryOf(labels, own.label).title}`);
    if (own.key.includes(":")) onReject(own.key);
    select(null);
  };
  const pick = (entry: LabelEntry) => {
    if (readOnly) return;
    if (range && range.end > range.start) create(range, entry.value);
    else if (own) relabel(entry);
    else if (selected) accept(entry.value);
    host.arm(entry.value);
  };
  const back = () => {
    refuse(null);
    if (begun !== null) begin(null);
    else if (range) setRange(null);
    else if (clock?.loop) clock.setLoop(null);
    else select(null);
  };
  const toggle = () => (clock?.playing ? clock.pause() : clock?.play());
  const playPart = () => (clock?.playing ? clock.pause() : part ? clock?.playRange(part.start, part.end) : clock?.play());
  const loop = () => {
    if (!clock) return;
    const on = clock.loop === null && part !== null;
    clock.setLoop(on ? part : null);
    if (on && !clock.playing) clock.play();
  };
  const rate = (by: 1 | -1) => clock?.setRate(nextRate(clock.rate, by));
  const jump = (by: number) => {
    if (!clock) return;
    if (clock instanceof FilmClock) return clock.step(Math.round(by * 10));
    const to = host.rowFrom ? host.rowFrom(clock.time(), Math.round(by * 10)) : axis.clampTime(clock.time() + by);
    clock.seek(to);
    axis.reveal(to);
  };
  const now = () => clock?.time() ?? 0;
  const setOut = () => {
    if (begun === null) return refuse("Press I where it begins first, then U where it ends.");
    create({ start: Math.min(begun, now()), end: Math.max(begun, now()) }, armed);
  };
  const setIn = () => {
    begin(milli(now()));
    select(null);
    setRange(null);
    refuse(null);
  };
  const commands: Command[] = [
    ...labelCommands(question, labels, pick, "Mark"),
    ...filterCommand(question, labels, () => host.filter.current?.focus()),
    ...timedCommands({
      prefix: kind.type, group: question.title ?? question.name, noun: kind.noun, nouns: kind.nouns, worded: kind.worded,
      selected: own ? "own" : selected?.suggested ? "suggested" : null, some: drawn.length > 0, ranged: range !== null && range.end > range.start,
      busy: begun !== null || range !== null || selected !== null || refusal !== null || clock?.loop != null, pictured: host.pictured,
      unit: clock instanceof FilmClock ? "frame" : host.rowFrom ? "row" : "time", toggle, playPart, loop, jump, rate, setIn, setOut, add: () => range && create(range, armed),
      step: (by) => go(neighbour(drawn, selectedKey, now(), by) as DrawnSegment | undefined),
      accept: () => accept(), reject, remove,
      edge: (edge, by) => own && reshape(own.key, { start: own.start, end: own.end, [edge]: host.rowFrom?.(own[edge], Math.round(by * 100)) ?? axis.clampTime(own[edge] + by) }, `${edge}.${own.key}`),
      edgeHere: (edge) => set({ [edge]: milli(now()) }, edge),
      split: () => own && put(split(all, own.key, now()), "cut in two"),
      join: () => own && put(joined(all, own.key), "join"),
      write: () => host.text.current?.focus(),
      zoom: () => (part && axis.view.scale < (axis.view.width * 0.75) / (part.end - part.start) ? axis.show(part.start, part.end) : axis.fit()),
      fit: () => axis.fit(), zoomBy: (factor) => axis.zoom(factor, axis.xOf(Math.min(Math.max(now(), axis.view.from), axis.to))), picture: host.togglePicture, pitch: host.togglePitch, intensity: host.toggleIntensity, louder: turn, apart: host.toggleApart ?? null, back,
    }),
  ];
  const actions: TimeActions = {
    onSelect: (key) => (key === null ? select(null) : go(drawn.find((one) => one.key === key))),
    onDraw: (lane, drawnRange) => create(drawnRange, lane),
    onChange: (key, next, drag) => reshape(key, next, `drag.${drag}`),
    onRange: (next) => {
      setRange(next);
      refuse(null);
      if (next && next.end > next.start) select(null);
    },
    onSeek: (time) => clock?.seek(time),
  };
  const answer = (name: string, value: unknown) => own && put(withAttribute(question, all, own.key, name, value), name);
  return { selected, own, range, begun, refusal, actions, commands, pick, go, set, answer, accept, reject, remove, toggle, loop, rate };
}

/** The next suggestion in order of time, from the start again at the end. */
function nextSuggestion(drawn: readonly DrawnSegment[], from: DrawnSegment | null): DrawnSegment | undefined {
  const open = drawn.filter((one) => one.suggested && one !== from);
  return open.find((one) => from === null || one.start >= from.start) ?? open[0];
}
