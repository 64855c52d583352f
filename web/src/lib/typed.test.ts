import { describe, expect, it } from "vitest";
import cases from "./typed-cases.json";
import { readDate, readNumber, type DecimalMark } from "./typed";

describe("typed values are read as on the server", () => {
  it.each(cases.numbers as [string, number | null][])("the number %j is %j", (text, wanted) => expect(readNumber(text)).toBe(wanted));
  it.each(cases.amounts as [string, number | null][])("the amount %j is %j", (text, wanted) => expect(readNumber(text, "auto", true)).toBe(wanted));
  it.each(cases.pointed as [string, DecimalMark, number | null][])("%j with the mark %j is %j", (text, mark, wanted) => expect(readNumber(text, mark)).toBe(wanted));
  it.each(cases.dates as [string, string | null][])("the date %j is %j", (text, wanted) => expect(readDate(text)).toBe(wanted));
  it.each(cases.american as [string, string | null][])("the date %j, month first, is %j", (text, wanted) => expect(readDate(text, "mdy")).toBe(wanted));
});
