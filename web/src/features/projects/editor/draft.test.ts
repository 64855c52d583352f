import { describe, expect, it } from "vitest";
import type { Question } from "../../../api/types";
import {
  completeSpec, DEFAULT_POLICY, isUnder, labelsOf, labelsToText, moved, nameFrom, textToLabels, tidySpec, withField, withoutQuestion, withQuestion,
} from "./draft";

const questions: Question[] = [
  { name: "topic", type: "t", config: { labels: ["a", "b"] } },
  { name: "why", type: "u", config: {}, when: { question: "topic", any_of: ["a"] } },
];

it("makes names that the server takes", () => {
  expect(nameFrom("Is this Spam?")).toBe("is_this_spam");
  expect(nameFrom("Grün & blau", ["grun_blau"])).toBe("grun_blau_2");
  expect(nameFrom("123 go", ["go"])).toBe("go_2");
  expect(nameFrom("说明")).toBe("question");
});

it("keeps conditions pointing at a renamed question, and drops those of a removed one", () => {
  const renamed = withQuestion(questions, 0, { ...(questions[0] as Question), name: "subject" });
  expect(renamed[1]?.when?.question).toBe("subject");
  expect(withoutQuestion(questions, 0)).toEqual([{ name: "why", type: "u", config: {}, when: undefined }]);
});

it("keeps questions pointing at a renamed field", () => {
  const spec = completeSpec({ fields: [{ name: "text", kind: "text" }], questions: [{ name: "q", type: "t", config: {}, field: "text" }] });
  expect(withField(spec, 0, { name: "body", kind: "text" }).questions[0]?.field).toBe("body");
});

it("moves within the list only", () => {
  expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b", "c"], 2, 5)).toEqual(["a", "b", "c"]);
});

describe("labels as text", () => {
  const tree = [
    { value: "animal" },
    { value: "cat", parent: "animal", description: "purrs" },
    { value: "siamese", parent: "cat" },
    { value: "plant" },
  ];
  it("round-trips a tree", () => {
    const text = labelsToText(tree);
    expect(text).toBe("animal\n  cat | purrs\n    siamese\nplant");
    expect(textToLabels(text)).toEqual(tree.map((label) => ({ parent: undefined, description: undefined, ...label })));
  });
  it("takes a pasted list with bullets, blanks and repeats", () => {
    expect(textToLabels("- yes\r\n\r\n• no\n* yes\n").map((label) => label.value)).toEqual(["yes", "no"]);
  });
  it("keeps colours and keys of labels that stay", () => {
    expect(textToLabels("b\na", [{ value: "a", color: "#ff0000", key: "x" }])[1]).toMatchObject({ color: "#ff0000", key: "x" });
  });
});

it("sends no empty label rows", () => {
  const spec = completeSpec({ name: " Mail ", questions: [{ name: "q", type: "t", config: { labels: ["a", { value: " " }, { value: "b", key: "" }] } }] });
  const tidy = tidySpec(spec);
  expect(tidy.name).toBe("Mail");
  expect(labelsOf(tidy.questions[0] as Question)).toEqual([{ value: "a" }, { value: "b" }]);
});

it("fills in the policy", () => {
  expect(completeSpec({ policy: { ...DEFAULT_POLICY, overlap: 3 } }).policy).toMatchObject({ overlap: 3, blind_share: 0.05 });
});

it("finds the place of an error", () => {
  expect(isUnder("questions.topic.config.labels[0]", "questions.topic")).toBe(true);
  expect(isUnder("questions.topics", "questions.topic")).toBe(false);
  expect(isUnder(null, "questions")).toBe(false);
});
