/**
 * What everything on a time axis stands in: rows under one another (ruler, waveform, lanes), one playhead through all of them, wheel and
 * pinch for zoom, and a bar below that shows which part is in view. Rows find the axis and the clock in its context.
 */
import { createContext, useContext, useEffect, useLayoutEffect, useRef, useSyncExternalStore, type CSSProperties, type PointerEvent, type ReactNode } from "react";
import type { TimeAxis } from "./axis";
import type { Clock } from "./clock";
import { Strip, type Paint } from "./strip";
import css from "./time.module.css";

interface Time {
  axis: TimeAxis;
  clock: Clock;
}

const TimeContext = createContext<Time | null>(null);

export function useTime(): Time {
  const time = useContext(TimeContext);
  if (!time) throw new Error("A row of a time axis stands outside of a TimeFrame.");
  return time;
}

export interface TimeFrameProps extends Time {
  label: string;
  /** Width of the titles left of the rows; 0 for none. */
  gutter?: number;
  children: ReactNode;
}

export function TimeFrame({ axis, clock, label, gutter = 112, children }: TimeFrameProps) {
  const frame = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const host = frame.current!;
    const measure = () => axis.setWidth(host.clientWidth - gutter - (gutter > 0 ? 1 : 0));
    const watch = new ResizeObserver(measure);
    watch.observe(host);
    measure();
    const onWheel = (event: WheelEvent) => wheel(event, host, axis, gutter);
    host.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      watch.disconnect();
      host.removeEventListener("wheel", onWheel);
    };
  }, [axis, gutter]);
  return (
    <TimeContext.Provider value={{ axis, clock }}>
      <div ref={frame} className={css.frame} role="group" aria-label={label} data-bare={gutter === 0 || undefined} style={{ "--gutter": `${gutter}px` } as CSSProperties}>
        {children}
        <div className={css.clip} aria-hidden><Playhead axis={axis} clock={clock} /></div>
        <Overview axis={axis} />
      </div>
    </TimeContext.Provider>
  );
}

const LINE = 16;

/** The wheel zooms at the pointer; sideways, or with Shift, it pans; over the titles it scrolls the page. */
function wheel(event: WheelEvent, host: HTMLElement, axis: TimeAxis, gutter: number): void {
  const x = event.clientX - host.getBoundingClientRect().left - gutter;
  if (x < 0) return;
  event.preventDefault();
  const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
  const sideways = event.shiftKey ? event.deltaX || event.deltaY : Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : 0;
  if (sideways !== 0) return axis.pan(sideways * unit);
  axis.zoom(Math.exp(-event.deltaY * unit * (event.ctrlKey ? 0.01 : 0.0016)), x);
}

function Playhead({ axis, clock }: Time) {
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let frame = 0;
    const draw = () => {
      cancelAnimationFrame(frame);
      const time = clock.time();
      if (clock.playing) axis.follow(time);
      if (line.current) line.current.style.transform = `translateX(${axis.xOf(time)}px)`;
      if (clock.playing) frame = requestAnimationFrame(draw);
    };
    const stop = [axis.subscribe(() => clock.playing || draw()), clock.subscribe(draw)];
    draw();
    return () => {
      cancelAnimationFrame(frame);
      stop.forEach((end) => end());
    };
  }, [axis, clock]);
  return <div ref={line} className={css.playhead} data-testid="playhead" />;
}

/** Which part is in view; dragging moves it. */
function Overview({ axis }: { axis: TimeAxis }) {
  const bar = useRef<HTMLDivElement>(null);
  const view = useSyncExternalStore(axis.subscribe, () => axis.view);
  const go = (event: PointerEvent<HTMLDivElement>) => {
    if (event.type === "pointerdown") event.currentTarget.setPointerCapture(event.pointerId);
    if (event.buttons !== 1) return;
    const frame = event.currentTarget.getBoundingClientRect();
    const middle = ((event.clientX - frame.left) / frame.width) * axis.duration;
    axis.pan((middle - (axis.view.from + axis.to) / 2) * axis.view.scale);
  };
  const [left, part] = [view.from / axis.duration, view.width / view.scale / axis.duration];
  return (
    <div ref={bar} className={css.overview} aria-hidden onPointerDown={go} onPointerMove={go}>
      <i style={{ left: `${left * 100}%`, width: `${Math.min(1, part) * 100}%` }} />
    </div>
  );
}

export interface StripRowProps {
  gutter?: ReactNode;
  height: number;
  paint: Paint;
  /** On a neutral ground, as pictures are. */
  picture?: boolean;
  /** Gets the element that is drawn on, for pointers; returns what ends it. */
  attach?(host: HTMLElement, redraw: () => void): () => void;
}

/** One row: a title at the left, and a canvas that is painted when the axis moves or `paint` changes. */
export function StripRow({ gutter, height, paint, picture, attach }: StripRowProps) {
  const { axis } = useTime();
  const host = useRef<HTMLDivElement>(null);
  const strip = useRef<Strip | null>(null);
  const latest = useRef(paint);
  useEffect(() => {
    latest.current = paint;
    strip.current?.setPaint(paint);
  }, [paint]);
  useEffect(() => {
    const made = new Strip(host.current!, axis, latest.current);
    strip.current = made;
    return () => {
      strip.current = null;
      made.destroy();
    };
  }, [axis]);
  useEffect(() => attach?.(host.current!, () => strip.current?.request()), [attach]);
  return (
    <div className={css.row}>
      <div className={css.gutter}>{gutter}</div>
      <div ref={host} className={`${css.strip} ${picture ? css.picture : ""}`} style={{ height }} aria-hidden />
    </div>
  );
}
