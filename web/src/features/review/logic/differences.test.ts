import { describe, expect, it } from "vitest";
import type { Item, Question } from "../../../api/types";
import { differences, onlyDifferent, overlap, partsOf } from "./differences";

const asked = (type: string, more: Partial<Question> = {}) => ({ name: "q", type, config: {}, ...more }) as Question;
const item = { id: 1, project_id: 1, ord: 1, key: null, data: { text: "Maria Lopez of Acme" }, meta: {}, status: "done", flagged: false, readings: {} } as Item;
const titles = (question: Question, ...values: unknown[]) => differences(question, values, item).map((own) => own.map((one) => one.title));

describe("what differs", () => {
  it("is the label, where labels differ, and nothing where all agree", () => {
    expect(titles(asked("choice"), "a", "b")).toEqual([["a"], ["b"]]);
    expect(titles(asked("choice"), "a", "a")).toEqual([[], []]);
  });

  it("is the labels of a set that not all gave, with how many did", () => {
    const found = differences(asked("choices"), [["a", "b"], ["a", "c"], ["a", "b"]]);
    expect(found.map((own) => own.map((one) => [one.title, one.n, one.of]))).toEqual([[["b", 2, 3]], [["c", 1, 3]], [["b", 2, 3]]]);
  });

  it("names the words that a span covers", () => {
    const person = { start: 0, end: 11, label: "PER" };
    expect(titles(asked("spans", { field: "text" }), [person], [{ ...person, end: 5 }])).toEqual([["PER: “Maria Lopez”"], ["PER: “Maria”"]]);
  });

  it("takes boxes for the same that overlap by half, and not those with another label", () => {
    const box = { x: 0, y: 0, w: 10, h: 10, label: "cat" };
    expect(titles(asked("boxes"), [box], [{ ...box, x: 1 }])).toEqual([[], []]);
    expect(titles(asked("boxes"), [box], [{ ...box, label: "dog" }])).toEqual([["cat at 0, 0 (10 × 10)"], ["dog at 0, 0 (10 × 10)"]]);
    expect(titles(asked("boxes"), [box], [])).toEqual([["cat at 0, 0 (10 × 10)"], ["nothing marked"]]);
  });

  it("compares outlines by the box around them", () => {
    const outline = (x: number) => ({ label: "cat", points: [[x, 0], [x + 10, 0], [x + 10, 10]] });
    expect(titles(asked("polygons"), [outline(0)], [outline(1)])).toEqual([[], []]);
    expect(titles(asked("polygons"), [outline(0)], [outline(50)])[0]).toHaveLength(1);
  });

  it("says which of two stands above the other", () => {
    expect(titles(asked("ranking"), { tiers: [["1"], ["2"], ["3"]] }, { tiers: [["2"], ["1"], ["3"]] })).toEqual([["1 > 2"], ["2 > 1"]]);
  });

  it("goes score by score", () => {
    expect(titles(asked("rubric_grid"), { tone: 1, facts: 3 }, { tone: 2, facts: 3 })).toEqual([["tone: 1"], ["tone: 2"]]);
  });

  it("takes any value apart somehow", () => {
    for (const value of [null, undefined, 3, true, "x", [], {}, [1, [2]], { a: { b: 1 } }, [{ frame: 1, x: 2 }]]) expect(Array.isArray(partsOf(asked("new"), value))).toBe(true);
  });
});

it("can leave out what all share", () => {
  const marks = [{ start: 0, end: 5, label: "PER" }, { start: 15, end: 19, label: "ORG" }];
  const [first] = differences(asked("spans"), [marks, [marks[1]]]);
  expect(onlyDifferent(marks, first ?? [])).toEqual([marks[0]]);
  expect(onlyDifferent("text", [])).toBe("text");
});

it("measures overlap", () => {
  expect(overlap({ x: 0, y: 0, w: 2, h: 2 }, { x: 1, y: 0, w: 2, h: 2 })).toBeCloseTo(1 / 3);
  expect(overlap({ x: 0, y: 0, w: 1, h: 1 }, { x: 5, y: 5, w: 1, h: 1 })).toBe(0);
});
