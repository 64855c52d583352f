/** Marking segments of time: player, waveform, lanes, and the list below. What the segments are, a `TimedKind` says. */
import { useRef, useState } from "react";
import { useSound } from "../../media/sound/useSound";
import { clockText, TimeAxis } from "../../media/time/axis";
import type { Clock } from "../../media/time/clock";
import { TimeFrame } from "../../media/time/TimeFrame";
import { Note } from "../../ui";
import { useCommands } from "../labels/label-commands";
import { entryOf } from "../labels/label-set";
import { LabelStrip } from "../labels/LabelStrip";
import { RegionBar } from "../regions/RegionBar";
import regions from "../regions/regions.module.css";
import type { WidgetProps } from "../types";
import { Hint } from "./Hint";
import type { Segment, TimedKind } from "./model";
import { Player } from "./Player";
import { SegmentDetails } from "./SegmentDetails";
import { SegmentList } from "./SegmentList";
import { useChannels, useIntensity, usePitch, useSpectrogram } from "./remembered";
import css from "./timed.module.css";
import { Timeline } from "./Timeline";
import { Transport } from "./Transport";
import { useTimed } from "./useTimed";
import { useTiming } from "./useTiming";

export function TimedEditor({ kind, ...props }: WidgetProps<Segment[]> & { kind: TimedKind }) {
  const { question, readOnly, onActivate } = props;
  const [armed, arm] = useState<string | null>(null);
  const timed = useTimed(props, armed ?? "");
  const { media, labels, drawn } = timed;
  const wanted = armed ?? labels[0]?.value ?? "";
  const [axis] = useState(() => new TimeAxis(media?.duration ?? 1));
  const [clock, setClock] = useState<Clock | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [pictured, togglePicture] = useSpectrogram();
  const [pitched, togglePitch] = usePitch();
  const [strength, toggleIntensity] = useIntensity();
  const [apart, toggleApart] = useChannels();
  // A film may be silent; then there is nothing to draw.
  const audible = media && (media.mime.startsWith("audio/") || media.rate !== undefined) ? media : null;
  const stereo = audible?.channels === 2;
  const sound = useSound(audible, { spectrogram: pictured, apart: stereo && apart, pitch: pitched, intensity: strength });
  const text = useRef<HTMLTextAreaElement>(null);
  const filter = useRef<HTMLInputElement>(null);
  const heard = audible !== null && sound.wave.kind !== "failed";
  const t = useTiming(kind, props, timed, { axis, clock, armed: wanted, arm, text, filter, pictured: heard, togglePicture, togglePitch, toggleIntensity, toggleApart: stereo && heard ? toggleApart : null });
  useCommands(props, t.commands);
  const name = timed.field?.title ?? timed.field?.name ?? "Sound";
  if (!media || media.error) return <div className={css.note}><Note tone="warn">{media?.error ?? `This item has nothing to play in “${name}”.`}</Note></div>;
  const { selected } = t;
  const shown = selected ? entryOf(labels, selected.label) : null;
  const said = trouble ?? (sound.wave.kind === "ready" ? sound.wave.it.about.trouble : media.mime.startsWith("audio/") && sound.wave.kind === "failed" ? sound.wave.message : null);
  return (
    <div className={props.fields.length > 1 ? `${regions.field} ${css.scrolled}` : regions.field} onFocus={onActivate} onPointerDown={onActivate}>
      <div className={regions.head}>
        <div className={css.top}>
          <LabelStrip question={question} active={props.active} labels={labels} armed={t.own?.label ?? wanted} readOnly={readOnly} onPick={t.pick} filterRef={filter} />
          {clock ? <Transport prefix={kind.type} axis={axis} clock={clock} pictured={heard ? pictured : null} pitched={pitched} onPitch={togglePitch} strength={strength} onStrength={toggleIntensity} apart={stereo && heard ? apart : null} onApart={toggleApart} onToggle={t.toggle} onLoop={t.loop} onRate={t.rate} onPicture={togglePicture} /> : null}
        </div>
        <RegionBar
          commands={kind.type} hint={<Hint kind={kind} refusal={t.refusal} begun={t.begun} range={t.range} n={timed.value.length} active={props.active} readOnly={readOnly} label={entryOf(labels, wanted).title} />} readOnly={readOnly}
          selected={t.refusal || t.begun !== null || !selected || !shown ? null : { title: shown.title, color: shown.color, detail: `${clockText(selected.start)} – ${clockText(selected.end)} · ${(selected.end - selected.start).toFixed(2)} s`, suggested: selected.suggested }}
          onAccept={() => t.accept()} onReject={t.reject} onRemove={t.remove}
        />
      </div>
      <div className={css.stage}>
        <Player media={media} name={name} axis={axis} onClock={setClock} onTrouble={setTrouble} />
        {said ? <div className={css.note}><Note tone="warn">{said}</Note></div> : null}
        {clock ? (
          <TimeFrame axis={axis} clock={clock} label={`Timeline of ${name}`}>
            <Timeline
              lanes={timed.lanes} marks={drawn} selected={selected?.key ?? null} range={t.range} editable={!readOnly} actions={t.actions} onOpen={(mark) => clock.playRange(mark.start, mark.end)}
              sound={sound} heard={heard} about={[media.rate ? `${media.rate / 1000} kHz` : "", media.channels === 1 ? "mono" : media.channels === 2 ? (apart ? "stereo" : "stereo, mixed") : ""].filter(Boolean).join(", ")} armed={wanted} onLane={arm}
            />
          </TimeFrame>
        ) : null}
        <div className={css.below}>
          <SegmentList kind={kind} drawn={drawn} selected={selected} titleOf={(label) => entryOf(labels, label).title} onSelect={t.go} onOpen={(one) => clock?.playRange(one.start, one.end)} />
          {selected ? <SegmentDetails kind={kind} question={question} drawn={selected} readOnly={readOnly} textRef={text} onSet={t.set} onAttribute={t.answer} /> : null}
        </div>
      </div>
    </div>
  );
}
