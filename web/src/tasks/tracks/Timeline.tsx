/** The player's buttons and the lanes of the tracks under the picture: where each thing is there, and its key frames. */
import { IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext, IconPlayerTrackPrev } from "@tabler/icons-react";
import { useEffect, useMemo, useState } from "react";
import type { MediaValue, Question } from "../../api/types";
import { stretches, type Track } from "../../lib/track";
import type { FilmClock } from "../../media/film/film-clock";
import { FilmStrip } from "../../media/film/FilmStrip";
import { endOf, lengthOf } from "../../media/film/frames";
import { GoToFrame, Position } from "../../media/film/Position";
import { clockText, TimeAxis } from "../../media/time/axis";
import { LaneRows, Ruler, useTimeSurface } from "../../media/time/LaneRows";
import type { Lane, TimeMark } from "../../media/time/marks";
import { TimeFrame } from "../../media/time/TimeFrame";
import { IconButton } from "../../ui";
import { count } from "../../ui/format";
import { Cap } from "../keycaps";
import { entryOf, labelsOf } from "../labels/label-set";
import type { TrackActions } from "./commands";
import { keyOfTrack } from "./kind";
import css from "./tracks.module.css";

/** With more tracks than this, lanes are shown for those that are there at the frame, and the selected one. */
const MOST_LANES = 120;

export interface TimelineProps {
  question: Question;
  clock: FilmClock;
  value: MediaValue | null;
  playing: boolean;
  rate: number;
  frame: number;
  tracks: readonly Track[];
  selected: string | null;
  onSelect(key: string | null): void;
  actions: TrackActions;
}

export function Timeline(props: TimelineProps) {
  const { clock, playing, rate, actions } = props;
  const [axis] = useState(() => new TimeAxis(lengthOf(clock.table)));
  useEffect(() => axis.setDuration(lengthOf(clock.table)), [axis, clock]);
  return (
    <section className={css.timeline} aria-label="Timeline">
      <div className={css.player} role="toolbar" aria-label="Player">
        <IconButton size="small" label="Previous frame (,)" onClick={() => actions.step(-1)}><IconPlayerTrackPrev size={15} /></IconButton>
        <button type="button" className={css.play} onClick={actions.play} title={playing ? "Stop (Space)" : "Play (Space)"}>{playing ? <IconPlayerPause size={15} /> : <IconPlayerPlay size={15} />}<span className="visually-hidden">{playing ? "Stop" : "Play"}</span><Cap id="tracks.play" of="Space" /></button>
        <IconButton size="small" label="Next frame (.)" onClick={() => actions.step(1)}><IconPlayerTrackNext size={15} /></IconButton>
        <Position clock={clock} />
        <GoToFrame clock={clock} />
        <span className={css.dim}>{count(clock.table.frames)} frames · {clockText(axis.duration, 0.1)}</span>
        <span className={css.space} />
        <button type="button" className={css.rate} title="Slower (-)" onClick={() => actions.faster(-1)}>−</button>
        <span className={css.dim} aria-live="polite">{rate} ×</span>
        <button type="button" className={css.rate} title="Faster (=)" onClick={() => actions.faster(1)}>+</button>
      </div>
      <TimeFrame axis={axis} clock={clock} label="Frames of the video"><Rows {...props} /></TimeFrame>
    </section>
  );
}

function Rows({ question, clock, value, frame, tracks, selected, onSelect }: TimelineProps) {
  const { lanes, marks } = useMemo(() => lanesOf(question, clock, tracks, frame, selected), [question, clock, tracks, frame, selected]);
  const chosen = marks.find((mark) => mark.lane === selected)?.key ?? null;
  const surface = useTimeSurface({
    lanes, marks, selected: chosen, range: null, editable: false,
    actions: {
      onSelect: (key) => key !== null && onSelect(marks.find((mark) => mark.key === key)?.lane ?? null),
      onDraw: () => undefined, onChange: () => undefined,
      onRange: (range) => range && clock.seek(range.end),
      onSeek: (time) => clock.seek(time),
    },
  });
  return (
    <>
      <Ruler surface={surface} />
      {value ? <FilmStrip media={value.media} table={clock.table} surface={surface} /> : null}
      {lanes.length > 0 ? <LaneRows surface={surface} armed={selected} onLane={onSelect} /> : null}
    </>
  );
}

function lanesOf(question: Question, clock: FilmClock, tracks: readonly Track[], frame: number, selected: string | null): { lanes: Lane[]; marks: TimeMark[] } {
  const { table } = clock;
  const labels = labelsOf(question);
  const shown = tracks.length <= MOST_LANES ? tracks : tracks.filter((track) => keyOfTrack(track) === selected || stretches(track, table.frames).some(([a, b]) => a <= frame && frame < b)).slice(0, MOST_LANES);
  const numbers = new Map<string, number>();
  const lanes: Lane[] = [];
  const marks: TimeMark[] = [];
  for (const track of shown) {
    const key = keyOfTrack(track);
    const { title, color } = entryOf(labels, track.label);
    const number = (numbers.get(track.label) ?? 0) + 1;
    numbers.set(track.label, number);
    lanes.push({ id: key, title: `${title} ${number}`, color });
    for (const [from, to] of stretches(track, table.frames)) {
      const last = Math.min(to, table.frames) - 1;
      if (from > last) continue;
      const ticks = track.keyframes.filter((one) => one.frame >= from && one.frame <= last).map((one) => (table.times[one.frame]! + endOf(table, one.frame)) / 2);
      marks.push({ key: `${key}#${from}`, lane: key, start: table.times[from]!, end: endOf(table, last), title: "", color, ticks });
    }
  }
  return { lanes, marks };
}
