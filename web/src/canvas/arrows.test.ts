import { describe, expect, it } from "vitest";
import { between } from "./arrows-layer";

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
});
