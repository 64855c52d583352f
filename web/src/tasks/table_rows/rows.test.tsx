/** Rows of a table: what is suggested stands beside what is there, cells go by keys, and a spreadsheet's cells come in. */
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, describe, expect, it } from "vitest";
import { widgets, type Command } from "../index";
import { itemWith, questionOf, suggestionOf } from "../stage";
import { accepted, cellsIn, linesOf, moved, openRows, pasted, problemOf, rowParts, type Row } from "./rows";

afterEach(cleanup);

const TABLE = questionOf("table_rows", { columns: ["what", { name: "count", type: "number" }, { name: "amount", type: "amount", required: true }] });
const NAMES = ["what", "count", "amount"];
const row = (what: string, count: number, amount: number): Row => ({ what: { value: what }, count: { value: count }, amount: { value: amount } });
const [WINE, OIL, RICE] = [row("Wine", 1, 10), row("Oil", 2, 4), row("Rice", 1, 3)];
const none: ReadonlySet<string> = new Set();

const lines = (rows: Row[], offered: Row[]) => linesOf(rows, openRows([suggestionOf(offered)], none, 0), NAMES).map((line) => [line.at, line.offer?.part.at ?? null]);

describe("suggested rows", () => {
  it("stand where they belong among the rows that are there", () => {
    expect(lines([], [WINE, OIL])).toEqual([[null, 0], [null, 1]]);
    expect(lines([OIL], [WINE, OIL, RICE])).toEqual([[null, 0], [0, 1], [null, 2]]);
    expect(lines([{ what: { value: "oil " } }], [WINE, OIL])).toEqual([[null, 0], [0, 1]]);
    expect(lines([row("Oil", 2, 5)], [WINE, OIL])).toEqual([[null, 0], [0, 1]]);
    expect(lines(moved([WINE, OIL], 1, 0), [WINE, OIL])).toEqual([[0, 1], [1, 0]]);
    expect(lines([WINE, WINE], [WINE, WINE])).toEqual([[0, 0], [1, 1]]);
  });

  it("are accepted one by one in their order, equal ones as often as they come", () => {
    const parts = rowParts(suggestionOf([WINE, OIL, WINE])).map((one) => one.part);
    const widget = widgets.table_rows!;
    expect(widget.accept(undefined, [parts[1], parts[2], parts[0]], TABLE)).toEqual([WINE, OIL, WINE]);
    expect(widget.holds([WINE, OIL], parts[2])).toBe(false);
    expect(accepted([WINE, RICE], parts[1]!)).toEqual([WINE, OIL, RICE]);
  });

  it("are those of the best suggestion, without the rejected ones", () => {
    const [first, second] = [suggestionOf([WINE, OIL], 0.9, 1), suggestionOf([RICE], 0.5, 2)];
    expect(openRows([first, second], new Set(["1:0"]), 0).map((one) => one.key)).toEqual(["1:1"]);
    expect(openRows([first, second], new Set(["1"]), 0).map((one) => one.key)).toEqual(["2:0"]);
    expect(openRows([first, second], none, 0.95)).toEqual([]);
  });
});

describe("rows", () => {
  it("take the cells of a spreadsheet from a cell on", () => {
    expect(cellsIn('a\t"b ""c""\nd"\r\n\t3\r\n')).toEqual([["a", 'b "c"\nd'], ["", "3"]]);
    expect(cellsIn("one cell")).toBeNull();
    expect(pasted([WINE], 0, "count", [["3", "1.234,50", "beyond"], ["", "soon"]], TABLE)).toEqual([{ ...WINE, count: { value: 3 }, amount: { value: 1234.5 } }, { amount: { value: "soon" } }]);
  });

  it("say which cell keeps them from being sent; blank ones are not sent", () => {
    expect(problemOf(TABLE, [WINE, { what: { value: "x" } }])).toContain("Row 2, Amount: has no value yet");
    expect(problemOf(TABLE, [WINE, { amount: { value: "x" } }])).toBe("Row 2, Amount: “x” is no amount.");
    expect(problemOf(TABLE, [WINE, {}])).toBeNull();
    expect(widgets.table_rows!.seal?.([{}, WINE, { what: { value: null } }], { item: itemWith({}), question: TABLE, seed: "" })).toEqual([WINE]);
  });
});

