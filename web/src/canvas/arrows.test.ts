import { describe, expect, it } from "vitest";
import { between, looksLike, type Line } from "./arrows-layer";

const box = (x: number, y: number, side = 10) => ({ x, y, w: side, h: side });

describe("an arrow", () => {
  it("runs from edge to edge, with a little air", () => {
    expect(between(box(0, 0), box(100, 0))).toEqual([{ x: 12, y: 5 }, { x: 98, y: 5 }]);
    expect(between(box(0, 100), box(0, 0))).toEqual([{ x: 5, y: 98 }, { x: 5, y: 12 }]);
  });
  it("joins the middles of things that overlap, and is no more than a point on equal ones", () => {
    expect(between(box(0, 0, 100), box(60, 60))).toEqual([{ x: 50, y: 50 }, { x: 65, y: 65 }]);
    expect(between(box(0, 0), box(0, 0))).toEqual([{ x: 5, y: 5 }, { x: 5, y: 5 }]);
  });
  it("is drawn anew when an end, its name or its looks change, and not when it is made anew as it was", () => {
    const line = (change: Partial<Line["arrow"]> = {}, x = 0): Line => ({
      arrow: { key: "a", head: { key: "h", ...box(0, 0) }, tail: { key: "t", ...box(50, 0) }, color: "#123456", title: "on", directed: true, dashed: false, strong: false, ...change },
      from: { x, y: 1 }, to: { x: 9, y: 9 },
    });
    expect(looksLike(line(), line())).toBe(true);
    for (const other of [line({ color: "#654321" }), line({ title: "under" }), line({ strong: true }), line({ dashed: true }), line({ directed: false }), line({}, 1)])
      expect(looksLike(line(), other)).toBe(false);
  });
});
