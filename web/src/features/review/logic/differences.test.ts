import { describe, expect, it } from "vitest";
import type { Item, Question } from "../../../api/types";
import { differences, onlyDifferent, partsOf } from "./differences";

const asked = (type: string, more: Partial<Question> = {}) => ({ name: "q", type, config: {}, ...more }) as Question;
const item = { id: 1, project_id: 1, ord: 1, key: null, data: { text: "Maria Lopez of Acme" }, meta: {}, status: "done", flagged: false, readings: {} } as Item;
const plain = (...values: unknown[]) => values.map((value) => ({ value, different: null }));
const titles = (question: Question, ...values: unknown[]) => differences(question, plain(...values), item).map((own) => own.map((one) => one.title));

describe("what differs", () => {
  it("is the label, where labels differ, and nothing where all agree", () => {
    expect(titles(asked("choice"), "a", "b")).toEqual([["a"], ["b"]]);
    expect(titles(asked("choice"), "a", "a")).toEqual([[], []]);
  });

  it("is the labels of a set that not all gave, with how many did", () => {
    const found = differences(asked("choices"), plain(["a", "b"], ["a", "c"], ["a", "b"]));
    expect(found.map((own) => own.map((one) => [one.title, one.n, one.of]))).toEqual([[["b", 2, 3]], [["c", 1, 3]], [["b", 2, 3]]]);
  });

  it("names the words that a span covers", () => {
    const person = { start: 0, end: 11, label: "PER" };
    expect(titles(asked("spans", { field: "text" }), [person], [{ ...person, end: 5 }])).toEqual([["PER: “Maria Lopez”"], ["PER: “Maria”"]]);
  });

  it("is what the server says it is, whatever the marks look like", () => {
    const mark = (x: number) => ({ label: "cat", points: [[x, 0], [x + 10, 0], [x + 10, 10]] });
    const found = differences(asked("polygons"), [
      { value: [mark(0), mark(50)], different: [{ path: [1], n: 1 }] },
      { value: [mark(3)], different: [] },
      { value: [], different: [] },
    ]);
    expect(found.map((own) => own.map((one) => [one.title, one.n, one.of]))).toEqual([[["cat at 50, 0 (10 × 10)", 1, 3]], [], [["nothing marked", 1, 3]]]);
  });

  it("names relations and fields by where they stand", () => {
    const value = { spans: [{ id: "a", start: 0, end: 5, label: "PER" }], relations: [{ head: "a", tail: "a", label: "knows" }] };
    const [own] = differences(asked("relations", { field: "text" }), [{ value, different: [{ path: ["spans", 0], n: 1 }] }], item);
    expect(own?.map((one) => one.title)).toEqual(["PER: “Maria”"]);
    const [form] = differences(asked("fields"), [{ value: { total: { value: 3 }, from: { value: null } }, different: [{ path: ["total"], n: 1 }, { path: ["from"], n: 1 }] }]);
    expect(form?.map((one) => one.title)).toEqual(["total: 3", "from: not said"]);
  });

  it("says of marks what can be said of them in a line", () => {
    const title = (type: string, one: unknown, field?: string) => partsOf(asked(type, { field }), [one], { ...item, data: { sound: { media: 1 } } })[0]?.title;
    expect(title("masks", { label: "cat", counts: "0>", size: [2, 2] })).toBe("cat, outlined pixel by pixel");
    expect(title("tracks", { label: "cat", keyframes: [{ frame: 3, box: [0, 0, 1, 1] }, { frame: 9, box: [0, 0, 1, 1] }] })).toBe("cat, frames 3 to 9");
    expect(title("keypoints", { label: "cat", points: [[5, 5, 2], [0, 0, 0], [9, 11, 1]] })).toBe("cat at 5, 5 (4 × 6)");
    expect(title("segments", { label: "hum", start: 61, end: 62.5 }, "sound")).toBe("hum: 1:01.000 to 1:02.500");
    expect(title("boxes", { label: "total", x: 1, y: 2, w: 3, h: 4, page: 1 })).toBe("total at 1, 2 (3 × 4), page 2");
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
  const [first] = differences(asked("spans"), plain(marks, [marks[1]]));
  expect(onlyDifferent(marks, first ?? [])).toEqual([marks[0]]);
  expect(onlyDifferent("text", [])).toBe("text");
});
