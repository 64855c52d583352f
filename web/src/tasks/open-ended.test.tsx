import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { widgets } from "./index";
import { formOf, sheetOf, trouble, valueOf } from "./response/turns";
import { keyOf } from "./rubric_grid/rubric";
import { levelsFrom } from "./rubric_grid/Settings";
import { itemWith, questionOf, stage, suggestionOf } from "./stage";

afterEach(cleanup);

const item = itemWith({ text: "x" });

const TRACE = [
  { role: "user", content: "How warm is it in Oslo?" },
  { role: "assistant", content: "I look.", tool_calls: [{ id: "a", function: { name: "f" } }, { name: "g" }] },
  { role: "tool", content: "12", tool_call_id: "a" },
  { role: "assistant", content: [{ type: "tool_use", id: "b", name: "h", input: {} }, "x", 3], tool_calls: [7] },
  { role: "user", content: [{ type: "tool_result", tool_use_id: "b", content: "13" }, { type: "text", text: "" }] },
  { role: "assistant", content: null, tool_calls: [{ name: "k" }] },
  { role: "assistant", content: "12 or 13." },
];
/** What the server's own test finds in it. */
const SPOTS = [[1, null], [1, 0], [1, 1], [2, null], [3, null], [3, 0], [3, 1], [4, 0], [5, 0], [6, null]];

describe("response", () => {
  const one = questionOf("response", {});
  const both = questionOf("response", { roles: ["user", "assistant"], max_rounds: 3, system: "optional", max_length: 10 });
  const type = (name: string, text: string, nth = 0) => fireEvent.change(screen.getAllByRole("textbox", { name })[nth]!, { target: { value: text } });

  it("is a list with the one turn, and nothing while nothing is written", () => {
    const { seen } = stage(one);
    type("Response", "Hello");
    expect(seen.value).toEqual([{ role: "assistant", content: "Hello" }]);
    expect(screen.getByRole("region", { name: "Preview" }).textContent).toBe("Hello");
    type("Response", "");
    expect(seen.value).toBeUndefined();
  });

  it("grows by rounds with one key, and says what is missing", () => {
    const { seen, press } = stage(both);
    type("Prompt", "Q1");
    type("Response", "A1");
    expect(seen.value).toEqual([{ role: "user", content: "Q1" }, { role: "assistant", content: "A1" }]);
    press("N");
    type("Prompt", "Q2", 1);
    expect(seen.value).toHaveLength(4);
    expect(widgets.response!.problem!(seen.value, { item, question: both, seed: "" })).toBe("Response in turn 5: nothing is written yet.");
    fireEvent.click(screen.getByRole("button", { name: "Remove the last" }));
    expect(seen.value).toHaveLength(2);
    type("System prompt", "Be kind");
    expect((seen.value as { role: string }[])[0]!.role).toBe("system");
    type("Response", "far too long for this");
    expect(widgets.response!.problem!(seen.value, { item, question: both, seed: "" })).toContain("at most 10");
  });

  it("hides and shows the preview", () => {
    const { press } = stage(one, { value: [{ role: "assistant", content: "**x**" }] });
    press("P");
    expect(screen.queryByRole("region", { name: "Preview" })).toBeNull();
  });

  it("takes a proposal only when told to", () => {
    const proposed = [{ role: "assistant", content: "proposed" }];
    const { seen } = stage(one, { suggestions: [suggestionOf(proposed)] });
    expect(seen.value).toBeUndefined();
    fireEvent.click(screen.getByRole("button", { name: "Use it" }));
    expect(seen.value).toEqual(proposed);
    expect(screen.queryByRole("button", { name: "Use it" })).toBeNull();
  });

  it("leaves out an optional system prompt that says nothing", () => {
    const form = formOf(both);
    const sheet = sheetOf(undefined, form);
    expect(sheet.map((turn) => turn.role)).toEqual(["system", "user", "assistant"]);
    const written = valueOf(sheet.map((turn) => ({ ...turn, content: turn.role === "system" ? "" : "x" })), form);
    expect(written).toHaveLength(2);
    expect(trouble(written!, form)).toBeNull();
  });
});

