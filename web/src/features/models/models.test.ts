import { describe, expect, it } from "vitest";
import type { CurvePoint, Model } from "../../api/types";
import { curveShape, nextTraining, qualityView } from "./modelWords";
import { patternTrouble, readRules, writeRules } from "./rules";

const quality = { n: 40, correct: 36, accuracy: 0.9, low: 0.77, high: 0.96, level: 0.95 };
const point = (n_labels: number, accuracy: number | null): CurvePoint => ({
  version: 1, n_labels, n: accuracy === null ? 0 : 20, accuracy, low: accuracy === null ? null : accuracy - 0.1, high: accuracy === null ? null : accuracy + 0.05, at: 0,
});

describe("quality", () => {
  it("says that there is not enough", () => {
    expect(qualityView(null).text).toBe("Not enough yet: no blind answer of about 30.");
    expect(qualityView({ ...quality, n: 3 })).toMatchObject({ kind: "few", text: "Not enough yet: 3 of about 30 blind answers." });
  });
  it("gives the value with its interval", () => {
    expect(qualityView(quality)).toMatchObject({ kind: "value", text: "36 of 40 blind answers agree; 95% interval 77% to 96%." });
  });
});

it("draws a curve only from measured points", () => {
  expect(curveShape([point(10, 0.5)], 100, 50)).toBeNull();
  expect(curveShape([point(10, null), point(20, 0.6)], 100, 50)).toBeNull();
  const shape = curveShape([point(40, 0.8), point(20, 0.6)], 100, 50);
  expect(shape?.dots.map((dot) => dot.x)).toEqual([0, 100]);
  expect(shape?.low).toBe(0.5);
  expect(shape?.high).toBe(0.9);
  expect((shape?.dots[0]?.y ?? 0) > (shape?.dots[1]?.y ?? 0)).toBe(true);
});

it("words the next training", () => {
  const model = { learns: true, enabled: true, state: "ready", next_at: 4 } as Model;
  expect(nextTraining(model)).toBe("in 4 answers");
  expect(nextTraining({ ...model, next_at: 0 })).toBe("with the next answer");
  expect(nextTraining({ ...model, learns: false })).toBe("does not learn");
});

describe("rules", () => {
  const config = { rules: [{ kind: "keyword", pattern: ["a", "b c"], label: "x", score: 0.9 }, { kind: "python", function: "m:f", label: "y" }], default: "z" };
  it("round-trips, and keeps kinds that a browser may not write", () => {
    const { rules, others } = readRules(config);
    expect(rules).toEqual([{ kind: "keyword", pattern: "a, b c", label: "x", score: 0.9 }]);
    expect(writeRules(config, rules, others)).toEqual(config);
  });
  it("drops empty rows", () => {
    expect(writeRules({}, [{ kind: "regex", pattern: " ", label: "x", score: null }], [])).toEqual({ rules: [] });
  });
  it("sees unbalanced brackets", () => {
    expect(patternTrouble({ kind: "regex", pattern: "(a", label: "", score: null })).not.toBeNull();
    expect(patternTrouble({ kind: "regex", pattern: "\\(a[)]", label: "", score: null })).toBeNull();
  });
});
