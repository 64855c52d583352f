import { describe, expect, it } from "vitest";
import { flatten, nextInRing, place, stackAt, type Stretch } from "./segments";

const s = (key: string, start: number, end: number): Stretch => ({ key, start, end });
const keys = (over: readonly { stretch: Stretch }[]) => over.map((p) => p.stretch.key).join("");

function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

describe("placing", () => {
  it("puts the outer of two nested spans into the outer lane", () => {
    const [outer, inner] = place([s("in", 4, 6), s("out", 0, 10)]);
    expect([outer!.stretch.key, outer!.lane, inner!.stretch.key, inner!.lane]).toEqual(["out", 0, "in", 1]);
    expect([outer!.depth, inner!.depth]).toEqual([2, 2]);
  });

  it("reuses a lane that is free again, and starts anew after a gap", () => {
    const placed = place([s("a", 0, 10), s("b", 2, 4), s("c", 5, 8), s("d", 20, 22)]);
    expect(placed.map((p) => [p.stretch.key, p.lane, p.depth])).toEqual([["a", 0, 2], ["b", 1, 2], ["c", 1, 2], ["d", 0, 1]]);
  });

  it("never gives two overlapping spans the same lane", () => {
    const next = random(7);
    const all = Array.from({ length: 300 }, (_, i) => {
      const start = Math.floor(next() * 400);
      return s(`k${i}`, start, start + 1 + Math.floor(next() * 30));
    });
    const placed = place(all);
    for (const a of placed) for (const b of placed) {
      if (a === b || a.lane !== b.lane) continue;
      expect(a.stretch.end <= b.stretch.start || b.stretch.end <= a.stretch.start).toBe(true);
    }
    expect(placed.every((p) => p.lane < p.depth)).toBe(true);
  });

  it("keeps placements that did not change", () => {
    const first = [s("a", 0, 5), s("b", 10, 15)];
    const before = place(first);
    const after = place([...first, s("c", 11, 12)], before);
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });

  it("gives the same after any change as from nothing, and touches only clusters in which something changed", () => {
    const next = random(19);
    const make = (i: number) => {
      const start = Math.floor(next() * 900);
      return s(`k${i}`, start, start + 1 + Math.floor(next() * 6));
    };
    let all = Array.from({ length: 90 }, (_, i) => make(i));
    let before = place(all);
    let kept = 0;
    for (let round = 0; round < 300; round++) {
      const at = Math.floor(next() * all.length);
      all = next() < 0.45 ? all.filter((_, i) => i !== at) : next() < 0.6 ? [...all, make(1000 + round)] : all.map((one, i) => (i === at ? make(2000 + round) : one));
      const now = place(all, before);
      expect(now).toEqual(place(all));
      kept += now.filter((p) => before.includes(p)).length / now.length;
      before = now;
    }
    expect(kept / 300).toBeGreaterThan(0.95);
  });

  it("leaves out spans of no length", () => expect(place([s("a", 3, 3)])).toEqual([]));
});

describe("flattening", () => {
  it("cuts at every edge and lists what covers each piece", () => {
    const segments = flatten(place([s("a", 2, 8), s("b", 4, 6), s("c", 6, 10)]), 0, 12);
    expect(segments.map((x) => [x.start, x.end, keys(x.over)])).toEqual([
      [0, 2, ""], [2, 4, "a"], [4, 6, "ab"], [6, 8, "ac"], [8, 10, "c"], [10, 12, ""],
    ]);
  });

  it("covers exactly the given range, whatever overlaps it", () => {
    const next = random(11);
    const all = Array.from({ length: 120 }, (_, i) => {
      const start = Math.floor(next() * 100);
      return s(`k${i}`, start, start + 1 + Math.floor(next() * 25));
    });
    const placed = place(all);
    const segments = flatten(placed, 20, 70);
    expect(segments[0]!.start).toBe(20);
    expect(segments.at(-1)!.end).toBe(70);
    segments.slice(1).forEach((x, i) => expect(x.start).toBe(segments[i]!.end));
    for (const x of segments) {
      const expected = all.filter((o) => o.start <= x.start && x.end <= o.end).map((o) => o.key).sort();
      expect(x.over.map((p) => p.stretch.key).sort()).toEqual(expected);
    }
  });
});

describe("choosing", () => {
  it("visits the innermost span first", () => {
    const all = [s("out", 0, 20), s("mid", 2, 12), s("in", 4, 6)];
    expect(stackAt(all, 5).map((x) => x.key)).toEqual(["in", "mid", "out"]);
    expect(stackAt(all, 6).map((x) => x.key)).toEqual(["mid", "out"]);
  });

  it("goes round", () => {
    expect(nextInRing(["a", "b"], undefined)).toBe("a");
    expect(nextInRing(["a", "b"], undefined, -1)).toBe("b");
    expect(nextInRing(["a", "b"], "b")).toBe("a");
    expect(nextInRing(["a", "b"], "a", -1)).toBe("b");
    expect(nextInRing([], undefined)).toBeUndefined();
  });
});
