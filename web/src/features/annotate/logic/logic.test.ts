import { describe, expect, it } from "vitest";
import type { Label, Question, Suggestion } from "../../../api/types";
import type { TaskWidget } from "../../../tasks/types";
import { findSection, sectionsOf, withDescriptions } from "./guide";
import { answersToSend, askedQuestions, firstMissing, isDecision, neighbour, nextUnanswered } from "./questions";
import { acceptable, acceptPatches, currentRow, isVisible, notch, rowsOf, type Minimum, type Row } from "./suggestions";
import { TimeLog } from "./time-log";
import { applyPatches, EMPTY_STACK, record, seal, stepBack, stepForward, type Patch, type Sheet, type UndoStack } from "./undo";

const question = (name: string, more: Partial<Question> = {}): Question => ({ name, type: "choice", config: { labels: [] }, ...more });
const isEmpty = (_q: Question, v: unknown) => v === undefined || v === "";
const nothing = (q: Question) => (q.type === "spans" ? [] : undefined);

describe("undo", () => {
  const set = (before: unknown, after: unknown): Patch => ({ kind: "value", question: "q", before, after });
  const start: Sheet = { values: {}, rejected: new Set() };
  const run = (...entries: { patches: Patch[]; merge?: string }[]) => {
    let sheet = start;
    let stack: UndoStack = EMPTY_STACK;
    for (const entry of entries) {
      sheet = applyPatches(sheet, entry.patches);
      stack = record(stack, { label: "x", ...entry });
    }
    return { sheet, stack };
  };

  it("goes all the way back and all the way forward", () => {
    const { sheet, stack } = run({ patches: [set(undefined, 1)] }, { patches: [set(1, 2), { kind: "rejected", key: "7", after: true }] });
    const one = stepBack(stack, sheet);
    const zero = stepBack(one!.stack, one!.sheet);
    expect(one!.sheet).toEqual({ values: { q: 1 }, rejected: new Set() });
    expect(zero!.sheet).toEqual(start);
    expect(stepBack(zero!.stack, zero!.sheet)).toBeNull();
    const again = stepForward(zero!.stack, zero!.sheet);
    expect(stepForward(again!.stack, again!.sheet)!.sheet).toEqual(sheet);
  });

  it("makes one step of what has the same merge tag, and keeps the first value to go back to", () => {
    const { sheet, stack } = run({ merge: "drag", patches: [set(1, 2)] }, { merge: "drag", patches: [set(2, 3)] }, { merge: "drag", patches: [set(3, 4)] });
    expect(stack.past).toHaveLength(1);
    expect(stepBack(stack, sheet)!.sheet.values).toEqual({ q: 1 });
  });

  it("does not merge across a seal, or after an undo", () => {
    const first = record(EMPTY_STACK, { label: "x", merge: "t", patches: [set(1, 2)] });
    expect(record(seal(first), { label: "x", merge: "t", patches: [set(2, 3)] }).past).toHaveLength(2);
    const undone = stepBack(record(first, { label: "y", patches: [set(2, 9)] }), start)!.stack;
    const after = record(undone, { label: "x", merge: "t", patches: [set(2, 3)] });
    expect(after.past).toHaveLength(2);
    expect(after.future).toEqual([]);
  });

  it("leaves no trace of an entry that changes nothing", () => {
    expect(record(EMPTY_STACK, { label: "x", patches: [] })).toBe(EMPTY_STACK);
  });
});

