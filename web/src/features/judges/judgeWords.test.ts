import { describe, expect, it } from "vitest";
import { adviceLines, kappaWord, leans, measureText, shareText, testedText } from "./judgeWords";

const figure = (value: number | null, low: number | null, high: number | null, why = "") => ({ value, low, high, n: 10, why });

describe("words about judges", () => {
  it("says that a judge is untested until it was audited enough", () => {
    expect(testedText({ matched: 12, audits: 12, needed: 50, compares: false })).toBe("Not tested here yet: 12 of about 50 audits");
    expect(testedText({ matched: 12, audits: 20, needed: 50, compares: false })).toContain("8 more wait for its verdict");
    expect(testedText({ matched: 50, audits: 50, needed: 50, compares: false })).toBe("Tested here on 50 audits");
  });

  it("gives the interval with each share, or the reason", () => {
    expect(shareText(figure(0.87, 0.79, 0.93))).toBe("87%, between 79% and 93%");
    expect(shareText(figure(null, null, null, "nothing was audited yet"))).toBe("nothing was audited yet");
  });

  it("judges agreement by its lower end", () => {
    expect(kappaWord(figure(0.8, 0.65, 0.9))).toBe("good");
    expect(kappaWord(figure(0.8, 0.2, 1))).toBe("not known well yet");
    expect(kappaWord(figure(0.1, -0.1, 0.3))).toBe("poor");
    expect(measureText(figure(0.62, 0.41, 0.83))).toBe(".62 (.41 to .83)");
    expect(measureText(figure(-0.12, -0.3, 0.05))).toBe("-.12 (-.30 to .05)");
  });

  it("calls only a lean that leaves out zero a lean", () => {
    expect(leans(figure(0.3, 0.1, 0.5))).toBe(true);
    expect(leans(figure(0.3, -0.1, 0.5))).toBe(false);
    expect(leans(figure(null, null, null))).toBe(false);
  });

  it("counts right to wrong apart", () => {
    const advice = { shown: 9, given: 5, dismissed: 1, taken: 2, changed: 1, checked: 3, right_to_wrong: 1, wrong_to_right: 2 };
    expect(adviceLines({ advice }).at(-1)).toBe("Of 3 changed answers with gold, 2 went from wrong to right and 1 from right to wrong.");
    expect(adviceLines({ advice: { ...advice, shown: 0 } })).toEqual([]);
  });
});
