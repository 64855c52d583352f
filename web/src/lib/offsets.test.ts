import { describe, expect, it } from "vitest";
import { offsetMap } from "./offsets";

/** The slow and obvious way: count code points one by one. */
const countPoints = (text: string) => [...text].length;

const texts: Record<string, string> = {
  empty: "",
  plain: "Angela met Emmanuel.",
  emoji: "a😀b👩‍🔬c👨‍👩‍👧d",
  combining: "Jose\u0301 Nu\u0303n\u0303ez é ñ",
  "right to left": "مرحبا بكم 😀 שלום",
  "line ends": "one\r\ntwo\r\n\r\n😀\nthree\rfour",
  "astral letters": "𝒜𝓃𝑔𝑒𝓁𝒶 𐍈 𠀀",
  "a lone surrogate": "a\ud83d b \ude00 c",
};

describe.each(Object.entries(texts))("offsets of %s", (_name, text) => {
  const map = offsetMap(text);

  it("counts code points as Python does", () => expect(map.codePoints).toBe(countPoints(text)));

  it("agrees with counting at every character", () => {
    let utf16 = 0;
    [...text].forEach((char, codePoint) => {
      expect(map.toUtf16(codePoint)).toBe(utf16);
      expect(map.toCodePoint(utf16)).toBe(codePoint);
      utf16 += char.length;
    });
    expect(map.toUtf16(map.codePoints)).toBe(text.length);
    expect(map.toCodePoint(text.length)).toBe(map.codePoints);
  });

  it("clamps what lies outside", () => {
    expect(map.toUtf16(-5)).toBe(0);
    expect(map.toUtf16(1e9)).toBe(text.length);
    expect(map.toCodePoint(-5)).toBe(0);
    expect(map.toCodePoint(1e9)).toBe(map.codePoints);
  });
});

it("rounds a position inside a surrogate pair down to its character", () => {
  const map = offsetMap("a😀b😀");
  expect(map.toCodePoint(2)).toBe(1);
  expect(map.toCodePoint(5)).toBe(3);
});
