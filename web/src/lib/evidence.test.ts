import { afterEach, expect, it } from "vitest";
import { findQuotes, markEvidence, rangesOf, showQuote } from "./evidence";

afterEach(() => document.body.replaceChildren());

function page(html: string): HTMLElement {
  document.body.innerHTML = html;
  return document.body;
}

it("finds a quote whatever white space there is between its words, and only whole", () => {
  const text = "It rises in\n  the Alps (so they say).";
  expect(findQuotes(text, ["in the Alps (so"]).map(([a, b]) => text.slice(a, b))).toEqual(["in\n  the Alps (so"]);
  expect(findQuotes(text, ["in the Andes", "", " . * "])).toEqual([]);
});

it("gives ranges across elements", () => {
  const root = page("<p>It <b>rises</b> in</p><p>the Alps.</p>");
  expect(rangesOf(root, ["rises in the Alps"]).map(String)).toEqual(["rises inthe Alps"]);
  expect(rangesOf(root, ["It", "Alps."]).map(String)).toEqual(["It", "Alps."]);
});

it("selects a quote in a box that is written in", () => {
  const root = page("<textarea>It rises in the Alps.</textarea>");
  expect(showQuote([root], "the Alps")).toBe(true);
  const box = root.querySelector("textarea") as HTMLTextAreaElement;
  expect(box.value.slice(box.selectionStart, box.selectionEnd)).toBe("the Alps");
  expect(showQuote([root], "the Andes")).toBe(false);
});

it("marks nothing and breaks nothing where the browser has no highlights", () => {
  expect(() => markEvidence([page("<p>a</p>")], ["a"])()).not.toThrow();
});
