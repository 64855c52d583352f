/**
 * Lanes of segments under a time axis: one lane per label, speaker or track. Drawn on one canvas, thousands of segments at once; what
 * can be done with them by keys, and said to screen readers, is up to the list beside it.
 */
import { useCallback, useEffect, useMemo, useRef, useState, type CSSProperties } from "react";
import { TimeGestures, type Keys, type Range, type Spot, type TimeActions } from "./gestures";
import { placed, type Lane, type TimeMark } from "./marks";
import { LANE_GAP, LANE_ROW, laneTops, paintLanes, paintRange, paintRuler, spotAt } from "./paint";
import type { Paint } from "./strip";
import { StripRow, useTime } from "./TimeFrame";
import css from "./time.module.css";

export interface TimeSurface {
  lanes: readonly Lane[];
  /** Keys must be unique; those of unknown lanes are not drawn. */
  marks: readonly TimeMark[];
  selected: string | null;
  range: Range | null;
  editable: boolean;
  actions: TimeActions;
  /** A double click. */
  onOpen?(mark: TimeMark): void;
}

/** Everything that rows need to draw and change marks; one for a whole frame, so that lanes and pictures of the sound act alike. */
export function useTimeSurface({ lanes, marks, selected, range, editable, actions, onOpen }: TimeSurface) {
  const { axis } = useTime();
  const inRows = useMemo(() => placed(lanes, marks), [lanes, marks]);
  const [latest] = useState(() => ({ actions, onOpen }));
  const [gestures] = useState(() => new TimeGestures(axis, relay(latest)));
  useEffect(() => {
    Object.assign(latest, { actions, onOpen });
    Object.assign(gestures, { lanes: inRows, selected, range, editable });
  });
  return { axis, inRows, gestures, selected, range, latest };
}

export type Surface = ReturnType<typeof useTimeSurface>;

/** Always calls the actions of the last drawing. */
function relay(latest: { actions: TimeActions }): TimeActions {
  return {
    onSelect: (key) => latest.actions.onSelect(key),
    onDraw: (lane, range) => latest.actions.onDraw(lane, range),
    onChange: (key, range, drag) => latest.actions.onChange(key, range, drag),
    onRange: (range) => latest.actions.onRange(range),
    onSeek: (time) => latest.actions.onSeek(time),
  };
}

/** Wires pointers on an element to the gestures. */
export function listen(host: HTMLElement, gestures: TimeGestures, spotOf: (y: number) => Spot, redraw: () => void, onDouble?: (spot: Spot, x: number) => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const at = (event: MouseEvent) => {
    const frame = host.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  };
  const keys = (event: MouseEvent): Keys => ({ shift: event.shiftKey, alt: event.altKey });
  host.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    host.setPointerCapture(event.pointerId);
    gestures.down(spotOf(at(event).y), at(event).x, keys(event));
  }, { signal });
  host.addEventListener("pointermove", (event) => {
    const { x, y } = at(event);
    if (!gestures.busy) host.style.cursor = gestures.cursor(spotOf(y), x);
    gestures.move(x, keys(event));
    if (gestures.busy) redraw();
  }, { signal });
  host.addEventListener("pointerup", (event) => {
    gestures.up(at(event).x, keys(event));
    redraw();
  }, { signal });
  host.addEventListener("pointercancel", () => {
    gestures.cancel();
    redraw();
  }, { signal });
  host.addEventListener("dblclick", (event) => onDouble?.(spotOf(at(event).y), at(event).x), { signal });
  return () => stop.abort();
}

const SOUND: Spot = { lane: null, row: 0 };

/** The ruler: a click puts the cursor, dragging selects a stretch. */
export function Ruler({ surface, gutter }: { surface: Surface; gutter?: React.ReactNode }) {
  const { axis, gestures, range } = surface;
  const paint = useCallback<Paint>((pen, w, h, color) => {
    paintRange(pen, h, color, axis, range);
    paintRuler(pen, w, h, color, axis);
  }, [axis, range]);
  const attach = useCallback((host: HTMLElement, redraw: () => void) => listen(host, gestures, () => SOUND, redraw), [gestures]);
  return <StripRow gutter={gutter} height={24} paint={paint} attach={attach} />;
}

