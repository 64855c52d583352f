import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Item, Question, Suggestion } from "../api/types";
import { widgets, type Command, type WidgetProps } from "./index";
import { KeyCaps, type CapOf } from "./keycaps";

afterEach(cleanup);

const item: Item = { id: 1, project_id: 1, ord: 1, key: null, meta: {}, status: "new", flagged: false, readings: {}, data: { text: "Maria lives in Oslo 😀 now." } };
const suggestion = (value: unknown, score: number | null = 0.8, id = 7): Suggestion => ({ id, item_id: 1, question: "q", value, score, reason: null, source: "m", version: 1, run_id: 1 });
const question = (type: string, config: Record<string, unknown>): Question => ({ name: "q", type, config });
const none: Suggestion[] = [];

/** Mounts a widget with state; `press` runs the command of a key as the workbench would. */
function stage(q: Question, more: Partial<WidgetProps> = {}) {
  const seen = { value: undefined as unknown, commands: [] as Command[], completed: 0, rejected: [] as string[] };
  const { Editor } = widgets[q.type]!;
  function Holder() {
    const [value, setValue] = useState<unknown>(more.value);
    seen.value = value;
    return (
      <Editor
        item={item} fields={[{ name: "text", kind: "text" }]} question={q} suggestions={none} rejected={empty} minScore={0} active readOnly={false}
        onReject={(keys) => seen.rejected.push(...[keys].flat())} onActivate={() => undefined} setCommands={(list) => (seen.commands = list)}
        onComplete={() => (seen.completed += 1)} onGuideline={() => undefined} seed="1" {...more} value={value} onChange={setValue}
      />
    );
  }
  render(<Holder />);
  const press = (key: string) => {
    const command = seen.commands.find((c) => c.keys.includes(key) && c.enabled !== false);
    if (!command) throw new Error(`No command for ${key}; there are ${seen.commands.map((c) => c.keys.join("/")).join(" ")}.`);
    act(() => command.run());
  };
  return { seen, press };
}
const empty: ReadonlySet<string> = new Set();

describe("every widget", () => {
  const cases: [string, Record<string, unknown>, unknown, unknown][] = [
    ["choice", { labels: ["a", "b"] }, "b", "b"],
    ["choices", { labels: ["a", "b", "c"] }, ["c", "a"], ["a", "c"]],
    ["rating", { min: 1, max: 5 }, 4, 4],
    ["text", {}, "words", "words"],
    ["spans", { labels: ["a"] }, [{ start: 0, end: 5, label: "a" }], [{ id: "7:0", start: 0, end: 5, label: "a" }]],
    ["relations", { labels: ["a"], relations: ["r"] }, { spans: [{ start: 0, end: 5, label: "a" }], relations: [] }, { spans: [{ id: "7:0", start: 0, end: 5, label: "a" }], relations: [] }],
    ["pairwise", {}, { tiers: [["b"], ["a"]], strength: 2 }, { tiers: [["b"], ["a"]], strength: 2 }],
    ["ranking", {}, { tiers: [["b"], ["a", "c"]] }, { tiers: [["b"], ["a", "c"]] }],
    ["rubric_grid", { criteria: ["x"] }, { x: 4 }, { x: 4 }],
    ["response", {}, [{ role: "assistant", content: "words" }], [{ role: "assistant", content: "words" }]],
    ["turn_labels", { labels: ["a"] }, [{ turn: 1, label: "a" }], [{ turn: 1, label: "a" }]],
    ["cell_labels", { labels: ["a"] }, [{ row: 0, column: "x", label: "a" }], [{ row: 0, column: "x", label: "a" }]],
    ["table_rows", { columns: ["a"] }, [{ a: { value: "x", score: 0.5 } }], [{ a: { value: "x" } }]],
    ["boxes", { labels: ["a"] }, [{ x: 1, y: 2, w: 3, h: 4, label: "a" }], [{ id: "7:0", x: 1, y: 2, w: 3, h: 4, label: "a" }]],
    ["polygons", { labels: ["a"] }, [{ points: [[1, 1], [9, 1], [5, 8]], label: "a" }], [{ id: "7:0", points: [[1, 1], [9, 1], [5, 8]], label: "a" }]],
    ["lines", { labels: ["a"] }, [{ points: [[1, 1], [9, 1]], label: "a" }], [{ id: "7:0", points: [[1, 1], [9, 1]], label: "a" }]],
    ["keypoints", { labels: ["a"], points: ["x", "y"] }, [{ points: [[1, 1, 2], [0, 0, 0]], label: "a" }], [{ id: "7:0", points: [[1, 1, 2], [0, 0, 0]], label: "a" }]],
    ["masks", { labels: ["a"] }, [{ size: [4, 5], counts: "5140", label: "a" }], [{ id: "7:0", size: [4, 5], counts: "5140", label: "a" }]],
  ];

  it("is found by its folder", () => expect(Object.keys(widgets).sort()).toEqual(["boxes", "cell_labels", "choice", "choices", "fields", "keypoints", "lines", "masks", "page_labels", "pairwise", "polygons", "ranking", "rating", "relations", "response", "rubric_grid", "segments", "spans", "table_rows", "text", "tracks", "transcript", "turn_labels"]));

  it.each(cases)("%s takes a suggestion part by part, once", (type, config, value, expected) => {
    const widget = widgets[type]!;
    const q = question(type, config);
    const parts = widget.parts(suggestion(value));
    expect(parts).toHaveLength(1);
    expect(widget.isEmpty(undefined)).toBe(true);
    expect(widget.holds(undefined, parts[0]!.part)).toBe(false);
    const accepted = widget.accept(undefined, [parts[0]!.part], q);
    expect(accepted).toEqual(expected);
    expect(widget.isEmpty(accepted)).toBe(false);
    expect(widget.holds(accepted, parts[0]!.part)).toBe(true);
    expect(widget.accept(accepted, [parts[0]!.part], q)).toEqual(expected);
  });

  it.each(cases)("%s has no parts in a value of another kind", (type) => {
    expect(widgets[type]!.parts(suggestion({ odd: true }))).toEqual([]);
  });

  it.each(cases)("%s shows a value in few words", (type, config, _value, expected) => {
    const { View } = widgets[type]!;
    const { container } = render(<View question={question(type, config)} value={expected} />);
    expect(container.textContent).not.toBe("");
  });
});

