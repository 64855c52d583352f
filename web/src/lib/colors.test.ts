import { expect, it } from "vitest";
import { contrast, parseHex, readableOn, withAlpha } from "./colors";

it("reads both ways of writing a colour", () => {
  expect(parseHex("#fa0")).toEqual({ r: 255, g: 170, b: 0 });
  expect(parseHex("#1f6fb4")).toEqual({ r: 31, g: 111, b: 180 });
  expect(parseHex("red")).toBeNull();
});

it("measures contrast as WCAG does", () => {
  expect(contrast(parseHex("#000")!, parseHex("#fff")!)).toBeCloseTo(21);
  expect(contrast(parseHex("#777777")!, parseHex("#ffffff")!)).toBeCloseTo(4.48, 1);
});

it("chooses ink that can be read", () => {
  expect(readableOn("#1f6fb4")).toBe("#ffffff");
  expect(readableOn("#d9c54a")).toBe("#111111");
});

it("mixes colours that it cannot read by CSS", () => {
  expect(withAlpha("#ff0000", 0.5)).toBe("rgb(255 0 0 / 0.5)");
  expect(withAlpha("var(--x)", 0.5)).toContain("color-mix");
});
