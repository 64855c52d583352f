import { describe, expect, it } from "vitest";
import { around, between, clip, handleAt, HANDLES, handlePoint, moved, overlaps, resized, rounded } from "./geometry";

const image = { w: 100, h: 80 };
const box = { x: 10, y: 20, w: 30, h: 40 };

describe("boxes", () => {
  it("takes corners in any order", () => {
    expect(between({ x: 5, y: 9 }, { x: 1, y: 2 })).toEqual({ x: 1, y: 2, w: 4, h: 7 });
  });

  it("clips to the image and never to nothing", () => {
    expect(clip({ x: -10, y: -10, w: 20, h: 20 }, image)).toEqual({ x: 0, y: 0, w: 10, h: 10 });
    expect(clip({ x: 90, y: 70, w: 50, h: 50 }, image)).toEqual({ x: 90, y: 70, w: 10, h: 10 });
    expect(clip({ x: 500, y: 500, w: 1, h: 1 }, image)).toEqual({ x: 99, y: 79, w: 1, h: 1 });
    expect(clip({ x: 5, y: 5, w: 0, h: 0 }, image)).toEqual({ x: 5, y: 5, w: 1, h: 1 });
  });

  it("moves without changing size and stops at the edge", () => {
    expect(moved(box, 5, -5, image)).toEqual({ ...box, x: 15, y: 15 });
    expect(moved(box, 1000, 1000, image)).toEqual({ ...box, x: 70, y: 40 });
    expect(moved(box, -1000, -1000, image)).toEqual({ ...box, x: 0, y: 0 });
  });

  it.each([
    ["e", { x: 60, y: 0 }, { x: 10, y: 20, w: 50, h: 40 }],
    ["nw", { x: 0, y: 0 }, { x: 0, y: 0, w: 40, h: 60 }],
    ["s", { x: 0, y: 500 }, { x: 10, y: 20, w: 30, h: 60 }],
    ["w", { x: 70, y: 0 }, { x: 40, y: 20, w: 30, h: 40 }],
    ["n", { x: 0, y: 60 }, { x: 10, y: 60, w: 30, h: 1 }],
  ] as const)("resizes by the handle %s", (handle, to, expected) => {
    expect(resized(box, handle, to, image)).toEqual(expected);
  });

  it("finds each handle at its place, and the nearest of several", () => {
    for (const handle of HANDLES) expect(handleAt(box, handlePoint(box, handle), 5)).toBe(handle);
    expect(handleAt(box, { x: 25, y: 40 }, 5)).toBeNull();
    expect(handleAt({ x: 0, y: 0, w: 8, h: 8 }, { x: 7, y: 7 }, 12)).toBe("se");
  });

  it("knows what touches", () => {
    expect(overlaps(box, { x: 40, y: 60, w: 5, h: 5 })).toBe(true);
    expect(overlaps(box, { x: 41, y: 60, w: 5, h: 5 })).toBe(false);
    expect(around([box, { x: 0, y: 50, w: 5, h: 20 }])).toEqual({ x: 0, y: 20, w: 40, h: 50 });
    expect(around([])).toBeNull();
  });

  it("rounds to a tenth of a pixel, keeping the right and lower edge in place", () => {
    expect(rounded({ x: 1.26, y: 2.24, w: 3.04, h: 4.01 })).toEqual({ x: 1.3, y: 2.2, w: 3, h: 4.1 });
  });
});
