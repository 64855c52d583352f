import { describe, expect, it } from "vitest";
import type { QualityFigure } from "../../api/types";
import { alphaMeaning, basisOf, between, number, shareBetween } from "./figureWords";

const figure = (value: number | null, low: number | null, high: number | null, more: Partial<QualityFigure> = {}): QualityFigure => ({
  value, low, high, n_items: 10, n_pairs: 10, why: "nothing to compare", ...more,
});

describe("figures in words", () => {
  it("keep their sign and their doubt", () => {
    expect(number(figure(-0.123, -0.2, 0))).toBe("−.12");
    expect(number(figure(1, 1, 1))).toBe("1.00");
    expect(between(figure(0.3, 0.2, 0.4))).toBe(".20 to .40");
    expect(between(figure(0.3, null, null))).toBe("");
    expect(shareBetween(figure(0.5, 0.25, 0.75))).toBe("25% to 75%");
    expect(number(null)).toBe("–");
  });

  it("say only what the whole interval allows", () => {
    expect(alphaMeaning(figure(0.9, 0.85, 0.95))).toContain("relied upon");
    expect(alphaMeaning(figure(0.9, 0.3, 1))).toContain("more than one verdict");
    expect(alphaMeaning(figure(0.1, -0.1, 0.3))).toContain("chance");
    expect(alphaMeaning(figure(-0.5, -0.7, -0.2))).toContain("contradict");
    expect(alphaMeaning(figure(null, null, null))).toBe("nothing to compare");
  });

  it("say on what they rest", () => {
    expect(basisOf(figure(0.5, 0, 1, { n_items: 1, n_pairs: 1 }))).toBe("on 1 item");
    expect(basisOf(figure(0.5, 0, 1, { n_items: 800, n_pairs: 36000 }))).toBe("on 800 items, 36,000 pairs of answers");
  });
});
