/** A sound to listen to: its waveform, a click moves the playhead, dragging plays a stretch, the wheel zooms. */
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from "@tabler/icons-react";
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { mediaUrl } from "../../api/client";
import type { MediaValue } from "../../api/types";
import { Note } from "../../ui";
import { clockText, TimeAxis } from "../time/axis";
import { MediaClock } from "../time/clock";
import type { Range, TimeActions } from "../time/gestures";
import { PictureRow, Ruler, useTimeSurface } from "../time/LaneRows";
import type { Paint } from "../time/strip";
import { TimeFrame, useTime } from "../time/TimeFrame";
import { unplayable } from "../time/unplayable";
import css from "./sound.module.css";
import { useSound, type Pictures } from "./useSound";

const NO_LANES: never[] = [];

export function SoundView({ value, name }: { value: MediaValue; name: string }) {
  const [element, setElement] = useState<HTMLAudioElement | null>(null);
  const clock = useMemo(() => (element ? new MediaClock(element) : null), [element]);
  useEffect(() => () => clock?.destroy(), [clock]);
  const axis = useMemo(() => new TimeAxis(value.duration ?? 1), [value]);
  const sound = useSound(value);
  const [broken, setBroken] = useState<string | null>(null);
  const trouble = broken ?? (sound.wave.kind === "failed" ? sound.wave.message : sound.wave.kind === "ready" ? sound.wave.it.about.trouble : null);
  return (
    <figure className={css.sound}>
      <audio
        ref={setElement} preload="auto" src={mediaUrl(value.media)} aria-label={name} hidden
        onError={(event) => setBroken(unplayable(event.currentTarget, value))} onLoadedMetadata={(event) => value.duration === undefined && axis.setDuration(event.currentTarget.duration)}
      />
      {clock ? (
        <TimeFrame axis={axis} clock={clock} label={`Waveform of ${name}`} gutter={0}>
          <Picture sound={sound} clock={clock} />
        </TimeFrame>
      ) : null}
      {clock ? <Play clock={clock} axis={axis} silent={sound.wave.kind === "ready" && sound.wave.it.silent} /> : null}
      {trouble ? <Note tone="warn">{trouble}</Note> : null}
    </figure>
  );
}

function Picture({ sound, clock }: { sound: Pictures; clock: MediaClock }) {
  const { axis } = useTime();
  const [range, setRange] = useState<Range | null>(null);
  const actions: TimeActions = {
    onSelect: () => undefined, onDraw: () => undefined, onChange: () => undefined, onRange: setRange,
    onSeek: (time) => clock.seek(time),
  };
  const surface = useTimeSurface({ lanes: NO_LANES, marks: NO_LANES, selected: null, range, editable: false, actions });
  const wave = sound.wave.kind === "ready" ? sound.wave.it : null;
  useEffect(() => {
    if (range && range.end - range.start > 0.02) clock.setLoop(range);
    else clock.setLoop(null);
  }, [clock, range]);
  // A tile that came in gives `version` another number, and the row is painted anew.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const paint = useCallback<Paint>((pen, w, h, color) => wave?.paint(pen, w, h, color, axis), [wave, axis, sound.version]);
  return (
    <>
      <Ruler surface={surface} />
      <PictureRow surface={surface} height={140} picture={paint} />
    </>
  );
}

function Play({ clock, axis, silent }: { clock: MediaClock; axis: TimeAxis; silent: boolean }) {
  const playing = useSyncExternalStore(clock.subscribe, () => clock.playing);
  const looping = useSyncExternalStore(clock.subscribe, () => clock.loop !== null);
  return (
    <figcaption className={css.play}>
      <button type="button" aria-label={playing ? "Pause" : "Play"} onClick={() => (playing ? clock.pause() : clock.play())}>
        {playing ? <IconPlayerPauseFilled size={16} /> : <IconPlayerPlayFilled size={16} />} {playing ? "Pause" : "Play"} <kbd>Space</kbd>
      </button>
      <span>{clockText(axis.duration, 0.01)}{silent ? " · silent throughout" : ""}{looping ? " · the selected stretch is repeated; click beside it to end that" : " · drag over the waveform to repeat a part"}</span>
    </figcaption>
  );
}
