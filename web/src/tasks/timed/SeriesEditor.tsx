/** Marking segments of a time series: its curves and the lanes on one axis, and the list below. */
import { useCallback, useEffect, useRef, useState } from "react";
import { CurveTitle } from "../../media/series/CurveTitle";
import { paintCurve, rowFrom, type Curve, type Series } from "../../media/series/series";
import { CURVE_HEIGHT } from "../../media/series/SeriesView";
import { clockText, TimeAxis } from "../../media/time/axis";
import { LaneRows, PictureRow, Ruler, useTimeSurface, type Surface, type TimeSurface } from "../../media/time/LaneRows";
import { StillClock } from "../../media/time/still-clock";
import type { Paint } from "../../media/time/strip";
import { TimeFrame, useTime } from "../../media/time/TimeFrame";
import { useCommands } from "../labels/label-commands";
import { entryOf } from "../labels/label-set";
import { LabelStrip } from "../labels/LabelStrip";
import { RegionBar } from "../regions/RegionBar";
import regions from "../regions/regions.module.css";
import type { WidgetProps } from "../types";
import { Hint } from "./Hint";
import type { Segment, TimedKind } from "./model";
import { SegmentDetails } from "./SegmentDetails";
import { SegmentList } from "./SegmentList";
import css from "./timed.module.css";
import { Transport } from "./Transport";
import { useTimed } from "./useTimed";
import { useTiming } from "./useTiming";

export function SeriesEditor({ kind, series, ...props }: WidgetProps<Segment[]> & { kind: TimedKind; series: Series }) {
  const { question, readOnly, onActivate } = props;
  const [armed, arm] = useState<string | null>(null);
  const timed = useTimed(props, armed ?? "");
  const { labels, drawn } = timed;
  const wanted = armed ?? labels[0]?.value ?? "";
  const [axis] = useState(() => new TimeAxis(series.duration));
  const [clock] = useState(() => new StillClock(series.duration));
  useEffect(() => () => clock.destroy(), [clock]);
  const text = useRef<HTMLTextAreaElement>(null);
  const filter = useRef<HTMLInputElement>(null);
  const t = useTiming(kind, props, timed, { axis, clock, armed: wanted, arm, text, filter, pictured: false, togglePicture: () => undefined, togglePitch: () => undefined, toggleIntensity: () => undefined, rowFrom: (time, rows) => rowFrom(series, time, rows) });
  useCommands(props, t.commands);
  const name = question.field ?? "the series";
  const { selected } = t;
  const shown = selected ? entryOf(labels, selected.label) : null;
  return (
    <div className={`${regions.field} ${css.scrolled}`} onFocus={onActivate} onPointerDown={onActivate}>
      <div className={regions.head}>
        <div className={css.top}>
          <LabelStrip question={question} active={props.active} labels={labels} armed={t.own?.label ?? wanted} readOnly={readOnly} onPick={t.pick} filterRef={filter} />
          <Transport prefix={kind.type} axis={axis} clock={clock} pictured={null} onToggle={t.toggle} onLoop={t.loop} onRate={t.rate} onPicture={() => undefined} />
        </div>
        <RegionBar
          commands={kind.type} hint={<Hint kind={kind} refusal={t.refusal} begun={t.begun} range={t.range} n={timed.value.length} active={props.active} readOnly={readOnly} label={entryOf(labels, wanted).title} />} readOnly={readOnly}
          selected={t.refusal || t.begun !== null || !selected || !shown ? null : { title: shown.title, color: shown.color, detail: `${clockText(selected.start)} – ${clockText(selected.end)} · ${(selected.end - selected.start).toFixed(2)} s`, suggested: selected.suggested }}
          onAccept={() => t.accept()} onReject={t.reject} onRemove={t.remove}
        />
      </div>
      <div className={css.stage}>
        <TimeFrame axis={axis} clock={clock} label={`Timeline of ${name}`}>
          <Rows lanes={timed.lanes} marks={drawn} selected={selected?.key ?? null} range={t.range} editable={!readOnly} actions={t.actions} onOpen={(mark) => clock.playRange(mark.start, mark.end)} series={series} armed={wanted} onLane={arm} />
        </TimeFrame>
        <div className={css.below}>
          <SegmentList kind={kind} drawn={drawn} selected={selected} titleOf={(label) => entryOf(labels, label).title} onSelect={t.go} onOpen={(one) => clock.playRange(one.start, one.end)} />
          {selected ? <SegmentDetails kind={kind} question={question} drawn={selected} readOnly={readOnly} textRef={text} onSet={t.set} onAttribute={t.answer} /> : null}
        </div>
      </div>
    </div>
  );
}

function Rows({ series, armed, onLane, ...props }: TimeSurface & { series: Series; armed: string; onLane(label: string): void }) {
  const surface = useTimeSurface(props);
  return (
    <>
      <Ruler surface={surface} />
      {series.curves.map((curve, i) => <CurveRow key={i} surface={surface} series={series} curve={curve} />)}
      <LaneRows surface={surface} armed={armed} onLane={onLane} />
    </>
  );
}

function CurveRow({ surface, series, curve }: { surface: Surface; series: Series; curve: Curve }) {
  const { axis } = useTime();
  const picture = useCallback<Paint>((pen, w, h, color) => paintCurve(pen, w, h, color, axis, series, curve), [axis, series, curve]);
  return <PictureRow surface={surface} height={CURVE_HEIGHT} picture={picture} gutter={<CurveTitle curve={curve} />} />;
}
