/** Tracks in a video: the editor of things on an image on the frame that is shown, with a player and a timeline under it. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Question } from "../../api/types";
import type { ImageSurface } from "../../canvas/image-surface";
import { keyBefore, keyed, nextKey, placeAt, stateAt, unkeyed, isKey, joined, split, type Track } from "../../lib/track";
import { useClock, useFilm } from "../../media/film/useFilm";
import { isMedia } from "../../media/prefetch";
import { nextRate } from "../../media/time/clock";
import { Kbd } from "../../ui";
import { notify } from "../../ui/notify";
import { ImageEditor } from "../image/Editor";
import { Drawer, type DrawnMark } from "../image/marks";
import { looksOf } from "../image/useMarks";
import type { Viewing } from "../image/useViewing";
import { labelsOf } from "../labels/label-set";
import { newId } from "../regions/parts";
import type { Command, WidgetProps } from "../types";
import { carry } from "./carry";
import { applied } from "./changes";
import { trackCommands } from "./commands";
import { isTrack, keyOfTrack, markAt, trackKind, type TrackMark } from "./kind";
import { KeyButtons } from "./KeyButtons";
import { Timeline } from "./Timeline";

const NONE: readonly Track[] = [];

export function TracksEditor(props: WidgetProps<Track[]>) {
  const { question, fields, item, readOnly, onChange } = props;
  const field = fields.find((one) => one.name === question.field) ?? fields.find((one) => one.kind === "video");
  const media = field ? item.data[field.name] : undefined;
  const { clock, shown, picture } = useFilm(isMedia(media) ? media : null);
  const { playing, rate } = useClock(clock);
  const frame = shown?.frame ?? 0;
  const kind = trackKind(question);
  const asked = useMemo(() => withChanging(question), [question]);
  const changing = useMemo(() => new Set(changingOf(question).map((one) => one.name)), [question]);
  const tracks = useMemo(() => (props.value ?? NONE).filter((track) => track.field === undefined || track.field === field?.name), [props.value, field?.name]);
  const marks = useMemo(() => tracks.flatMap((track) => markAt(track, frame) ?? []), [tracks, frame]);
  const suggestions = useMemo(() => props.suggestions.map((one) => ({ ...one, value: Array.isArray(one.value) ? one.value.map((track) => (isTrack(track) ? scored(track, frame) : null)) : [] })), [props.suggestions, frame]);
  const suggested = useMemo(() => new Map(props.suggestions.flatMap((one) => (Array.isArray(one.value) ? one.value : []).flatMap((track, i): [string, Track][] => (isTrack(track) ? [[`${one.id}:${i}`, unscored(track)]] : [])))), [props.suggestions]);
  const [selected, setSelected] = useState<string | null>(null);
  const [before, setBefore] = useState<string | null>(null);
  const [shownItem, setShownItem] = useState(item.id);
  if (shownItem !== item.id) {
    setShownItem(item.id);
    setSelected(null);
    setBefore(null);
  }
  const select = (key: string | null) => {
    if (key !== selected && selected !== null) setBefore(selected);
    setSelected(key);
  };
  const track = tracks.find((one) => keyOfTrack(one) === selected) ?? null;
  const put = (next: readonly Track[], label: string, merge?: string) => onChange(next.length > 0 ? [...next] : undefined, merge ? { label, merge } : { label });
  const swap = (next: Track | null, label: string) => {
    if (!track || readOnly) return;
    put((props.value ?? NONE).flatMap((one) => (one !== track ? [one] : next ? [{ ...next, id: keyOfTrack(track) }] : [])), label);
  };
  const key = (change: Parameters<typeof keyed>[2], label: string) => track && swap(keyed(track, frame, change), label);
  const cut = () => {
    if (!track || readOnly) return;
    const parts = split({ ...track, id: keyOfTrack(track) }, frame, newId());
    if (!parts) return notify("The track is not on both sides of this frame; there is nothing to cut.");
    put((props.value ?? NONE).flatMap((one) => (one === track ? parts : [one])), "cut a track");
    setSelected(parts[1].id!);
  };
  const join = () => {
    const other = tracks.find((one) => keyOfTrack(one) === before);
    if (!track || !other || other === track || readOnly) return;
    const [first, second] = other.keyframes[0]!.frame <= track.keyframes[0]!.frame ? [other, track] : [track, other];
    const one = joined({ ...first, id: keyOfTrack(first) }, second);
    if (!one) return notify("Only tracks with the same kind of place can be joined.");
    put((props.value ?? NONE).flatMap((old) => (old === second ? [] : [old === first ? one : old])), "join tracks");
    setSelected(one.id!);
    setBefore(null);
  };
  const [carrying, setCarrying] = useState(false);
  const latest = useRef(props.value);
  useEffect(() => void (latest.current = props.value));
  const carryOn = async (by: 1 | -1) => {
    if (!track || readOnly || carrying) return;
    setCarrying(true);
    try {
      const done = await carry(item, question, { ...track, id: keyOfTrack(track) }, frame, by);
      // What was drawn meanwhile stays; a track that was changed meanwhile stays as it was changed.
      if (!(latest.current ?? NONE).includes(track)) return notify("The track was changed meanwhile; it was not carried on.");
      put((latest.current ?? NONE).map((one) => (one === track ? done.track : one)), "carry a track");
      clock?.goTo(done.to);
      if (done.words) notify(done.words);
    } catch (error) {
      notify(error instanceof Error ? error.message : String(error));
    } finally {
      setCarrying(false);
    }
  };
  const state = track ? stateAt(track, frame) : null;
  const actions = {
    group: question.title ?? question.name, playing, some: track !== null, two: before !== null && tracks.some((one) => keyOfTrack(one) === before), isKey: track !== null && isKey(track, frame),
    play: () => (clock?.playing ? clock.pause() : clock?.play()),
    step: (by: number) => clock?.step(by),
    faster: (by: 1 | -1) => clock?.setRate(nextRate(clock.rate, by)),
    ends: (to: 0 | -1) => clock?.goTo(to === 0 ? 0 : clock.table.frames - 1),
    keyHere: () => void key({ outside: false }, "key frame"),
    dropKey: () => track && isKey(track, frame) && swap(unkeyed(track, frame), "remove a key frame"),
    toKey: (by: 1 | -1) => {
      const to = track && nextKey(track, frame, by);
      if (to !== null) clock?.goTo(to);
    },
    occluded: () => void key({ occluded: !state?.occluded, outside: false }, "hidden"),
    outside: () => void key({ outside: !state?.outside, occluded: false }, "outside"),
    split: cut, join,
    removeTrack: () => swap(null, "remove a track"),
    carry: (by: 1 | -1) => void carryOn(by),
  };
  const commands = (own: Command[], one: DrawnMark | null) => trackCommands({ ...actions, some: actions.some && !one?.suggested }, own);
  const change = (after: TrackMark[] | undefined, how?: { merge?: string; label?: string }) =>
    put(applied({ tracks: props.value ?? NONE, before: marks, after: after ?? [], frame, changing, suggested }), how?.label ?? "change", how?.merge ? `${how.merge}@${frame}` : undefined);
  const attach = useRunning(props, tracks, clock);
  return (
    <ImageEditor<TrackMark>
      {...props} kind={kind} question={asked} value={marks} suggestions={suggestions} onChange={change}
      film={{
        picture, selected, onSelect: select, commands, attach,
        about: () => ({ detail: carrying ? "carrying on …" : track ? words(track, frame) : "", more: track ? <KeyButtons track={track} frame={frame} actions={actions} /> : null }),
        hint: <><Kbd>Space</Kbd> plays, <Kbd>,</Kbd> <Kbd>.</Kbd> step, wheel zooms, middle button pans.</>,
        below: clock ? <Timeline question={question} clock={clock} playing={playing} rate={rate} frame={frame} tracks={tracks} selected={selected} value={isMedia(media) ? media : null} onSelect={select} actions={actions} /> : null,
      }}
    />
  );
}

/** Where a frame lies among the key frames of a track, in words. */
function words(track: Track, frame: number): string {
  const at = keyBefore(track.keyframes, frame);
  const [last, next] = [track.keyframes[at], track.keyframes[at + 1]];
  if (last?.frame === frame) return "key frame";
  if (!last) return "not there yet";
  return next && !last.outside ? `between key frames ${last.frame} and ${next.frame}` : `held from key frame ${last.frame}`;
}