describe("key caps", () => {
  const q = question("choice", { labels: ["a", "b"] });
  const caps = (capOf: CapOf) => {
    const { container } = render(
      <KeyCaps value={capOf}>
        <Still question={q} />
      </KeyCaps>,
    );
    return [...container.querySelectorAll("kbd")].map((cap) => cap.textContent);
  };
  const Still = ({ question: of }: { question: Question }) => {
    const { Editor } = widgets[of.type]!;
    return (
      <Editor
        item={item} fields={[]} question={of} value={undefined} onChange={() => undefined} suggestions={none} rejected={empty} minScore={0} active readOnly={false}
        onReject={() => undefined} onActivate={() => undefined} setCommands={() => undefined} onComplete={() => undefined} onGuideline={() => undefined} seed="1"
      />
    );
  };

  it("show the keys that act: a person's own, or none", () => {
    expect(caps((id, key) => (id === "label.q.b" ? "Z" : key))).toEqual(["1", "Z"]);
    cleanup();
    expect(caps(() => null)).toEqual([]);
  });
});

describe("regions by the thousand", () => {
  it("are found in a value and accepted without comparing all with all", () => {
    const widget = widgets.boxes!;
    const list = Array.from({ length: 5000 }, (_, i) => ({ x: i, y: i, w: 5, h: 5, label: "a" }));
    const parts = widget.parts(suggestion(list));
    // Comparing all with all would not end within the time that a test has.
    const value = widget.accept(undefined, parts.map((p) => p.part), question("boxes", { labels: ["a"] })) as unknown[];
    expect(value).toHaveLength(5000);
    expect(parts.every((p) => widget.holds(value, p.part))).toBe(true);
    expect(widget.accept(value, parts.map((p) => p.part), question("boxes", { labels: ["a"] }))).toBe(value);
  });
});

describe("choice", () => {
  const q = question("choice", { labels: [{ value: "a", title: "Billing", key: "b" }, { value: "c", title: "Refund" }] });

  it("decides with one key and completes", () => {
    const { seen, press } = stage(q);
    press("b");
    expect([seen.value, seen.completed]).toEqual(["a", 1]);
  });

  it("costs one key to differ from a suggestion", () => {
    const { seen, press } = stage(question("choice", { labels: ["x", "y"] }), { suggestions: [suggestion("x", 0.9)] });
    expect(screen.getByRole("radio", { name: /x/ }).textContent).toContain(".90");
    press("2");
    expect([seen.value, seen.completed]).toEqual(["y", 1]);
  });

  it("does not show what is rejected or scored too low", () => {
    stage(question("choice", { labels: ["x", "y"] }), { suggestions: [suggestion("x", 0.3, 1), suggestion("y", 0.9, 2)], minScore: 0.5, rejected: new Set(["2"]) });
    expect(screen.queryByText(/suggested/)).toBeNull();
  });

  it("finds one label among thousands by typing", () => {
    const many = Array.from({ length: 5000 }, (_, i) => ({ value: `v${i}`, title: `Label ${i}` }));
    const { seen } = stage(question("choice", { labels: many }));
    const filter = screen.getByRole("textbox");
    fireEvent.change(filter, { target: { value: "4321" } });
    fireEvent.keyDown(filter, { key: "Enter" });
    expect(seen.value).toBe("v4321");
  });

  it("offers no commands without the keyboard or while reading only", () => {
    expect(stage(q, { active: false }).seen.commands).toEqual([]);
    cleanup();
    expect(stage(q, { readOnly: true }).seen.commands).toEqual([]);
  });

  it("takes its commands back when it goes", () => {
    const setCommands = vi.fn();
    stage(q, { setCommands });
    cleanup();
    expect(setCommands).toHaveBeenLastCalledWith([]);
  });
});

