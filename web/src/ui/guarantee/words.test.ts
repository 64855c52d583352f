import { describe, expect, it } from "vitest";
import type { Offer } from "../../api/types";
import { FIRST_CHOICE, promiseText, restsOn, standing, wishOf } from "./words";

const offer = { pace: 36, audits: 120, wrong: 3, version: 2 } as Offer;
const wish = { promise: "total", target: 0.05, right_at: 1 } as const;

describe("promises in words", () => {
  it("names each promise, and that there is none", () => {
    expect(promiseText(FIRST_CHOICE)).toBe("At most 5% of all items get a wrong answer, with 95% certainty. What people answer counts as right.");
    expect(promiseText({ ...FIRST_CHOICE, promise: "none" })).toContain("without a guarantee");
    expect(promiseText({ promise: "expected", target: 0.005, rightAt: null })).toContain("0.5%");
  });

  it("asks the server for nothing where nothing is promised", () => {
    expect(wishOf({ ...FIRST_CHOICE, promise: "none" }, true, 1)).toBeNull();
    expect(wishOf(FIRST_CHOICE, false, 0.8)).toEqual({ promise: "total", target: 0.05, right_at: 0.8 });
    expect(wishOf({ ...FIRST_CHOICE, rightAt: 0.6 }, true, 1)?.right_at).toBe(1);
  });

  it("says how many, how much work, and the bound", () => {
    const good = standing(100, 12.2, 0.03, wish, offer);
    expect(good).toEqual({ tone: "ok", text: "100 items. About 1 h of work saved. At most 13 wrong answers: up to 3.0% of all items, within the 5.0% asked for." });
    expect(standing(100, 80, 0.2, wish, offer)).toMatchObject({ tone: "warn" });
    expect(standing(100, 100, 1, wish, offer).text).toContain("Nothing can be promised here yet");
    expect(standing(0, 0, 0, wish, offer).tone).toBe("warn");
  });

  it("tells on what it rests", () => {
    expect(restsOn(offer)).toBe("Rests on 120 blind answers, 3 of them unlike the model's; version 2.");
    expect(restsOn({ ...offer, audits: 0 })).toContain("No blind answer");
  });
});