describe("rubric", () => {
  const rubric = questionOf("rubric_grid", { criteria: ["clear", { name: "facts", title: "Facts", levels: [{ score: 1, description: "wrong" }, { score: 2, description: "right" }] }] });

  it("scores by digits from one criterion to the next, and waits for Enter", () => {
    const { seen, press } = stage(rubric);
    press("4");
    expect(widgets.rubric_grid!.problem!(seen.value, { item, question: rubric, seed: "" })).toBe("“Facts” has no score yet.");
    expect(() => press("Enter")).toThrow("No command");
    press("2");
    expect([seen.value, seen.completed]).toEqual([{ clear: 4, facts: 2 }, 0]);
    press("Enter");
    expect(seen.completed).toBe(1);
    press("K");
    press("1");
    expect(seen.value).toEqual({ clear: 1, facts: 2 });
  });

  it("takes a score away by key or a second click", () => {
    const { seen, press } = stage(rubric, { value: { clear: 4, facts: 2 } });
    press("J");
    press("Backspace");
    expect(seen.value).toEqual({ clear: 4 });
    fireEvent.click(screen.getByRole("radio", { name: "4" }));
    expect(seen.value).toBeUndefined();
  });

  it("gives every level a digit, whatever its scores are", () => {
    const levels = (scores: number[]) => scores.map((score) => ({ score, description: "" }));
    const keys = (scores: number[]) => scores.map((_, i) => keyOf(levels(scores), i));
    expect(keys([0, 1, 2])).toEqual(["0", "1", "2"]);
    expect(keys([1, 5, 10])).toEqual(["1", "5", "0"]);
    expect(keys([-2, 0, 2])).toEqual(["1", "2", "3"]);
  });

  it("reads levels written as lines", () => {
    expect(levelsFrom("1: poor\n2 - fair\n\n3")).toEqual([{ score: 1, description: "poor" }, { score: 2, description: "fair" }, { score: 3, description: "" }]);
    expect(levelsFrom("2: a\n1: b")).toBeNull();
    expect(levelsFrom("1: only")).toBeNull();
  });
});

describe("turn labels", () => {
  const talk = itemWith({ talk: ["user", "assistant", "user", "assistant"].map((role, i) => ({ role, content: `turn ${i}` })) });
  const labels = { ...questionOf("turn_labels", { labels: ["good", "bad"], roles: ["assistant"] }), field: "talk" };

  it("marks the turns that are asked about, one after the other", () => {
    const { seen, press } = stage(labels, { item: talk });
    press("1");
    expect(widgets.turn_labels!.problem!(seen.value, { item: talk, question: labels, seed: "" })).toBe("Turn 4 has no mark yet.");
    press("2");
    expect(seen.value).toEqual([{ turn: 1, label: "good" }, { turn: 3, label: "bad" }]);
    press("Enter");
    expect(seen.completed).toBe(1);
    press("2");
    expect(seen.value).toEqual([{ turn: 1, label: "good" }]);
  });

  it("goes to a turn by a click that is over, so that nothing moves under a mark while the button is down", () => {
    const { seen } = stage(labels, { item: talk });
    const current = () => document.querySelector("[aria-current]")?.getAttribute("data-turn");
    const mark = screen.getAllByRole("radio", { name: /bad/ })[1]!;
    fireEvent.pointerDown(mark);
    expect(current()).toBe("1");
    fireEvent.click(mark);
    expect(seen.value).toEqual([{ turn: 3, label: "bad" }]);
    fireEvent.click(screen.getByText("turn 3"));
    expect(current()).toBe("3");
  });

  it("rates, and takes a model's marks one by one", () => {
    const rated = { ...questionOf("turn_labels", { min: 1, max: 5 }), field: "talk" };
    const { seen } = stage(rated, { item: talk, suggestions: [suggestionOf([{ turn: 1, rating: 4 }, { turn: 3, rating: 2 }])] });
    expect(document.querySelectorAll("button[data-suggested]")).toHaveLength(2);
    fireEvent.click(screen.getAllByRole("radio", { name: /^4/ })[0]!);
    expect(seen.value).toEqual([{ turn: 1, rating: 4 }]);
  });

  it("marks calls of tools and results where steps are asked about, as the server counts them", () => {
    const trace = { ...talk, data: { talk: TRACE } };
    const steps = { ...labels, config: { ...labels.config, steps: true } };
    const { seen, press } = stage(steps, { item: trace });
    for (let n = 0; n < SPOTS.length; n++) press("1");
    expect((seen.value as { turn: number; step?: number }[]).map(({ turn, step }) => [turn, step ?? null])).toEqual(SPOTS);
    expect(widgets.turn_labels!.problem!(seen.value, { item: trace, question: steps, seed: "" })).toBeNull();
    expect(widgets.turn_labels!.problem!((seen.value as unknown[]).filter((_, i) => i !== 2), { item: trace, question: steps, seed: "" })).toBe("Turn 2, step 2 has no mark yet.");
    expect(screen.getByRole("radiogroup", { name: "q, turn 2, step 1" })).toBeTruthy();
  });

  it("shows what a tool is given as names and values, and folds what is long", () => {
    const long = Array.from({ length: 40 }, (_, i) => `line ${i}`).join("\n");
    const turns = [
      { role: "assistant", content: null, tool_calls: [{ id: "a", function: { name: "weather", arguments: '{"town": "Oslo", "days": [1, 2]}' } }] },
      { role: "tool", tool_call_id: "a", content: long },
    ];
    stage(labels, { item: { ...talk, data: { talk: turns } } });
    expect(screen.getByText("town").nextSibling?.textContent).toBe("Oslo");
    expect(screen.getAllByText("weather")).toHaveLength(2);
    expect(screen.queryByText(/line 39/)).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: /Show all/ }));
    expect(screen.getByText(/line 39/)).toBeTruthy();
  });

  it("sends an empty list where no turn needs a mark", () => {
    expect(widgets.turn_labels!.nothing!({ ...labels, config: { ...labels.config, every: false } })).toEqual([]);
    expect(widgets.turn_labels!.nothing!(labels)).toBeUndefined();
  });
});
