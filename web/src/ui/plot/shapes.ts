/** The few plots that the app draws, as options for the library: intervals in a row each, a line with its band, calibration, bars. */
import type { Markish, PlotOptions } from "@observablehq/plot";
import type { PlotLibrary } from "./Figure";

/** A value with its interval; `low` and `high` are null where none can be given. */
export interface Estimate {
  name: string;
  value: number | null;
  low: number | null;
  high: number | null;
  /** A second line of estimates in the same rows, told apart by colour. */
  group?: string;
}

export interface Axis {
  label: string;
  /** In the unit of the values: a percent axis over all of it is [0, 1]. */
  domain?: [number, number];
  /** 0..1 printed as percent. */
  percent?: boolean;
  /** For ratios: 1 in the middle of ½ and 2. */
  log?: boolean;
}

const scale = (axis: Axis) => ({
  label: axis.percent && !axis.label.includes("%") ? `${axis.label} (%)` : axis.label,
  labelOffset: 36,
  domain: axis.domain && axis.percent ? axis.domain.map((end) => end * 100) : axis.domain,
  percent: axis.percent,
  type: axis.log ? ("log" as const) : undefined,
  labelArrow: "none" as const,
  grid: true,
  ...(axis.log ? { ticks: RATIOS.filter((tick) => !axis.domain || (tick >= axis.domain[0] && tick <= axis.domain[1])), tickFormat: String } : {}),
});
const RATIOS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 4, 10];

/** Room for the ticks and the name of the lower axis. */
const BELOW = 42;

/** Width of a letter of the names, at their size. */
const LETTER = 6.2;

/** Room on the left for the longest name, up to a third of the width. */
export function leftRoom(names: readonly string[], width: number): number {
  const longest = Math.max(0, ...names.map((name) => name.length));
  return Math.ceil(Math.min(width / 3, 17 + longest * LETTER));
}

const short = (name: string, room: number) => {
  const letters = Math.max(6, Math.floor((room - 16) / LETTER));
  return name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
};

/** One row per estimate: a dot with its interval, and a line at `at` (no difference, chance, the goal). */
export function intervals(plot: PlotLibrary, width: number, rows: readonly Estimate[], axis: Axis, at?: number): PlotOptions {
  const names = [...new Set(rows.map((row) => row.name))];
  const room = leftRoom(names, width);
  const known = rows.filter((row) => row.value !== null);
  const groups = [...new Set(rows.map((row) => row.group ?? ""))];
  const colour = (row: Estimate) => PALETTE[groups.indexOf(row.group ?? "") % PALETTE.length];
  const shift = (row: Estimate) => (groups.length > 1 ? (groups.indexOf(row.group ?? "") - (groups.length - 1) / 2) * 9 : 0);
  const marks: Markish[] = groups.flatMap((group) => {
    const own = known.filter((row) => (row.group ?? "") === group);
    const dy = own[0] ? shift(own[0]) : 0;
    return [
      plot.link(own.filter((row) => row.low !== null && row.high !== null), { x1: "low", x2: "high", y1: "name", y2: "name", stroke: colour, strokeWidth: 2, strokeOpacity: 0.55, dy }),
      plot.dot(own, { x: "value", y: "name", fill: colour, r: 4, dy, title: (row: Estimate) => said(row, axis), tip: { fill: "var(--surface)", stroke: "var(--border-strong)" } }),
    ];
  });
  return {
    marginLeft: room,
    marginRight: 16,
    marginTop: 4,
    marginBottom: BELOW,
    height: BELOW + 4 + names.length * Math.max(26, groups.length * 13),
    x: scale(axis),
    y: { type: "band", domain: names, label: null, tickFormat: (name: string) => short(name, room), tickSize: 0 },
    marks: [at === undefined ? null : plot.ruleX([at], { stroke: "var(--border-strong)", strokeDasharray: "3 3" }), ...marks],
  };
}

/** The colours of groups, in the order in which they first come. */
export const PALETTE = ["var(--accent)", "var(--suggest)", "var(--label-2)", "var(--label-3)", "var(--label-4)", "var(--label-7)"];

function said(row: Estimate, axis: Axis): string {
  const text = (value: number) => (axis.percent ? `${(value * 100).toFixed(1)}%` : value.toPrecision(3));
  const interval = row.low !== null && row.high !== null ? ` (${text(row.low)} to ${text(row.high)})` : "";
  return `${row.name}${row.group ? `, ${row.group}` : ""}: ${row.value === null ? "undefined" : text(row.value)}${interval}`;
}