const changingOf = (question: Question): { name: string; required?: boolean }[] => (Array.isArray(question.config.changing) ? (question.config.changing as { name: string }[]) : []);

/** The question as the form beside the picture asks it: attributes that change stand among the others. */
function withChanging(question: Question): Question {
  const changing = changingOf(question);
  if (changing.length === 0) return question;
  const own = Array.isArray(question.config.attributes) ? (question.config.attributes as unknown[]) : [];
  return { ...question, config: { ...question.config, attributes: [...own, ...changing] } };
}

const scored = (track: Track, frame: number): (TrackMark & { score?: number }) | null => {
  const mark = markAt(track, frame);
  return mark && (track.score === undefined ? mark : { ...mark, score: track.score });
};
const unscored = ({ score: _, ...track }: Track): Track => track;

/** Draws picture after picture with the tracks on them while the film runs, past React. */
function useRunning(props: WidgetProps<Track[]>, tracks: readonly Track[], clock: ReturnType<typeof useFilm>["clock"]) {
  const { question } = props;
  const latest = useRef({ tracks });
  useEffect(() => void (latest.current = { tracks }));
  return useCallback((surface: ImageSurface, viewing: Viewing) => {
    if (!clock) return () => undefined;
    const labels = labelsOf(question);
    const theme = document.documentElement.dataset.mantineColorScheme ?? "light";
    const looks = new Map<string, { title: string; color: string }>();
    const drawer = new Drawer(trackKind(question), question, (label) => {
      const known = looks.get(label) ?? looksOf(labels, label, theme);
      looks.set(label, known);
      return known;
    });
    return clock.watch((frame, picture) => {
      surface.setFrame(picture);
      surface.setRegions(latest.current.tracks.flatMap((track) => {
        if (viewing.isHidden(keyOfTrack(track)) || !placeAt(track, frame)) return [];
        return drawer.ofMark(markAt(track, frame)!) ?? [];
      }));
    });
  }, [clock, question]);
}
