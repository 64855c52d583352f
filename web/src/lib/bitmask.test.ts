import { describe, expect, it } from "vitest";
import { combined, emptyMask, filled, fromCounts, outlinesOf, readCounts, stroked, toCounts, trimmed, withoutHoles, writeCounts, type Bitmask } from "./bitmask";

/** A small generator of numbers that are always the same. */
function dice(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
}

const drawn = (rows: string[]): Bitmask => {
  const mask = emptyMask(0, 0, rows[0]!.length, rows.length);
  rows.forEach((row, y) => [...row].forEach((c, x) => (mask.bits[y * mask.w + x] = c === "#" ? 1 : 0)));
  return mask;
};

describe("runs", () => {
  it("are written as COCO writes them", () => {
    expect(writeCounts([6, 1, 40, 4, 5, 4, 5, 4, 21])).toBe("61X13mN000`0");
    expect(readCounts("61X13mN000`0")).toEqual([6, 1, 40, 4, 5, 4, 5, 4, 21]);
    const large = [0, 400_000_000, 3, 1, 3_000_000_000];
    expect(readCounts(writeCounts(large))).toEqual(large);
  });

  it("hold any bitmap", () => {
    const next = dice(7);
    for (let round = 0; round < 200; round++) {
      const size = { w: 1 + Math.floor(next() * 9), h: 1 + Math.floor(next() * 9) };
      const mask = emptyMask(0, 0, size.w, size.h);
      mask.bits.forEach((_, i) => (mask.bits[i] = next() < 0.5 ? 1 : 0));
      const counts = toCounts(mask, size);
      expect(counts.reduce((a, b) => a + b)).toBe(size.w * size.h);
      expect(counts.slice(1).every((n) => n > 0)).toBe(true);
      const back = fromCounts(readCounts(writeCounts(counts)), size.h);
      expect(back ? trimmed(back) : null).toEqual(trimmed(mask));
    }
  });
});

describe("outlines", () => {
  it("go around what is on, and around holes", () => {
    const rings = outlinesOf(drawn(["####", "#..#", "####"]));
    expect(rings).toHaveLength(2);
    expect(rings[0]).toHaveLength(4);
    expect(rings[1]).toHaveLength(4);
  });

  it("filled again give the mask", () => {
    const next = dice(3);
    for (let round = 0; round < 200; round++) {
      const mask = emptyMask(0, 0, 7, 6);
      mask.bits.forEach((_, i) => (mask.bits[i] = next() < 0.55 ? 1 : 0));
      const whole = trimmed(mask);
      if (!whole) continue;
      expect(trimmed(filled(outlinesOf(mask), { w: 7, h: 6 }))).toEqual(whole);
    }
  });
});

describe("painting", () => {
  it("takes the pixels near a line, on the image only", () => {
    const dot = stroked([{ x: 2.5, y: 2.5 }], 1.1, { w: 9, h: 9 });
    expect(dot.bits.reduce((a, b) => a + b, 0)).toBe(5);
    expect(trimmed(stroked([{ x: 0, y: 0 }], 1, { w: 9, h: 9 }))).toMatchObject({ x: 0, y: 0, w: 1, h: 1 });
  });

  it("adds, takes away and fills holes", () => {
    const ring = drawn(["###", "#.#", "###"]);
    expect(withoutHoles(ring).bits.every(Boolean)).toBe(true);
    const more = combined(ring, { ...drawn(["#"]), x: 5, y: 1 }, "add")!;
    expect([more.w, more.h, more.bits.reduce((a, b) => a + b, 0)]).toEqual([6, 3, 9]);
    expect(combined(ring, drawn(["###", "###", "###"]), "take")).toBeNull();
  });
});
