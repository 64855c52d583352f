import { expect, it } from "vitest";
import type { Question } from "../../api/types";
import { optionsOf, shortTitle } from "./questionText";

const question = (name: string, title?: string, config: Record<string, unknown> = {}): Question => ({ name, type: "choice", title, config });

it.each([
  ["urgency", "How urgent is it?", "How urgent"],
  ["topic", "What does the customer want?", "Topic"],
  ["topic", "Topic", "Topic"],
  ["details", "Details worth marking", "Details"],
  ["product_line", undefined, "Product line"],
])("calls %s (%s) %s", (name, title, short) => {
  expect(shortTitle(question(name, title))).toBe(short);
});

it("lists labels in their order, with their place in a tree", () => {
  const labels = ["plain", { value: "b", title: "Billing" }, { value: "r", title: "Refund", parent: "b" }];
  expect(optionsOf(question("q", "", { labels }))).toEqual([
    { value: "plain", title: "plain", hint: "plain" },
    { value: "b", title: "Billing", hint: "b" },
    { value: "r", title: "Refund", hint: "Billing › Refund (r)" },
  ]);
});

it("survives a tree that bites its tail", () => {
  const labels = [{ value: "a", parent: "b" }, { value: "b", parent: "a" }];
  expect(optionsOf(question("q", "", { labels }))).toHaveLength(2);
});

it("lists the steps of a scale with their captions", () => {
  const steps = optionsOf(question("q", "", { min: 1, max: 3, labels: { 1: "low" } }));
  expect(steps.map((step) => step.title)).toEqual(["1  low", "2", "3"]);
  expect(optionsOf(question("q"))).toEqual([]);
});
