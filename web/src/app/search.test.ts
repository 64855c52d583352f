import { expect, it } from "vitest";
import { parseSearch, positive, stringifySearch } from "./search";

it("writes readable addresses and reads them back", () => {
  const text = stringifySearch({ status: "new,done", label: "topic:billing", q: "a&b=c", item: 5, none: undefined });
  expect(text).toBe("?status=new,done&label=topic:billing&q=a%26b%3Dc&item=5");
  expect(parseSearch(text)).toEqual({ status: "new,done", label: "topic:billing", q: "a&b=c", item: "5" });
  expect(stringifySearch({})).toBe("");
});

it("takes positive whole numbers only", () => {
  expect([positive("7"), positive("0"), positive("-1"), positive("1.5"), positive("x"), positive(undefined)]).toEqual([
    7, undefined, undefined, undefined, undefined, undefined,
  ]);
});
