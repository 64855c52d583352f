/** A time series to look at: its curves on a time axis that zooms and pans. Load it lazily. */
import { useCallback, useState } from "react";
import { TimeAxis } from "../time/axis";
import { StillClock } from "../time/still-clock";
import type { Paint } from "../time/strip";
import { StripRow, TimeFrame, useTime } from "../time/TimeFrame";
import { CurveTitle } from "./CurveTitle";
import { paintCurve, type Curve, type Series } from "./series";

export const CURVE_HEIGHT = 76;

export default function SeriesView({ series, name }: { series: Series; name: string }) {
  const [axis] = useState(() => new TimeAxis(series.duration));
  const [clock] = useState(() => new StillClock(series.duration));
  return (
    <TimeFrame axis={axis} clock={clock} label={`Curves of ${name}`}>
      {series.curves.map((curve, i) => <Row key={i} series={series} curve={curve} />)}
    </TimeFrame>
  );
}

function Row({ series, curve }: { series: Series; curve: Curve }) {
  const { axis } = useTime();
  const paint = useCallback<Paint>((pen, w, h, color) => paintCurve(pen, w, h, color, axis, series, curve), [axis, series, curve]);
  return <StripRow height={CURVE_HEIGHT} paint={paint} picture gutter={<CurveTitle curve={curve} />} />;
}
