/** Time series in a table: found as the server finds them (`builtin/tasks/_series.py`), and drawn on a time axis. */
import type { TimeAxis } from "../time/axis";
import type { ColorOf } from "../time/strip";
import { tableOf } from "../table";

export interface Curve {
  name: string;
  /** NaN where there is no number. */
  values: Float64Array;
  low: number;
  high: number;
}

export interface Series {
  /** Seconds since the first time. */
  times: Float64Array;
  duration: number;
  curves: Curve[];
}

const TIME = "time";

/** The series in a table's value; null if its time is no row of numbers that never fall. */
export function seriesOf(value: unknown): Series | null {
  const columns = columnsOf(value);
  if (!columns || columns.length === 0) return null;
  const clock = columns.find(([name]) => name === TIME) ?? columns[0]!;
  const times = rising(clock[1]);
  if (!times) return null;
  const curves = columns.filter((column) => column !== clock).flatMap(([name, values]) => curveOf(name, values, times.length) ?? []);
  return { times, duration: times[times.length - 1]!, curves };
}

/** The time so many rows after the last one that is no later than `time`; before it, where `rows` is less than 0. A time between two rows counts as a step to the earlier. */
export function rowFrom({ times }: Pick<Series, "times">, time: number, rows: number): number {
  let at = times.findLastIndex((one) => one <= time + 1e-6);
  if (rows < 0 && at >= 0 && times[at]! < time - 1e-6) at += 1;
  return times[Math.min(times.length - 1, Math.max(0, at + rows))]!;
}

function columnsOf(value: unknown): [string, unknown[]][] | null {
  const table = tableOf(value);
  if (table) return table.columns.map((name, i) => [name, table.rows.map((row) => row[i])]);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const columns = Object.entries(value);
  return columns.every(([, column]) => Array.isArray(column)) ? (columns as [string, unknown[]][]) : null;
}

function rising(values: readonly unknown[]): Float64Array | null {
  if (values.length < 2) return null;
  const found = new Float64Array(values.length);
  for (const [i, one] of values.entries()) {
    if (typeof one !== "number" || !Number.isFinite(one) || (i > 0 && one < (values[i - 1] as number))) return null;
    found[i] = one - (values[0] as number);
  }
  return found[found.length - 1]! > 0 ? found : null;
}

function curveOf(name: string, given: readonly unknown[], n: number): Curve | null {
  const values = new Float64Array(n).fill(NaN);
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < n; i++) {
    const one = given[i];
    if (typeof one !== "number" || !Number.isFinite(one)) continue;
    values[i] = one;
    if (one < low) low = one;
    if (one > high) high = one;
  }
  return high >= low ? { name, values, low, high } : null;
}

/** The first place whose time is not below `time`. */
export function placeAt(times: Float64Array, time: number): number {
  let [from, to] = [0, times.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (times[middle]! < time) from = middle + 1;
    else to = middle;
  }
  return from;
}

const EDGE = 6;

/** A line through the points in view; where they are denser than the pixels, the lowest to the highest of each pixel. */
export function paintCurve(pen: CanvasRenderingContext2D, width: number, height: number, color: ColorOf, axis: TimeAxis, { times }: Series, curve: Curve): void {
  const first = Math.max(0, placeAt(times, axis.view.from) - 1);
  const end = Math.min(times.length, placeAt(times, axis.to) + 2);
  const span = curve.high - curve.low;
  const y = (value: number) => (span > 0 ? height - EDGE - ((value - curve.low) / span) * (height - 2 * EDGE) : height / 2);
  if (end - first > 2 * width) return paintDense(pen, width, color, axis, times, curve.values, first, end, y);
  pen.strokeStyle = color("var(--accent)");
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (let i = first, on = false; i < end; i++) {
    const value = curve.values[i]!;
    if (!Number.isNaN(value)) pen[on ? "lineTo" : "moveTo"](axis.xOf(times[i]!), y(value));
    on = !Number.isNaN(value);
  }
  pen.stroke();
}

function paintDense(pen: CanvasRenderingContext2D, width: number, color: ColorOf, axis: TimeAxis, times: Float64Array, values: Float64Array, first: number, end: number, y: (value: number) => number): void {
  pen.fillStyle = color("var(--accent)");
  let [x, low, high] = [-1, Infinity, -Infinity];
  const flush = () => {
    if (x >= 0 && x < width && high >= low) pen.fillRect(x, y(high), 1, Math.max(1.5, y(low) - y(high)));
  };
  for (let i = first; i < end; i++) {
    const at = Math.floor(axis.xOf(times[i]!));
    if (at !== x) {
      flush();
      [x, low, high] = [at, Infinity, -Infinity];
    }
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  flush();
}