/** A row that shows the sound (or a filmstrip): dragging selects a stretch, the edges of the selected segment can be dragged. */
export function PictureRow({ surface, gutter, height, picture }: { surface: Surface; gutter?: React.ReactNode; height: number; picture: Paint }) {
  const { axis, gestures, range, inRows, selected } = surface;
  const paint = useCallback<Paint>((pen, w, h, color) => {
    picture(pen, w, h, color);
    for (const lane of inRows) for (const { mark } of lane.marks) if (mark.key === selected) paintBand(pen, h, color(mark.color), axis.xOf(mark.start), axis.xOf(mark.end));
    paintRange(pen, h, color, axis, range);
  }, [axis, picture, range, inRows, selected]);
  const attach = useCallback((host: HTMLElement, redraw: () => void) => listen(host, gestures, () => SOUND, redraw), [gestures]);
  return <StripRow gutter={gutter} height={height} paint={paint} attach={attach} picture />;
}

function paintBand(pen: CanvasRenderingContext2D, height: number, tone: string, left: number, right: number): void {
  pen.fillStyle = tone;
  pen.globalAlpha = 0.14;
  pen.fillRect(left, 0, right - left, height);
  pen.globalAlpha = 1;
  pen.fillRect(Math.round(left) - 1, 0, 2, height);
  pen.fillRect(Math.round(right) - 1, 0, 2, height);
}

export interface LaneRowsProps {
  surface: Surface;
  /** The lane that new segments go to. */
  armed?: string | null;
  /** A click on the title of a lane. */
  onLane?(id: string): void;
}

export function LaneRows({ surface, armed, onLane }: LaneRowsProps) {
  const { axis, inRows, gestures, selected, range, latest } = surface;
  const { tops, height } = useMemo(() => laneTops(inRows), [inRows]);
  const host = useRef<HTMLDivElement>(null);
  const [held] = useState(() => ({ inRows, tops }));
  useEffect(() => void Object.assign(held, { inRows, tops }));
  const paint = useCallback<Paint>(
    (pen, w, h, color) => paintLanes(pen, w, h, color, axis, { lanes: inRows, tops, selected, range, ghost: gestures.ghost }),
    [axis, inRows, tops, selected, range, gestures],
  );
  const attach = useCallback((host: HTMLElement, redraw: () => void) => {
    const spotOf = (y: number): Spot => spotAt(held.inRows, held.tops, y) ?? SOUND;
    return listen(host, gestures, spotOf, redraw, (spot, x) => {
      const found = spot.lane ? gestures.at(spot, x) : null;
      if (found) latest.onOpen?.(found.mark);
    });
  }, [gestures, held, latest]);
  const titles = inRows.map(({ lane, rows }) => (
    <div key={lane.id} className={css.lane} data-armed={armed === lane.id || undefined} title={lane.title} style={{ height: rows * LANE_ROW + LANE_GAP, "--label": lane.color } as CSSProperties} onClick={() => onLane?.(lane.id)}>
      <i aria-hidden /><span>{lane.title}</span>
    </div>
  ));
  useEffect(() => {
    const box = host.current;
    const at = selected === null ? -1 : inRows.findIndex((lane) => lane.marks.some((one) => one.mark.key === selected));
    if (!box || at < 0) return;
    const bottom = tops[at]! + inRows[at]!.rows * LANE_ROW + LANE_GAP;
    if (tops[at]! < box.scrollTop) box.scrollTop = tops[at]!;
    else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
    // Only a new selection scrolls; a change of what is selected must not move it under the pointer.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [selected]);
  return <div ref={host} className={css.lanes}><StripRow gutter={titles} height={Math.max(height, LANE_ROW)} paint={paint} attach={attach} /></div>;
}
