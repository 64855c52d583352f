import { describe, expect, it } from "vitest";
import { between, drawnAt, layout, onPage, pageAt, placesOf, sizesOf, textOf, wordsIn, type Word } from "./pages";

const WORDS: Word[] = [
  [0, 10, 10, 30, 10, "Grand"],
  [0, 45, 10, 25, 10, "total"],
  [0, 200, 11, 30, 10, "9.99"],
  [1, 10, 30, 20, 10, "VAT"],
];

describe("pages on the screen", () => {
  it("are laid out one under another, and found by halving", () => {
    const sizes = sizesOf([[100, 200, 2], [300, 50, 1]]);
    expect(sizes).toHaveLength(3);
    const { tops, total } = layout(sizes, 2, 10);
    expect(tops).toEqual([10, 420, 830]);
    expect(total).toBe(940);
    expect([0, 9, 10, 419, 420, 829, 830, 9999].map((y) => pageAt(tops, y))).toEqual([0, 0, 0, 0, 1, 1, 2, 2]);
    expect(between(tops, 415, 900)).toEqual([0, 2]);
    expect(pageAt([], 5)).toBe(0);
  });

  it("are asked for at a scale that the server draws", () => {
    expect([0.1, 0.2, 0.21, 1.2, 2, 9].map(drawnAt)).toEqual([0.2, 0.2, 0.5, 1.5, 2, 4]);
  });
});

describe("words", () => {
  it("are picked by a drag that covers enough of them, or by a click", () => {
    expect(textOf(wordsIn(WORDS, { x: 8, y: 12, w: 60, h: 8 }))).toBe("Grand total");
    expect(textOf(wordsIn(WORDS, { x: 8, y: 5, w: 300, h: 40 }))).toBe("Grand total 9.99\nVAT");
    expect(textOf(wordsIn(WORDS, { x: 205, y: 15, w: 0, h: 0 }))).toBe("9.99");
    expect(wordsIn(WORDS, { x: 100, y: 100, w: 5, h: 5 })).toEqual([]);
    expect(wordsIn(WORDS, { x: 8, y: 18, w: 60, h: 10 })).toEqual([]);
  });

  it("make one place for each line", () => {
    expect(placesOf(WORDS, 4)).toEqual([
      { page: 4, x: 10, y: 10, w: 220, h: 11 },
      { page: 4, x: 10, y: 30, w: 20, h: 10 },
    ]);
  });

  it("places are cut at the edge of the page", () => {
    expect(onPage({ x: -5, y: 90, w: 20, h: 30 }, { w: 100, h: 100 })).toEqual({ x: 0, y: 90, w: 15, h: 10 });
    expect(onPage({ x: 120, y: 0, w: 20, h: 30 }, { w: 100, h: 100 })).toBeNull();
  });
});
