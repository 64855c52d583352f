import { describe, expect, it } from "vitest";
import { seedOf, shuffled } from "./shuffle";

describe("the shuffle", () => {
  const list = ["a", "b", "c"];

  it("keeps every entry and is the same for the same seed", () => {
    expect(shuffled(list, "1:2:q").sort()).toEqual(list);
    expect(shuffled(list, "1:2:q")).toEqual(shuffled(list, "1:2:q"));
    expect(list).toEqual(["a", "b", "c"]);
    expect(shuffled([], "x")).toEqual([]);
  });

  it("prefers no order, over items and over people", () => {
    const counts = new Map<string, number>();
    for (let item = 0; item < 6000; item++) {
      const order = shuffled(list, seedOf(item % 7, 1_000_000_000 + item, "better")).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // 1000 each are expected; 3.9 standard deviations are 113.
    for (const n of counts.values()) expect(Math.abs(n - 1000)).toBeLessThan(113);
  });
});