function mount(value: Row[] | undefined, offered: Row[] = []) {
  const seen = { value: value as unknown, commands: [] as Command[], completed: 0, rejected: [] as string[] };
  const client = new QueryClient({ defaultOptions: { queries: { enabled: false } } });
  const { Editor } = widgets.table_rows!;
  const suggestions = [suggestionOf(offered)];
  function Holder() {
    const [now, set] = useState<unknown>(value);
    seen.value = now;
    return (
      <Editor
        item={itemWith({ paper: { media: 5, mime: "application/pdf", pages: 1 } })} fields={[{ name: "paper", kind: "document" }]} question={TABLE} suggestions={suggestions} rejected={none} minScore={0} active readOnly={false} seed="1"
        onReject={(keys) => seen.rejected.push(...[keys].flat())} onActivate={() => undefined} setCommands={(list) => (seen.commands = list)} onComplete={() => (seen.completed += 1)} onGuideline={() => undefined} value={now} onChange={set}
      />
    );
  }
  render(<MantineProvider env="test"><QueryClientProvider client={client}><Holder /></QueryClientProvider></MantineProvider>);
  return { seen, run: (key: string) => act(() => seen.commands.find((c) => c.keys.includes(key))!.run()) };
}

const cell = (line: number, name: string) => screen.getAllByRole("row")[line]!.querySelector(`[data-cell$=":${name}"]`)!;
const caret = () => document.activeElement as HTMLInputElement;
const type = (text: string) => fireEvent.change(caret(), { target: { value: text } });
const key = (name: string, more = {}) => fireEvent.keyDown(caret(), { key: name, ...more });

describe("the editor of rows", () => {
  it("is filled in cell by cell with the keyboard, and begins new rows by itself", () => {
    const { seen } = mount(undefined);
    fireEvent.mouseDown(cell(1, "what"));
    type("W");
    type("Wine");
    key("Tab");
    type("1");
    key("Enter");
    type("10,00");
    key("Enter");
    type("Oil");
    key("ArrowUp");
    expect(caret().value).toBe("Wine");
    key("ArrowDown");
    key("ArrowRight");
    expect(caret().getAttribute("aria-label")).toBe("Count, row 2");
    expect(seen.value).toEqual([row("Wine", 1, 10), { what: { value: "Oil" } }]);
  });

  it("takes what is suggested for a cell by Enter, and for a row by a key", () => {
    const { seen, run } = mount(undefined, [WINE, row("Wine", 1, 4)]);
    fireEvent.mouseDown(cell(2, "what"));
    key("Enter");
    expect(seen.value).toEqual([{ what: { value: "Wine" } }]);
    expect(screen.getAllByRole("row")).toHaveLength(4);
    key("Enter");
    expect(seen.value).toEqual([{ what: { value: "Wine" }, count: { value: 1 } }]);
    type("5");
    run("K");
    run("A");
    expect(seen.value).toEqual([WINE, row("Wine", 1, 5)]);
    run("R");
    expect(seen.rejected).toEqual(["7:0"]);
  });

  it("moves, adds and deletes rows around the caret", () => {
    const { seen, run } = mount([WINE, OIL]);
    fireEvent.mouseDown(cell(2, "count"));
    run("Alt+ArrowUp");
    expect(seen.value).toEqual([OIL, WINE]);
    run("Shift+Enter");
    type("Rice");
    expect(seen.value).toEqual([OIL, { what: { value: "Rice" } }, WINE]);
    run("Shift+Delete");
    expect(seen.value).toEqual([OIL, WINE]);
    fireEvent.paste(caret(), { clipboardData: { getData: () => "3\t7\n4\t8" } });
    expect(seen.value).toEqual([OIL, row("3", 7, 10), { what: { value: "4" }, count: { value: 8 } }]);
  });

  it("ends in the empty last row", () => {
    const { seen } = mount([WINE]);
    fireEvent.mouseDown(cell(2, "what"));
    key("Enter");
    expect(seen.completed).toBe(1);
  });
});
