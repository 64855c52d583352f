import { describe, expect, it } from "vitest";
import type { Confidence, Connection, Estimate, Project, Run, RunProgress } from "../../../api/types";
import { isAllowed } from "./connections";
import { calibrated, estimateText, progressLine, proposedBudget, roundUp, spentText } from "./runWords";

const estimate: Estimate = { items: 100, calls: 100, input_tokens: 30_000, output_tokens: 2_000, cost: 0.123, currency: "USD", seconds: 75, assumptions: [] };
const run = {
  state: "running", done: 120, failed: 2, skipped: 0, total: 400, cost: 0.12, currency: "USD", input_tokens: 9000, output_tokens: 1000, rate: 38.4,
  seconds_left: 7, repeated: 1, budget: { money: 1, tokens: null },
} as unknown as RunProgress;

describe("what a run takes", () => {
  it("in words", () => {
    expect(estimateText(estimate)).toBe("100 calls, about 32,000 tokens, 0.123 USD, about 1 min");
    expect(estimateText({ ...estimate, cost: null, calls: 1 })).toBe("1 call, about 32,000 tokens, price not known, about 1 min");
    expect(progressLine(run)).toBe("120 of 400 · 2 failed · 38 a second · 7 s left · 0.120 of 1.00 USD · 1 call paid twice after a crash");
    expect(spentText([], "EUR")).toBe("nothing");
    expect(spentText([{ info: { input_tokens: 10, output_tokens: 5, cost: 0 } } as unknown as Run], "EUR")).toBe("15 tokens");
  });
  it("proposes a budget with room", () => {
    expect(proposedBudget(estimate)).toEqual({ money: 0.19, tokens: null });
    expect(proposedBudget({ ...estimate, cost: 0 })).toEqual({ money: null, tokens: 48_000 });
    expect([roundUp(0.1234), roundUp(51_234), roundUp(100), roundUp(0)]).toEqual([0.13, 52_000, 100, 0]);
  });
});

it("says that there is not enough for a score", () => {
  expect(calibrated({ ready: false, n: 12, needed: 50 } as Confidence)).toContain("12 of about 50");
  expect(calibrated({ ready: true, n: 80 } as Confidence)).toContain("80 blind answers");
});

it("knows what the rules on data allow", () => {
  const project = (models: string[]) => ({ spec: { policy: { data: { models } } } }) as unknown as Project;
  const here = { name: "m", local: true } as Connection;
  expect([[], ["local"], ["m"], ["*"]].map((models) => isAllowed(project(models), here))).toEqual([false, true, true, true]);
  expect(isAllowed(project(["local"]), { ...here, local: false })).toBe(false);
});
