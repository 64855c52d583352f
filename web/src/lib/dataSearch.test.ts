import { describe, expect, it } from "vitest";
import { countFilters, filtersOf, splitPair, validateDataSearch } from "./dataSearch";

describe("validateDataSearch", () => {
  it("reads everything from text", () => {
    const raw = {
      q: "charged twice", status: "done,new", flagged: "1", label: "topic:billing", min_score: "0.5", max_score: "1", sort: "-confidence",
      view: "grid", item: "17", "meta.lang": "de", has: "answer",
    };
    expect(validateDataSearch(raw)).toEqual({
      q: "charged twice", status: "new,done", flagged: "1", label: "topic:billing", min_score: 0.5, max_score: 1, sort: "-confidence",
      view: "grid", item: 17, "meta.lang": "de", has: "answer",
    });
  });
  it("drops what it does not understand", () => {
    const raw = { status: "gone", sort: "size", min_score: "much", max_score: "7", item: "-3", view: "map", has: "wings", other: "x", q: "  ", "meta.": "y" };
    expect(validateDataSearch(raw)).toEqual({});
  });
  it("takes all states for no filter", () => {
    expect(validateDataSearch({ status: "new,open,done,skipped,aside" })).toEqual({});
  });
  it("is stable", () => {
    const once = validateDataSearch({ status: "done,new", min_score: "0", phrase: "hello" });
    expect(validateDataSearch(once as Record<string, unknown>)).toEqual(once);
  });
});

it("separates filters from the view", () => {
  const search = validateDataSearch({ q: "a", sort: "-ord", view: "grid", item: "3", similar: "4", "meta.lang": "de" });
  expect(filtersOf(search)).toEqual({ q: "a", "meta.lang": "de" });
});

it("counts a confidence range once", () => {
  expect(countFilters({})).toBe(0);
  expect(countFilters({ min_score: 0.2, max_score: 0.8 })).toBe(1);
  expect(countFilters({ q: "x", min_score: 0.2, "meta.lang": "de" })).toBe(3);
});

it("splits a pair at the first colon", () => {
  expect(splitPair("topic:billing: late")).toEqual(["topic", "billing: late"]);
});
