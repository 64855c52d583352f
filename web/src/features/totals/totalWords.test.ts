import { describe, expect, it } from "vitest";
import type { TotalFigure } from "../../api/types";
import { estimateRows, figureName, moreText, valueText } from "./totalWords";

const figure: TotalFigure = {
  kind: "share", name: "good", slice: "", value: 0.52, low: 0.48, high: 0.56, n: 200, of: 4000, human: 0.5, human_low: 0.42, human_high: 0.58, trust: 0.9, more: 610,
};
const title = (label: string) => label.toUpperCase();

describe("totals in words", () => {
  it("names figures by label and slice", () => {
    expect(figureName(figure, title)).toBe("Share of GOOD");
    expect(figureName({ ...figure, kind: "mean", name: "", slice: "a" }, title)).toBe("Mean, a");
  });

  it("says too few instead of a number", () => {
    expect(valueText("share", null)).toBe("too few labels");
    expect(valueText("share", 0.523)).toBe("52.3%");
    expect(valueText("mean", 3.456)).toBe("3.46");
    expect(moreText(1)).toBe("1 more label");
    expect(moreText(null)).toContain("not so many");
  });

  it("shows the labels alone beside, unless the model was of no use", () => {
    expect(estimateRows([figure], title).map((row) => row.group)).toEqual(["with the model", "labels alone"]);
    expect(estimateRows([{ ...figure, trust: 0 }], title)).toHaveLength(1);
  });
});
