import { describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import { tableOf } from "../../media/table";
import { cellsOf, labelled, nextMarked } from "./marks";

const cases = JSON.parse(readFileSync("../tests/contracts/table_cases.json", "utf8")) as { value: unknown; columns: string[] | null; rows: number }[];

describe("tables", () => {
  it.each(cases)("are found as on the server: $value", ({ value, columns, rows }) => {
    const table = tableOf(value);
    expect(table?.columns ?? null).toEqual(columns);
    expect(table?.rows.length ?? 0).toBe(rows);
  });
});

describe("labels on cells", () => {
  const columns = ["a", "b"];
  const block = cellsOf({ from: { row: 1, column: 1 }, to: { row: 0, column: 0 } }, columns);

  it("go on all cells of a block, and off where all of them have it", () => {
    const some = labelled([], [{ row: 0, column: "a" }], "x", false);
    const all = labelled(some, block, "x", false);
    expect(all).toHaveLength(4);
    expect(labelled(all, block, "x", false)).toEqual([]);
  });

  it("give way to another one unless several may stand", () => {
    const x = labelled([], block, "x", false);
    expect(labelled(x, [{ row: 0, column: "a" }], "y", false).filter((mark) => mark.row === 0 && mark.column === "a")).toEqual([{ row: 0, column: "a", label: "y" }]);
    expect(labelled(x, [{ row: 0, column: "a" }], "y", true)).toHaveLength(5);
  });

  it("are stepped through in reading order, round and round", () => {
    const marks = [{ row: 2, column: "a" }, { row: 0, column: "b" }];
    expect(nextMarked(marks, columns, { row: 0, column: 0 }, 1)).toEqual({ row: 0, column: 1 });
    expect(nextMarked(marks, columns, { row: 2, column: 0 }, 1)).toEqual({ row: 0, column: 1 });
    expect(nextMarked(marks, columns, { row: 0, column: 1 }, -1)).toEqual({ row: 2, column: 0 });
  });
});
