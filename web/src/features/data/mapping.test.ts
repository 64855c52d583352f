import { expect, it } from "vitest";
import type { Field, Mapping } from "../../api/types";
import { badRowsCsv, columnUse, mappingLines, mappingTrouble, withColumn, withLabels } from "./mapping";

const fields: Field[] = [
  { name: "text", kind: "text", title: "Message" },
  { name: "photo", kind: "image" },
];
const guess: Mapping = { fields: { text: "body" }, key: "id", meta: "rest" };

it("tells guesses from what a person chose", () => {
  expect(mappingLines(fields, guess, guess).map((line) => [line.column, line.guessed])).toEqual([["body", true], [null, false]]);
  const changed = withColumn(guess, "text", "subject");
  expect(mappingLines(fields, changed, guess)[0]).toMatchObject({ column: "subject", guessed: false });
});

it("does not change the mapping it is given", () => {
  const copy = structuredClone(guess);
  withColumn(guess, "text", null);
  withLabels(guess, "topic", { column: "y", role: "gold" });
  expect(guess).toEqual(copy);
});

it("asks for at least one field", () => {
  expect(mappingTrouble(fields, guess)).toBeNull();
  expect(mappingTrouble(fields, { ...guess, fields: {} })).toBe("Say which column holds Message or photo.");
});

it("says what becomes of each column", () => {
  const mapping: Mapping = { ...guess, meta: ["lang"], labels: { topic: { column: "y", role: "answer" } } };
  expect(["body", "id", "lang", "y", "junk"].map((column) => columnUse(column, fields, mapping))).toEqual([
    "Message", "key", "metadata", "answer to topic", "left out",
  ]);
  expect(columnUse("junk", fields, guess)).toBe("metadata");
});

it("writes bad rows as CSV that no spreadsheet runs", () => {
  const csv = badRowsCsv([{ line: 3, source: "a.csv", reason: 'says "no"', raw: "=1+1" }, { line: null, reason: "-x" }]);
  expect(csv.split("\r\n")).toEqual(["source,line,reason,raw", '"a.csv","3","says ""no""","\'=1+1"', '"","","\'-x",""']);
});
