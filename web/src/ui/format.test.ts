import { expect, it } from "vitest";
import { ago, brief, bytes, count, duration, moneyText, percent, plural, score, shortCount } from "./format";

it("reads well", () => {
  expect(count(1234567)).toBe("1,234,567");
  expect([shortCount(9999), shortCount(12_345)]).toEqual(["9,999", "12.3K"]);
  expect([plural(1, "item"), plural(2, "item")]).toEqual(["1 item", "2 items"]);
  expect([score(0.9), score(1), score(null)]).toEqual([".90", "1.00", "–"]);
  expect([percent(0), percent(0.004), percent(0.5), percent(0.996), percent(1)]).toEqual(["0%", "<1%", "50%", ">99%", "100%"]);
  expect([duration(5), duration(90), duration(3700), duration(200_000)]).toEqual(["5 s", "2 min", "1 h 2 min", "2 d 7 h"]);
  expect([bytes(12), bytes(1500), bytes(34_000_000)]).toEqual(["12 B", "1.5 kB", "34 MB"]);
  expect([ago(100, 110), ago(100, 400)]).toEqual(["just now", "5 min ago"]);
  expect([moneyText(0.0123, "EUR"), moneyText(null, "EUR"), moneyText(0, "USD"), moneyText(12.345, "")]).toEqual(["0.012 EUR", "not known", "0 USD", "12.35"]);
  expect(brief("x".repeat(90), 10)).toHaveLength(10);
  expect([brief(null), brief([1, { a: 2 }]), brief({})]).toEqual(["null", '[1,{"a":2}]', "{}"]);
  expect(brief({ total: { value: "973.25", places: [{ page: 0 }] }, paid: true, lines: [1] })).toBe("total: 973.25, paid: true, lines: [1]");
});