export interface Step {
  x: number;
  value: number;
  low?: number | null;
  high?: number | null;
  group?: string;
}

/** A line per group with the band of its interval. */
export function lines(plot: PlotLibrary, rows: readonly Step[], x: Axis, y: Axis, at?: number): PlotOptions {
  const groups = [...new Set(rows.map((row) => row.group ?? ""))];
  const colour = (row: Step) => PALETTE[groups.indexOf(row.group ?? "") % PALETTE.length];
  const banded = rows.filter((row) => typeof row.low === "number" && typeof row.high === "number");
  return {
    marginLeft: 48,
    marginRight: 16,
    marginBottom: BELOW,
    x: { ...scale(x), grid: false },
    y: scale(y),
    marks: [
      at === undefined ? null : plot.ruleY([at], { stroke: "var(--border-strong)", strokeDasharray: "3 3" }),
      plot.areaY(banded, { x: "x", y1: "low", y2: "high", z: (row: Step) => row.group ?? "", fill: colour, fillOpacity: 0.16 }),
      plot.lineY(rows, { x: "x", y: "value", z: (row: Step) => row.group ?? "", stroke: colour, strokeWidth: 2 }),
      plot.dot(rows, { x: "x", y: "value", fill: colour, r: 2.5, title: (row: Step) => said({ name: `${x.label} ${row.x}`, value: row.value, low: row.low ?? null, high: row.high ?? null, group: row.group }, y), tip: { fill: "var(--surface)", stroke: "var(--border-strong)" } }),
    ],
  };
}

export interface Bin {
  /** Mean stated confidence of the bin, 0..1. */
  stated: number;
  /** Share that was right, with its interval. */
  right: number;
  low: number;
  high: number;
  n: number;
}

/** Calibration: what was stated against what was right; on the diagonal the number means what it says. The dot grows with the count. */
export function calibration(plot: PlotLibrary, rows: readonly Bin[]): PlotOptions {
  const axis = { domain: [0, 1] as [number, number], percent: true };
  const text = (row: Bin) => `Stated ${(row.stated * 100).toFixed(0)}%, right ${(row.right * 100).toFixed(0)}% (${(row.low * 100).toFixed(0)} to ${(row.high * 100).toFixed(0)}%), ${row.n} answers`;
  return {
    marginLeft: 44,
    marginRight: 16,
    marginBottom: BELOW,
    x: scale({ label: "Stated confidence (%)", ...axis }),
    y: scale({ label: "Right (%)", ...axis }),
    height: 280,
    r: { range: [0, 6] },
    marks: [
      plot.line([[0, 0], [1, 1]], { stroke: "var(--border-strong)", strokeDasharray: "3 3" }),
      plot.link(rows, { x1: "stated", x2: "stated", y1: "low", y2: "high", stroke: "var(--accent)", strokeWidth: 2, strokeOpacity: 0.5 }),
      plot.dot(rows, { x: "stated", y: "right", r: "n", fill: "var(--accent)", title: text, tip: { fill: "var(--surface)", stroke: "var(--border-strong)" } }),
    ],
  };
}

export interface Amount {
  name: string;
  value: number;
  group?: string;
}

/** Bars lying on their side, one row a name; groups are stacked. */
export function bars(plot: PlotLibrary, width: number, rows: readonly Amount[], axis: Axis): PlotOptions {
  const names = [...new Set(rows.map((row) => row.name))];
  const groups = [...new Set(rows.map((row) => row.group ?? ""))];
  const room = leftRoom(names, width);
  return {
    marginLeft: room,
    marginRight: 16,
    marginTop: 4,
    marginBottom: BELOW,
    height: BELOW + 4 + names.length * 26,
    x: scale(axis),
    y: { type: "band", domain: names, label: null, tickFormat: (name: string) => short(name, room), tickSize: 0, padding: 0.25 },
    marks: [
      plot.barX(rows, { x: "value", y: "name", fill: (row: Amount) => PALETTE[groups.indexOf(row.group ?? "") % PALETTE.length], rx: 2, title: (row: Amount) => `${row.name}${row.group ? `, ${row.group}` : ""}: ${row.value}`, tip: { fill: "var(--surface)", stroke: "var(--border-strong)" } }),
      plot.ruleX([0], { stroke: "var(--border-strong)" }),
    ],
  };
}
