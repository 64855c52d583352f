/** Play, where we are, how fast, repeat, zoom: the small controls over a time axis. */
import { IconArrowsSplit2, IconChartAreaLine, IconEaseInOut, IconPlayerPauseFilled, IconPlayerPlayFilled, IconRepeat, IconVolume, IconWaveSine, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { FilmClock } from "../../media/film/film-clock";
import { GoToFrame, Position } from "../../media/film/Position";
import { clockText, type TimeAxis } from "../../media/time/axis";
import type { Clock } from "../../media/time/clock";
import { GAINS, turn, useLoudness } from "../../media/time/loudness";
import { IconButton } from "../../ui";
import { Cap } from "../keycaps";
import css from "./timed.module.css";

export interface TransportProps {
  prefix: string;
  axis: TimeAxis;
  clock: Clock;
  /** Whether the spectrogram is shown; null where there is none to show. */
  pictured: boolean | null;
  /** Whether the pitch is shown; there is one where there is a spectrogram. */
  pitched?: boolean;
  onPitch?(): void;
  strength?: boolean;
  onStrength?(): void;
  /** Whether the two channels are drawn apart; null where there are no two. */
  apart?: boolean | null;
  onApart?(): void;
  onToggle(): void;
  onLoop(): void;
  onRate(by: 1 | -1): void;
  onPicture(): void;
}

export function Transport({ prefix, axis, clock, pictured, pitched = false, onPitch, strength = false, onStrength, apart = null, onApart, onToggle, onLoop, onRate, onPicture }: TransportProps) {
  const state = useSyncExternalStore(clock.subscribe, () => `${clock.playing}|${clock.rate}|${clock.loop !== null}`);
  const [playing, rate, looping] = state.split("|");
  return (
    <div className={css.transport} role="toolbar" aria-label="Playing">
      <button type="button" className={css.play} aria-label={playing === "true" ? "Pause" : "Play"} onClick={onToggle}>
        {playing === "true" ? <IconPlayerPauseFilled size={15} /> : <IconPlayerPlayFilled size={15} />}<Cap id={`${prefix}.play`} of="Space" />
      </button>
      {clock instanceof FilmClock ? <><Position clock={clock} /><GoToFrame clock={clock} /></> : <Now axis={axis} clock={clock} />}
      <span className={css.rate} title="Speed: - and =">
        <button type="button" aria-label="Slower" onClick={() => onRate(-1)}>−</button>
        <output aria-label="Speed">{Number(rate)}×</output>
        <button type="button" aria-label="Faster" onClick={() => onRate(1)}>+</button>
      </span>
      {pictured === null || clock instanceof FilmClock ? null : <Loudness />}
      <IconButton size="small" label="Repeat the selected part (Shift+Space)" aria-pressed={looping === "true"} onClick={onLoop}><IconRepeat size={15} color={looping === "true" ? "var(--accent)" : undefined} /></IconButton>
      {pictured === null ? null : <IconButton size="small" label="Spectrogram (P)" aria-pressed={pictured} onClick={onPicture}><IconWaveSine size={15} color={pictured ? "var(--accent)" : undefined} /></IconButton>}
      {pictured === null ? null : <IconButton size="small" label="Pitch (Alt+P)" aria-pressed={pitched} onClick={onPitch}><IconEaseInOut size={15} color={pitched ? "var(--accent)" : undefined} /></IconButton>}
      {pictured === null ? null : <IconButton size="small" label="Intensity (Alt+I)" aria-pressed={strength} onClick={onStrength}><IconChartAreaLine size={15} color={strength ? "var(--accent)" : undefined} /></IconButton>}
      {apart === null ? null : <IconButton size="small" label="Left and right apart (Shift+P)" aria-pressed={apart} onClick={onApart}><IconArrowsSplit2 size={15} color={apart ? "var(--accent)" : undefined} /></IconButton>}
      <IconButton size="small" label="Zoom out ([)" onClick={() => axis.zoom(1 / 1.5)}><IconZoomOut size={15} /></IconButton>
      <IconButton size="small" label="Zoom in (])" onClick={() => axis.zoom(1.5)}><IconZoomIn size={15} /></IconButton>
    </div>
  );
}

/** Louder and softer, heard and drawn. */
function Loudness() {
  const loudness = useLoudness();
  return (
    <span className={css.rate} title="Loudness: Alt+- and Alt+=">
      <button type="button" aria-label="Softer" disabled={loudness === GAINS[0]} onClick={() => turn(-1)}>−</button>
      <output aria-label="Loudness">{loudness === 0 ? <IconVolume size={14} aria-label="as recorded" /> : `${loudness > 0 ? "+" : "−"}${Math.abs(loudness)} dB`}</output>
      <button type="button" aria-label="Louder" disabled={loudness === GAINS[GAINS.length - 1]} onClick={() => turn(1)}>+</button>
    </span>
  );
}

/** Where the playhead is; written into the page in every frame without React. */
function Now({ axis, clock }: { axis: TimeAxis; clock: Clock }) {
  const text = useRef<HTMLElement>(null);
  const total = useSyncExternalStore(axis.subscribe, () => axis.duration);
  useEffect(() => {
    let frame = 0;
    const write = () => {
      cancelAnimationFrame(frame);
      if (text.current) text.current.textContent = clockText(clock.time(), 0.01);
      if (clock.playing) frame = requestAnimationFrame(write);
    };
    const stop = clock.subscribe(write);
    write();
    return () => {
      cancelAnimationFrame(frame);
      stop();
    };
  }, [clock]);
  return <span className={css.now}><b ref={text as never} data-testid="now" /> / {clockText(total, 0.1)}</span>;
}
