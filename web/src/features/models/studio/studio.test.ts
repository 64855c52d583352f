import { describe, expect, it } from "vitest";
import type { Comparison, PairReport } from "../../../api/types";
import { callsPerItem, DEFAULTS, missingPlaces, readConfig, TEMPLATE, writeConfig } from "../llm/llmConfig";
import { armNames, differenceText, figureText, itemsToTell, lookText, turned, verdictText } from "./compareWords";
import { configChanges, diffLines, diffList, diffWords } from "../../../lib/diff";

describe("differences", () => {
  const kinds = (pieces: { kind: string; text: string }[]) => pieces.map((piece) => `${piece.kind[0]}:${piece.text}`);
  it("keeps what is common", () => {
    expect(kinds(diffList(["a", "b", "c", "d"], ["a", "c", "x", "d"]))).toEqual(["s:a", "g:b", "s:c", "n:x", "s:d"]);
    expect(kinds(diffLines("", "one\ntwo"))).toEqual(["n:one", "n:two"]);
    expect(kinds(diffWords("be very short", "be short"))).toEqual(["s:be ", "g:very ", "s:short"]);
  });
  it("gives both texts back", () => {
    const words = ["a", "b", "c"];
    for (let seed = 1; seed < 200; seed += 1) {
      const make = (n: number) => Array.from({ length: n % 7 }, (_, at) => words[(seed * 7 + at * at * n) % 3] ?? "");
      const [before, after] = [make(seed), make(seed * 3 + 1)];
      const found = diffList(before, after);
      expect(found.filter((piece) => piece.kind !== "new").map((piece) => piece.text)).toEqual(before);
      expect(found.filter((piece) => piece.kind !== "gone").map((piece) => piece.text)).toEqual(after);
    }
  });
  it("names the settings that changed", () => {
    const changes = configChanges({ connection: "a", instructions: "x\ny", template: null, same: [1] }, { connection: "b", instructions: "x", template: "", same: [1] });
    expect(changes).toEqual([
      { name: "connection", before: "a", after: "b", long: false },
      { name: "instructions", before: "x\ny", after: "x", long: true },
    ]);
  });
});

describe("settings", () => {
  it("keep what the form does not know", () => {
    const stored = { connection: "m", auto: true, examples: { mode: "similar" } };
    const form = readConfig(stored);
    expect(form.examples).toEqual({ mode: "similar", k: 4, explain: false });
    expect(writeConfig(stored, form)).toMatchObject({ connection: "m", auto: true, samples: 1, template: null });
  });
  it("make signals work, and drop a template that is the default", () => {
    const form = { ...DEFAULTS, connection: "m", template: TEMPLATE, confidence: ["samples", "committee"] as const, committee: [{ connection: "", instructions: " " }] };
    const out = writeConfig({}, { ...form, confidence: [...form.confidence] });
    expect(out).toMatchObject({ samples: 3, confidence: ["samples"], committee: [], template: null });
  });
  it("count calls and missing places", () => {
    expect(callsPerItem({ ...DEFAULTS, confidence: ["samples", "order"], samples: 5 })).toBe(6);
    expect(missingPlaces("{{question}} only")).toEqual(["answer"]);
    expect(missingPlaces(null)).toEqual([]);
  });
});

const pair: PairReport = {
  a: 0, b: 1, only_a: 8, only_b: 3, difference: { value: 0.05, low: -0.02, high: 0.12, n: 100 }, p: 0.23, p_adjusted: 0.23,
  verdict: "cannot tell", method: "", between: 0.8, between_n: 100,
};

describe("comparisons", () => {
  const arms = [{ model: 1, name: "triage", version: 1, note: "", looks_before: null, currency: "EUR" }, { model: 1, name: "triage", version: 2, note: "", looks_before: null, currency: "EUR" }];
  it("name arms as short as they can be", () => {
    expect(armNames(arms)).toEqual(["v1", "v2"]);
    expect(armNames([arms[0] as (typeof arms)[0], { ...(arms[1] as (typeof arms)[0]), model: 2, name: "other" }])).toEqual(["triage v1", "other v2"]);
  });
  it("say what is known and what is not", () => {
    expect(figureText({ value: 0.82, low: 0.74, high: 0.88, n: 100 })).toBe("82% (74% to 88%)");
    expect(figureText({ value: null, low: null, high: null, n: 0 })).toBe("–");
    expect(differenceText(pair.difference)).toBe("+5.0 points (−2.0 to +12.0)");
    expect(verdictText(pair, ["v1", "v2"])).toBe("Cannot tell");
    expect(verdictText({ ...pair, verdict: "b" }, ["v1", "v2"])).toBe("v2 is better than v1");
    expect(verdictText({ ...pair, only_a: 0, only_b: 0 }, ["v1", "v2"])).toBe("No difference on these items");
    const other = turned({ ...pair, difference: { value: -0.05, low: -0.12, high: 0.02, n: 100 }, verdict: "b" });
    expect([other.a, other.b, other.only_a, other.verdict]).toEqual([1, 0, 3, "a"]);
    expect(differenceText(other.difference)).toBe("+5.0 points (−2.0 to +12.0)");
    expect(itemsToTell(pair)).toBe(196);
    expect(itemsToTell({ ...pair, verdict: "a" })).toBeNull();
  });
  it("count looks", () => {
    expect(lookText({ look: 2, report: null } as unknown as Comparison)).toContain("level of 99.2%");
  });
});
