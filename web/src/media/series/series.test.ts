import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TimeAxis } from "../time/axis";
import { short } from "./CurveTitle";
import { paintCurve, placeAt, rowFrom, seriesOf } from "./series";

interface Case {
  value: unknown;
  length: number | null;
  curves?: string[];
}

/** The same tables that the server's own test reads. */
const cases = JSON.parse(readFileSync("../tests/contracts/series_cases.json", "utf8")) as Case[];

describe("the numbers beside a curve", () => {
  it.each([[0.019123, "0.0191"], [1230.4, "1230.4"], [1200.04, "1200"], [71, "71"], [-3.14159, "-3.14"], [123456, "123456"]])("%s are short and true", (value, words) => {
    expect(short(value)).toBe(words);
  });
});

describe("steps over rows", () => {
  it.each([[0, 1, 10], [0, -1, 0], [10, 2, 40], [12, 1, 20], [12, -1, 10], [40, 1, 40], [40, -10, 0]])("from %d by %d to %d", (time, rows, to) => {
    expect(rowFrom({ times: Float64Array.from([0, 10, 20, 40]) }, time, rows)).toBe(to);
  });
});

describe("a time series", () => {
  it.each(cases.map((one, i) => [i, one] as const))("is found as the server finds it (%i)", (_, { value, length, curves }) => {
    const series = seriesOf(value);
    expect(series?.duration ?? null).toBe(length);
    if (series) expect(series.curves.map((c) => c.name)).toEqual(curves);
  });

  it("finds places by time", () => {
    const times = Float64Array.from([0, 1, 1, 2]);
    expect([-1, 0, 0.5, 1, 1.5, 2, 3].map((t) => placeAt(times, t))).toEqual([0, 0, 1, 1, 3, 3, 4]);
  });

  it("is drawn as a line, and as bands where points are denser than pixels, without losing a peak", () => {
    const axis = new TimeAxis(9_999, 100);
    const rows = Array.from({ length: 10_000 }, (_, i) => ({ time: i, x: i === 5_050 ? 100 : 0 }));
    const series = seriesOf(rows)!;
    const drawn = { rects: [] as number[][], lines: 0 };
    const pen = { beginPath: () => undefined, moveTo: () => undefined, stroke: () => undefined, lineTo: () => (drawn.lines += 1), fillRect: (...r: number[]) => drawn.rects.push(r) } as unknown as CanvasRenderingContext2D;
    paintCurve(pen, 100, 60, (c) => c, axis, series, series.curves[0]!);
    expect(drawn.lines).toBe(0);
    expect(drawn.rects.length).toBeLessThanOrEqual(100);
    expect(drawn.rects.filter(([, top]) => top === 6).map(([x]) => x)).toEqual([50]);
    axis.zoom(100, 50);
    paintCurve(pen, 100, 60, (c) => c, axis, series, series.curves[0]!);
    expect(drawn.lines).toBeGreaterThan(50);
  });
});