describe("questions", () => {
  const list = [question("topic"), question("amount", { when: { question: "topic", any_of: ["refund"] } }), question("why", { when: { question: "amount", any_of: [5] } }), question("tone", { required: false })];
  const names = (values: Record<string, unknown>) => askedQuestions(list, values).map((q) => q.name);

  it("asks what hangs on an answer only then, and not what hangs on an unasked question", () => {
    expect(names({})).toEqual(["topic", "tone"]);
    expect(names({ topic: "refund" })).toEqual(["topic", "amount", "tone"]);
    expect(names({ topic: "refund", amount: 5 })).toEqual(["topic", "amount", "why", "tone"]);
    expect(names({ topic: "billing", amount: 5 })).toEqual(["topic", "tone"]);
    expect(names({ topic: ["billing", "refund"] })).toContain("amount");
  });

  it("compares regions by their label and numbers by their digits, as the server does", () => {
    const later = [question("s"), question("next", { when: { question: "s", any_of: ["person", "3"] } })];
    expect(askedQuestions(later, { s: [{ start: 0, end: 1, label: "person" }] })).toHaveLength(2);
    expect(askedQuestions(later, { s: 3 })).toHaveLength(2);
  });

  it("finds the next open question below, then above", () => {
    expect(nextUnanswered(list, "topic", { topic: "a" }, isEmpty)).toBe("amount");
    expect(nextUnanswered(list, "tone", { tone: 1 }, isEmpty)).toBe("topic");
    expect(nextUnanswered([list[0]!], "topic", { topic: "a" }, isEmpty)).toBeNull();
    expect([neighbour(list, "tone", 1), neighbour(list, "topic", -1)]).toEqual(["topic", "tone"]);
  });

  it("misses required answers only, and takes nothing marked as an answer", () => {
    const marks = question("marks", { type: "spans" });
    expect(firstMissing([list[3]!, marks], {}, isEmpty, nothing)).toBeUndefined();
    expect(firstMissing([marks, list[0]!], {}, isEmpty, nothing)?.name).toBe("topic");
    expect(answersToSend([list[0]!, marks, list[3]!], { topic: "a", gone: 1 }, isEmpty, nothing)).toEqual({ topic: "a", marks: [] });
  });

  it("knows a decision from free text", () => {
    expect(isDecision(question("q"), "a")).toBe(true);
    expect(isDecision(question("q", { config: {} }), "some words")).toBe(false);
    expect(isDecision(question("q", { config: {} }), 4)).toBe(true);
  });
});

