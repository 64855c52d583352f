import { expect, test } from "vitest";
import { grouped, groupOf } from "./starts";

const shapes = new Map([["choice", "label"], ["spans", "spans"], ["rating", "number"], ["response", "turns"]]);

const start = (fields: { name: string; kind?: string }[], ...types: string[]) =>
  ({ spec: { fields, questions: types.map((type) => ({ name: type, type })) } }) as unknown as Parameters<typeof groupOf>[0];

test("what people look at decides, also with a text beside it", () => {
  expect(groupOf(start([{ name: "picture", kind: "image" }, { name: "question" }], "text"), shapes)).toBe("Images");
  expect(groupOf(start([{ name: "film", kind: "video" }], "tracks"), shapes)).toBe("Video");
  expect(groupOf(start([{ name: "paper", kind: "document" }], "fields"), shapes)).toBe("Documents");
});

test("texts to be held against each other, and answers to be written, are no plain text", () => {
  expect(groupOf(start([{ name: "text" }], "choice", "spans"), shapes)).toBe("Text");
  expect(groupOf(start([{ name: "question" }, { name: "answer" }], "rating"), shapes)).toBe("Answers and preferences");
  expect(groupOf(start([{ name: "topic" }], "response"), shapes)).toBe("Answers and preferences");
});

test("empty groups are not shown, and the rest keep their order", () => {
  const found = grouped([start([{ name: "a", kind: "audio" }]), start([{ name: "t" }], "choice"), start([{ name: "b", kind: "audio" }])], shapes);
  expect(found.map((one) => [one.group, one.recipes.length])).toEqual([["Text", 1], ["Audio", 2]]);
});
