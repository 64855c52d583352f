import { describe, expect, it } from "vitest";
import { snapToWords, trimRange, wordAt, wordStep } from "./words";

const text = "Dr. José Núñez, in New York";
const part = (range: { start: number; end: number } | null) => range && text.slice(range.start, range.end);

describe("words", () => {
  it("finds the word at a character", () => {
    expect(part(wordAt(text, 5))).toBe("José");
    expect(wordAt(text, text.length)).toBeNull();
  });

  it("widens a selection to whole words and drops white space at its ends", () => {
    expect(part(snapToWords(text, { start: 6, end: 12 }))).toBe("José Núñez");
    expect(part(snapToWords(text, { start: 3, end: 9 }))).toBe("José");
    expect(snapToWords(text, { start: 3, end: 4 })).toBeNull();
  });

  it("trims without widening", () => expect(part(trimRange(text, { start: 3, end: 7 }))).toBe("Jos"));

  it("finds words in the middle of a long text", () => {
    const long = `${"word ".repeat(2000)}special ${"word ".repeat(2000)}`;
    const at = long.indexOf("special");
    expect(wordAt(long, at + 3)).toEqual({ start: at, end: at + 7 });
  });

  it("never cuts a letter made of several code units", () => {
    const emoji = "x 👩‍🔬 y";
    expect(snapToWords(emoji, { start: 3, end: 4 })).toEqual({ start: 2, end: 7 });
  });

  it("steps to the next and the former word edge", () => {
    expect(wordStep(text, 8, 1)).toBe(14);
    expect(wordStep(text, 9, -1)).toBe(4);
    expect(wordStep(text, 0, -1)).toBe(0);
    expect(wordStep(text, text.length, 1)).toBe(text.length);
  });
});