describe("suggestions", () => {
  const plain = {
    parts: (s: Suggestion) => [{ key: String(s.id), score: s.score, title: String(s.value), part: s.value }],
    accept: (_v: unknown, [part]: readonly unknown[]) => part, holds: (v: unknown, part: unknown) => v === part, isEmpty: (v: unknown) => v === undefined,
  } as unknown as TaskWidget; // prettier-ignore
  const many = {
    parts: (s: Suggestion) => (s.value as { label: string; score: number }[]).map((r, i) => ({ key: `${s.id}:${i}`, score: r.score, title: r.label, part: r })),
    accept: (v: unknown[] = [], parts: readonly unknown[]) => [...v, ...parts], holds: (v: unknown[] = [], part: unknown) => v.includes(part), isEmpty: (v: unknown[] = []) => v.length === 0,
  } as unknown as TaskWidget; // prettier-ignore
  const suggestion = (id: number, value: unknown, score: number | null, name = "q"): Suggestion => ({ id, item_id: 1, question: name, value, score, reason: null, source: "m", version: 1, run_id: 1 });
  const at = (overall: number, perLabel = {}): Minimum => ({ overall, perLabel });
  const q = question("q");
  const regions = suggestion(9, [{ label: "cat", score: 0.6 }, { label: "dog", score: 0.95 }, { label: "cat", score: 0.9 }], null);

  it("lists the highest confidence first, with its state", () => {
    const rows = rowsOf(q, plain, [suggestion(1, "a", 0.2), suggestion(2, "b", 0.9), suggestion(3, "c", 0.5)], "b", new Set(["3"]), at(0.4));
    expect(rows.map((r) => [r.key, r.state, r.confident])).toEqual([["2", "accepted", true], ["3", "rejected", true], ["1", "pending", false]]);
  });

  it("acts on the chosen row while it is pending, else on the first confident one, else on the first", () => {
    const rows = rowsOf(q, many, [regions], [], new Set(["9:1"]), at(0.7));
    expect(currentRow(rows, null)?.key).toBe("9:2");
    expect(currentRow(rows, "9:0")?.key).toBe("9:0");
    expect(currentRow(rows, "9:1")?.key).toBe("9:2");
    expect(currentRow(rowsOf(q, many, [regions], [], new Set(), at(0.99)), null)?.key).toBe("9:1");
  });

  it("accepts all parts above their minimum in one step, but one answer of a plain question", () => {
    const rows = rowsOf(q, many, [regions], undefined, new Set(), at(0.7, { cat: 0.95 }));
    expect(acceptable(rows).map((r) => r.key)).toEqual(["9:1"]);
    const patches = acceptPatches(acceptable(rowsOf(q, many, [regions], undefined, new Set(), at(0.7))), {}, { choice: many });
    expect(patches).toHaveLength(1);
    expect((patches[0] as { after: unknown[] }).after).toHaveLength(2);
    const two = rowsOf(q, plain, [suggestion(1, "a", 0.8), suggestion(2, "b", 0.9)], undefined, new Set(), at(0.5));
    expect(acceptable(two).map((r: Row) => r.key)).toEqual(["2"]);
    expect(acceptable(rowsOf(q, plain, [suggestion(1, "a", 0.8)], "c", new Set(), at(0.5)))).toEqual([]);
  });

  it("takes all parts of a graph or a form, also once some are in", () => {
    const graph = { ...many, parts: () => [0, 1, 2].map((i) => ({ key: `7:${i}`, score: 0.9, title: "p", part: i })), holds: (_: unknown, part: unknown) => part === 0 };
    const rows = rowsOf(q, graph, [suggestion(7, { spans: [] }, 0.9)], { spans: [0] }, new Set(), at(0.5));
    expect(acceptable(rows).map((r) => r.key)).toEqual(["7:1", "7:2"]);
  });

  it("shows by policy only", () => {
    expect(isVisible("hidden", true, true)).toBe(false);
    expect([isVisible("on_demand", false, true), isVisible("on_demand", true, false)]).toEqual([false, true]);
    expect([isVisible("after_first_answer", false, false), isVisible("after_first_answer", false, true)]).toEqual([false, true]);
  });

  it("moves the minimum in steps of 0.05 within 0 and 1", () => {
    expect([notch(0.5, 1), notch(0.98, 1), notch(0, -1), notch(0.07, -1)]).toEqual([0.55, 1, 0, 0]);
  });
});

describe("time log", () => {
  it("writes every event with its item and time, and input at most once a second with counts", () => {
    let now = 1000;
    const log = new TimeLog(() => now);
    log.add("blur");
    log.open(5);
    for (let i = 0; i < 10; i++, now += 100) log.input("keys");
    log.input("clicks");
    now += 1;
    log.add("submitted");
    const events = log.take(5);
    expect(events.map((e) => e.kind)).toEqual(["opened", "input", "input", "submitted"].sort((a, b) => "opened input submitted".indexOf(a) - "opened input submitted".indexOf(b)));
    expect(events.filter((e) => e.kind === "input").map((e) => e.data)).toEqual([{ keys: 1, clicks: 0 }, { keys: 9, clicks: 1 }]);
    expect(events.every((e) => e.item_id === 5)).toBe(true);
    expect(log.take(5)).toEqual([]);
  });
});

describe("guide", () => {
  const labels: Label[] = [{ value: "pos", title: "Positive" }, { value: "neg", description: "Bad *words*." }];
  const questions = [question("q", { config: { labels } })];
  it("cuts at second-level headings, not inside code, and finds a label by value or title", () => {
    const sections = sectionsOf("Intro\n\n## Positive\nnice\n```\n## no heading\n```\n## `Other` ##\n### deeper\nx");
    expect(sections.map((s) => s.heading)).toEqual(["", "Positive", "Other"]);
    expect(findSection(sections, "pos", questions)).toBe(1);
    expect(findSection(sections, "nowhere", questions)).toBe(-1);
  });
  it("makes a section of a label's description where the guidelines have none", () => {
    expect(withDescriptions(sectionsOf("## positive\n"), questions).map((s) => s.heading)).toEqual(["positive", "neg"]);
  });
});
