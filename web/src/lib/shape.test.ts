import { describe, expect, it } from "vitest";
import { boundsOf, boxShape, cornersOf, dragged, gripsOf, holds, movedShape, simplified, withoutPoint, type BoxShape, type OutlineShape } from "./shape";

const IMAGE = { w: 200, h: 100 };
const frame: OutlineShape = {
  kind: "outline",
  points: [{ x: 10, y: 10 }, { x: 50, y: 10 }, { x: 50, y: 50 }, { x: 10, y: 50 }],
  holes: [[{ x: 20, y: 20 }, { x: 40, y: 20 }, { x: 40, y: 40 }]],
};

describe("turned boxes", () => {
  const box = boxShape({ x: 40, y: 40, w: 40, h: 20 }, 90);

  it("turn clockwise about their middle", () => {
    const [first] = cornersOf(box);
    expect(first!.x).toBeCloseTo(70);
    expect(first!.y).toBeCloseTo(30);
    expect(boundsOf(box)).toMatchObject({ x: expect.closeTo(50), y: expect.closeTo(30), w: expect.closeTo(20), h: expect.closeTo(40) });
  });

  it("are stretched in their own direction, the other edge staying", () => {
    const east = gripsOf(box, 1, true).find((g) => g.handle === "e")!;
    expect(east.place.y).toBeCloseTo(70);
    const longer = dragged(box, east, { x: 60, y: 90 }, IMAGE, false) as BoxShape;
    expect(longer.w).toBeCloseTo(60);
    const west = gripsOf(longer, 1, true).find((g) => g.handle === "w")!;
    expect(west.place.x).toBeCloseTo(60);
    expect(west.place.y).toBeCloseTo(30);
  });

  it("follow the grip above them, in steps of 15 degrees with Shift", () => {
    const upright = boxShape({ x: 40, y: 40, w: 40, h: 20 });
    const grip = gripsOf(upright, 1, true).find((g) => g.kind === "turn")!;
    expect(dragged(upright, grip, { x: 100, y: 50 }, IMAGE, false)).toMatchObject({ angle: 90 });
    expect(dragged(upright, grip, { x: 99, y: 47 }, IMAGE, true)).toMatchObject({ angle: 90 });
    expect(gripsOf(upright, 1, false)).toHaveLength(8);
  });
});

describe("outlines", () => {
  it("do not hold what lies in a hole", () => {
    expect(holds(frame, { x: 12, y: 12 }, 0)).toBe(true);
    expect(holds(frame, { x: 38, y: 25 }, 0)).toBe(false);
    expect(holds(frame, { x: 8, y: 30 }, 3)).toBe(true);
  });

  it("get a point from the middle of an edge, and lose one", () => {
    const middle = gripsOf(frame, 1, false).find((g) => g.kind === "middle")!;
    const more = dragged(frame, middle, { x: 30, y: 2 }, IMAGE, false) as OutlineShape;
    expect(more.points).toHaveLength(5);
    expect(more.points[1]).toEqual({ x: 30, y: 2 });
    const corner = { kind: "point" as const, place: { x: 0, y: 0 }, cursor: "", ring: 0, at: 1 };
    expect((withoutPoint(more, corner) as OutlineShape).points).toHaveLength(4);
    expect((withoutPoint(frame, { ...corner, ring: 1 }) as OutlineShape).holes).toHaveLength(0);
    expect(withoutPoint({ ...frame, points: frame.points.slice(0, 3) }, corner)).toBeNull();
  });

  it("stay on the image while they are moved", () => {
    const there = movedShape(frame, 999, -999, IMAGE) as OutlineShape;
    expect(boundsOf(there)).toEqual({ x: 160, y: 0, w: 40, h: 40 });
    expect(there.holes[0]![0]).toEqual({ x: 170, y: 10 });
  });
});

it("leaves out points that say nothing", () => {
  const wavy = Array.from({ length: 101 }, (_, i) => ({ x: i, y: i === 50 ? 20 : 0.2 * (i % 2) }));
  expect(simplified(wavy, 1).map((p) => p.x)).toEqual([0, 49, 50, 51, 100]);
});
