import { describe, expect, it } from "vitest";
import type { Bitmask } from "../lib/bitmask";
import type { Point } from "../lib/geometry";
import type { Shape } from "../lib/shape";
import { cellAt, CellPen, cellsOf, pixelsOf } from "./cell-pen";
import { LassoPen } from "./lasso-pen";
import { NO_KEYS } from "./pens";

const settled = () => new Promise((done) => setTimeout(done));

describe("LassoPen", () => {
  /** The way of this helper always goes by a point halfway, 5 lower. */
  function stage(kind: "outline" | "line", fails = false) {
    const seen = { asked: 0, said: null as string | null, drawn: [] as Shape[], draft: null as Shape | null };
    const paper = { image: { w: 200, h: 200 }, scale: 1, draft: (s: Shape | null) => (seen.draft = s), drawn: (s: Shape) => void seen.drawn.push(s), snap: (p: Point) => p };
    const ask = async (from: Point, to: Point) => {
      seen.asked += 1;
      await Promise.resolve();
      if (fails) throw new Error("No helper here.");
      return [from, { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 + 5 }, to];
    };
    return { seen, pen: new LassoPen(paper, kind, ask, (words) => (seen.said = words)) };
  }

  it("puts ways together, straight ones with Shift, and closes with a way of its own", async () => {
    const { seen, pen } = stage("outline");
    pen.down({ x: 20, y: 20 }, NO_KEYS);
    pen.down({ x: 120, y: 20 }, NO_KEYS);
    pen.down({ x: 120, y: 120 }, { shift: true, alt: false });
    pen.down({ x: 22, y: 21 }, NO_KEYS);
    await settled();
    expect(seen.drawn).toEqual([{ kind: "outline", holes: [], points: [{ x: 20, y: 20 }, { x: 70, y: 25 }, { x: 120, y: 20 }, { x: 120, y: 120 }, { x: 70, y: 75 }] }]);
    expect([pen.busy, seen.draft]).toEqual([false, null]);
  });

  it("shows the way to the pointer, and takes a point back", async () => {
    const { seen, pen } = stage("line");
    pen.down({ x: 20, y: 20 }, NO_KEYS);
    pen.move({ x: 60, y: 20 });
    await settled();
    expect(seen.draft).toEqual({ kind: "line", points: [{ x: 20, y: 20 }, { x: 40, y: 25 }, { x: 60, y: 20 }] });
    pen.down({ x: 60, y: 20 }, NO_KEYS);
    pen.down({ x: 160, y: 20 }, NO_KEYS);
    expect(pen.back()).toBe(true);
    await settled();
    expect(pen.finish()).toBe(true);
    await settled();
    expect(seen.drawn).toEqual([{ kind: "line", points: [{ x: 20, y: 20 }, { x: 40, y: 25 }, { x: 60, y: 20 }] }]);
  });

  it("draws straight where there is no helper, and says so once", async () => {
    const { seen, pen } = stage("line", true);
    pen.down({ x: 20, y: 20 }, NO_KEYS);
    pen.move({ x: 60, y: 60 });
    await settled();
    pen.down({ x: 60, y: 60 }, NO_KEYS);
    pen.move({ x: 90, y: 90 });
    await settled();
    expect(seen.asked).toBe(1);
    expect(seen.said).toMatch(/^No helper here\. Lines are straight/);
    pen.finish();
    await settled();
    expect(seen.drawn).toEqual([{ kind: "line", points: [{ x: 20, y: 20 }, { x: 60, y: 60 }] }]);
  });

  it("forgets what was asked when it is given up", async () => {
    const { seen, pen } = stage("outline");
    pen.down({ x: 20, y: 20 }, NO_KEYS);
    pen.down({ x: 90, y: 20 }, NO_KEYS);
    pen.finish();
    pen.cancel();
    await settled();
    expect([seen.drawn, seen.draft]).toEqual([[], null]);
  });
});

describe("cells", () => {
  const box = { x: 10, y: 20, w: 40, h: 40 };
  // 1 1 2 2 / 1 1 2 2 / 3 3 3 2 / 3 3 3 2
  const cells = cellsOf(box, 4, 4, [1, 2, 2, 2, 1, 2, 2, 2, 3, 3, 2, 1, 3, 3, 2, 1]);

  it("lie where the grid says, and have the pixels of the image", () => {
    expect([cellAt(cells, { x: 29.9, y: 39.9 }), cellAt(cells, { x: 30, y: 20 }), cellAt(cells, { x: 9.9, y: 30 }), cellAt(cells, { x: 30, y: 60 })]).toEqual([1, 2, 0, 0]);
    const two = pixelsOf(cells, new Set([2]))!;
    expect([two.x, two.y, two.w, two.h]).toEqual([30, 20, 20, 40]);
    expect(two.bits.reduce((sum, bit) => sum + bit, 0)).toBe(20 * 20 + 10 * 20);
    const all = [1, 2, 3].reduce((sum, n) => sum + pixelsOf(cells, new Set([n]))!.bits.reduce((s, bit) => s + bit, 0), 0);
    expect(all).toBe(box.w * box.h);
    expect(pixelsOf(cells, new Set([9]))).toBeNull();
    expect(() => cellsOf(box, 4, 4, [1, 15])).toThrow(/cannot be read/);
  });

  it("are gathered by a stroke, taken away with Alt, and asked for once for each view", async () => {
    const strokes: [Bitmask, string][] = [];
    let [view, asked] = [box, 0];
    const ink = { begin: () => undefined, line: () => undefined, pixels: () => undefined, end: () => undefined };
    const ask = () => {
      asked += 1;
      return Promise.resolve({ ...cells, box: view });
    };
    const pen = new CellPen(ink, () => view, ask, (pixels, how) => void strokes.push([pixels, how]), () => undefined);
    pen.hover({ x: 15, y: 25 });
    await settled();
    pen.hover({ x: 16, y: 25 });
    expect(asked).toBe(1);
    pen.down({ x: 15, y: 25 }, NO_KEYS);
    pen.move({ x: 15, y: 55 });
    pen.up();
    expect(strokes[0]![1]).toBe("add");
    expect(strokes[0]![0].bits.reduce((sum, bit) => sum + bit, 0)).toBe(20 * 20 + 30 * 20);
    pen.down({ x: 45, y: 25 }, { shift: false, alt: true });
    pen.up();
    expect(strokes[1]![1]).toBe("take");
    view = { ...box, x: 30 };
    pen.hover({ x: 35, y: 25 });
    await settled();
    expect(asked).toBe(2);
  });
});
