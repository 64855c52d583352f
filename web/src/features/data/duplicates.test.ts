import { describe, expect, it } from "vitest";
import type { NearGroup, Status } from "../../api/types";
import { keeper, moved, others, setAsideIn } from "./duplicates";

function group(...items: [Status, number][]): NearGroup {
  return {
    id: 1, n: items.length, likeness: 0.9,
    items: items.map(([status, answers], at) => ({
      id: at + 1, ord: at + 1, key: null, status, flagged: false, answers, likeness: 0.9, text: "a", media: null, name: null,
    })),
  };
}

describe("what stays of a group", () => {
  it("is the earliest", () => {
    expect(others(group(["new", 0], ["new", 0], ["new", 0]))).toEqual([2, 3]);
  });
  it("is rather the first that somebody has answered", () => {
    expect(others(group(["new", 0], ["done", 1], ["done", 1]))).toEqual([1, 3]);
  });
  it("is never one that is set aside", () => {
    const some = group(["aside", 1], ["new", 0], ["new", 0]);
    expect(keeper(some)?.id).toBe(2);
    expect(others(some)).toEqual([3]);
    expect(setAsideIn(some)).toEqual([1]);
  });
  it("is the one that is named", () => {
    expect(others(group(["done", 1], ["new", 0]), 2)).toEqual([1]);
  });
});

describe("moving", () => {
  it("stops at the ends", () => {
    expect(moved({ group: 0, item: 1 }, "right", [2, 3])).toEqual({ group: 0, item: 1 });
    expect(moved({ group: 0, item: 1 }, "up", [2, 3])).toEqual({ group: 0, item: 1 });
    expect(moved({ group: 1, item: 0 }, "left", [2, 3])).toEqual({ group: 1, item: 0 });
  });
  it("goes to the first item of the next group", () => {
    expect(moved({ group: 0, item: 1 }, "down", [2, 3])).toEqual({ group: 1, item: 0 });
  });
});
