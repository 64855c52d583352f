import { expect, it } from "vitest";
import type { Counts } from "../../api/types";
import { changedParts } from "./changedParts";
import { completeSpec } from "./editor/draft";
import { nextSteps, progressWords } from "./nextStep";

const none: Counts = { items: 0, new: 0, open: 0, done: 0, skipped: 0, flagged: 0, answers: 0, suggested: 0, mine: 0, review: 0, aside: 0 };
const some: Counts = { ...none, items: 10, new: 6, open: 1, done: 3, suggested: 5, flagged: 2 };

it("offers what comes next", () => {
  expect(nextSteps(none, "manager").map((step) => step.kind)).toEqual(["import"]);
  expect(nextSteps(none, "annotator").map((step) => step.kind)).toEqual(["nothing"]);
  expect(nextSteps(some, "owner").map((step) => step.text)).toEqual(["Label 7 items", "Look at 5 suggestions"]);
  expect(nextSteps(some, "annotator").map((step) => step.kind)).toEqual(["label"]);
  expect(nextSteps({ ...none, items: 3, done: 3 }, "manager").map((step) => step.kind)).toEqual(["export"]);
  expect(nextSteps({ ...none, items: 3, done: 3 }, "annotator").map((step) => step.kind)).toEqual(["nothing"]);
});

it("words the progress", () => {
  expect(progressWords(some, "owner")).toBe("3 of 10 done · 1 begun · 2 flagged");
  expect(progressWords(some, "annotator")).toBe("3 of 10 done · 1 begun");
});

it("sends only what changed, whatever the order of keys", () => {
  const stored = completeSpec({ name: "a", questions: [{ name: "q", type: "t", config: { labels: ["x"] }, title: "Q" }] });
  const same = { ...stored, questions: [{ title: "Q", config: { labels: ["x"] }, type: "t", name: "q", help: undefined }] };
  expect(changedParts(stored, same)).toEqual({});
  expect(Object.keys(changedParts(stored, { ...stored, name: "b" }))).toEqual(["name"]);
});
