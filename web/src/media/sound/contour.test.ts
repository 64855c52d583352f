import { describe, expect, it } from "vitest";
import { intensityScale, pitchScale } from "./contour";

describe("a curve of a sound", () => {
  it("has the scale that its numbers are stored in", () => {
    expect(pitchScale({ floor: 75, ceiling: 600 }).valueOf(2200)).toBe(220);
    expect(intensityScale({ least: -100, loudest: -9 }).valueOf(910)).toBe(-9);
  });
  it("shows intensity from the loudest down, of soft and of silent recordings too", () => {
    expect(intensityScale({ least: -100, loudest: -9 })).toMatchObject({ from: -66, to: -6 });
    expect(intensityScale({ least: -100, loudest: -100 })).toMatchObject({ from: -97, to: -37 });
  });
});