describe("choices", () => {
  const tree = { labels: [{ value: "animal" }, { value: "dog", parent: "animal" }, { value: "cat", parent: "animal" }, { value: "plant" }] };

  it("toggles by key, in the order of the list, and completes with Enter", () => {
    const { seen, press } = stage(question("choices", { labels: ["a", "b", "c"] }));
    press("3");
    press("1");
    expect(seen.value).toEqual(["a", "c"]);
    press("3");
    press("Enter");
    expect([seen.value, seen.completed]).toEqual([["a"], 1]);
    press("1");
    expect(seen.value).toBeUndefined();
  });

  it("refuses one more than the most, and Enter below the least", () => {
    const { seen, press } = stage(question("choices", { labels: ["a", "b", "c"], min: 2, max: 2 }));
    press("1");
    expect(() => press("Enter")).toThrow("No command");
    press("2");
    press("3");
    expect(seen.value).toEqual(["a", "b"]);
    expect(screen.getByRole("status").textContent).toContain("2 is the most");
  });

  it("opens the way to what is ticked and says its path", () => {
    stage(question("choices", tree), { value: ["dog"] });
    expect(screen.getByRole("checkbox", { name: /dog/ }).getAttribute("aria-checked")).toBe("true");
    expect(screen.getByLabelText("Chosen").textContent).toContain("animal › dog");
  });

  it("opens instead of ticking where only leaves count", () => {
    const { seen } = stage(question("choices", { ...tree, leaf_only: true }));
    expect(screen.queryByRole("checkbox", { name: /dog/ })).toBeNull();
    fireEvent.click(screen.getByRole("checkbox", { name: /animal/ }));
    fireEvent.click(screen.getByRole("checkbox", { name: /dog/ }));
    expect(seen.value).toEqual(["dog"]);
  });
});

describe("rating and text", () => {
  it("rates with digits, ten with 0", () => {
    const { seen, press } = stage(question("rating", { min: 1, max: 10 }));
    press("0");
    expect([seen.value, seen.completed]).toEqual([10, 1]);
  });

  it("takes proposed text only when told to", () => {
    const { seen } = stage(question("text", {}), { suggestions: [suggestion("proposed words")] });
    expect(seen.value).toBeUndefined();
    fireEvent.click(screen.getByRole("button", { name: "Use it" }));
    expect(seen.value).toBe("proposed words");
    expect(screen.queryByRole("button", { name: "Use it" })).toBeNull();
  });
});

describe("spans", () => {
  const q = question("spans", { labels: ["person", "place"] });
  const oslo = { id: "r1", start: 15, end: 19, label: "place" };

  it("steps, relabels and removes by key", () => {
    const { seen, press } = stage(q, { value: [{ start: 0, end: 5, label: "person" }, oslo] });
    press("J");
    press("J");
    expect(screen.getByRole("status").textContent).toContain("Oslo");
    press("1");
    expect(seen.value).toContainEqual({ ...oslo, label: "person" });
    press("Delete");
    expect(seen.value).toEqual([{ start: 0, end: 5, label: "person" }]);
  });

  it("accepts and rejects suggestions one by one, going on to the next", () => {
    const { seen, press } = stage(q, { suggestions: [suggestion([{ start: 0, end: 5, label: "person" }, { start: 15, end: 19, label: "place" }])] });
    press("J");
    press("A");
    expect(seen.value).toEqual([{ id: "7:0", start: 0, end: 5, label: "person" }]);
    expect(screen.getByRole("status").textContent).toContain("Oslo");
    press("R");
    expect(seen.rejected).toEqual(["7:1"]);
  });

  it("draws nothing of a suggestion that the value holds in a changed form", () => {
    stage(q, { value: [{ id: "7:0", start: 0, end: 11, label: "person" }], suggestions: [suggestion([{ start: 0, end: 5, label: "person" }])] });
    expect(document.querySelectorAll("mark")).toHaveLength(1);
  });

  it("draws every character once, however spans overlap", () => {
    stage(q, { value: [{ start: 0, end: 11, label: "person" }, { start: 6, end: 19, label: "place" }, { start: 20, end: 21, label: "place" }] });
    const runs = [...document.querySelectorAll("[data-o]")].map((run) => run.firstChild!.nodeValue).join("");
    expect(runs).toBe(item.data.text);
    expect(document.querySelector('mark[data-o="20"]')!.firstChild!.nodeValue).toBe("😀");
  });
});
