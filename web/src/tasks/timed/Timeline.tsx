/** Ruler, waveform, spectrogram and lanes of the editor of segments, on one axis. */
import { useCallback } from "react";
import type { Pictures } from "../../media/sound/useSound";
import { LaneRows, PictureRow, Ruler, useTimeSurface, type TimeSurface } from "../../media/time/LaneRows";
import { factorOf, useLoudness } from "../../media/time/loudness";
import type { Paint } from "../../media/time/strip";
import { useTime } from "../../media/time/TimeFrame";
import { Skeleton } from "../../ui";
import css from "./timed.module.css";

export interface TimelineProps extends TimeSurface {
  sound: Pictures;
  /** There is sound to show. */
  heard: boolean;
  /** What is said of the sound beside its waveform. */
  about: string;
  armed: string;
  onLane(label: string): void;
}

const WAVE = 96;
/** Of each channel where two are drawn. */
const HALF = 64;
const SPECTRUM = 128;

export function Timeline({ sound, heard, about, armed, onLane, ...props }: TimelineProps) {
  const surface = useTimeSurface(props);
  const { axis } = useTime();
  const wave = sound.wave.kind === "ready" ? sound.wave.it : null;
  const right = sound.right?.kind === "ready" ? sound.right.it : null;
  const spectro = sound.spectro?.kind === "ready" ? sound.spectro.it : null;
  const pitch = sound.pitch?.kind === "ready" ? sound.pitch.it : null;
  const intensity = sound.intensity?.kind === "ready" ? sound.intensity.it : null;
  const louder = factorOf(useLoudness());
  // A tile that came in gives `version` another number, and the row is painted anew.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const paintWave = useCallback<Paint>((pen, w, h, color) => wave?.paint(pen, w, h, color, axis, louder), [wave, axis, louder, sound.version]);
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const paintRight = useCallback<Paint>((pen, w, h, color) => right?.paint(pen, w, h, color, axis, louder), [right, axis, louder, sound.version]);
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const paintFrequencies = useCallback<Paint>((pen, w, h, color) => [spectro, intensity, pitch].forEach((one) => one?.paint(pen, w, h, color, axis)), [spectro, intensity, pitch, axis, sound.version]);
  return (
    <>
      <Ruler surface={surface} />
      {!heard ? null : <PictureRow surface={surface} height={sound.right ? HALF : WAVE} picture={paintWave} gutter={<div className={css.gutter}>{wave ? <><span>{sound.right ? "Left" : "Waveform"}</span><span>{wave.silent ? "silent throughout" : about}</span></> : <Skeleton width={72} height={10} />}</div>} />}
      {heard && sound.right ? <PictureRow surface={surface} height={HALF} picture={paintRight} gutter={<div className={css.gutter}>{right ? <><span>Right</span><span>{right.silent ? "silent throughout" : ""}</span></> : <Skeleton width={72} height={10} />}</div>} /> : null}
      {heard && (sound.spectro ?? sound.pitch ?? sound.intensity) ? <PictureRow surface={surface} height={SPECTRUM} picture={paintFrequencies} gutter={<Frequencies sound={sound} />} /> : null}
      <LaneRows surface={surface} armed={armed} onLane={onLane} />
    </>
  );
}

const intensityWords = (loudest: number) => `up to ${String(Math.round(loudest)).replace("-", "−")} dB`;

/** What the row of frequencies shows: the spectrogram, the pitch and the intensity, or some of them. */
function Frequencies({ sound: { spectro, pitch, intensity } }: { sound: Pictures }) {
  return (
    <div className={css.gutter}>
      {spectro ? <><span>Spectrogram</span>{spectro.kind === "failed" ? <span>{spectro.message}</span> : spectro.kind === "ready" ? <span>0–{spectro.it.about.top / 1000} kHz</span> : <Skeleton width={72} height={10} />}</> : null}
      {pitch ? <><span className={css.pitch}>Pitch</span>{pitch.kind === "failed" ? <span>{pitch.message}</span> : pitch.kind === "ready" ? <span>{pitch.it.about.median > 0 ? `median ${Math.round(pitch.it.about.median)} Hz` : "none found"}</span> : <Skeleton width={72} height={10} />}</> : null}
      {intensity ? <><span className={css.intensity}>Intensity</span>{intensity.kind === "failed" ? <span>{intensity.message}</span> : intensity.kind === "ready" ? <span>{intensityWords(intensity.it.about.loudest)}</span> : <Skeleton width={72} height={10} />}</> : null}
    </div>
  );
}
