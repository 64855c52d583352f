/** Rows from the words of a page: headings, gaps, continued lines, sums, and tables that say nothing about themselves. */
import { describe, expect, it } from "vitest";
import type { Word } from "../../lib/pages";
import { partsOf } from "../entries/entries";
import { questionOf } from "../stage";
import { rowsFromPage } from "./fromPage";

const BILL = questionOf("table_rows", { columns: ["description", { name: "quantity", type: "number" }, { name: "unit_price", type: "amount" }, { name: "amount", type: "amount" }] });
const WIDTH = 6;

/** Lines of [height, x, phrase, x, phrase, ...] as words of ten points, six points a letter. */
function page(...lines: (number | string)[][]): Word[] {
  return lines.flatMap(([y, ...rest], line) => rest.flatMap((phrase, i): Word[] => {
    if (typeof phrase !== "string") return [];
    let x = rest[i - 1] as number;
    return phrase.split(" ").map((text): Word => {
      const word: Word = [line, x, y as number, text.length * WIDTH, 10, text];
      x += (text.length + 0.8) * WIDTH;
      return word;
    });
  }));
}

const read = (words: Word[], question = BILL) => rowsFromPage(words, 2, question, partsOf(question)).map((row) => Object.fromEntries(Object.entries(row).map(([name, entry]) => [name, entry.value])));

describe("rows from a page", () => {
  it("follow the headings, in whatever order and language", () => {
    const words = page(
      [0, 10, "Pos.", 60, "Betrag", 140, "Menge", 220, "VK-Preis", 320, "Bezeichnung"],
      [20, 10, "1", 60, "8,40", 140, "2", 220, "4,20", 320, "Olive oil"],
      [40, 10, "2", 60, "3,10", 140, "1", 220, "3,10", 320, "Rice"],
    );
    expect(read(words)).toEqual([{ description: "Olive oil", quantity: 2, unit_price: 4.2, amount: 8.4 }, { description: "Rice", quantity: 1, unit_price: 3.1, amount: 3.1 }]);
  });

  it("keep words and places of each cell", () => {
    const [row] = rowsFromPage(page([0, 10, "Item", 200, "Amount"], [20, 10, "Olive oil", 200, "EUR 8,40"], [32, 10, "cold pressed"]), 2, BILL, partsOf(BILL));
    expect(row!.amount).toEqual({ value: 8.4, text: "EUR 8,40", places: [{ page: 2, x: 200, y: 20, w: 46.8, h: 10 }] });
    expect(row!.description!.value).toBe("Olive oil cold pressed");
    expect(row!.description!.places).toHaveLength(2);
  });

  it("leave out sums and what stands apart", () => {
    const words = page(
      [0, 10, "Item", 200, "Quantity", 300, "Price", 400, "Amount"],
      [20, 10, "Food"],
      [50, 10, "Olive oil", 200, "2", 300, "4.20", 400, "8.40"],
      [80, 10, "Delivered in glass"],
      [110, 10, "Rice", 200, "1", 300, "3.10", 400, "3.10"],
      [130, 300, "Subtotal", 400, "11.50"],
      [150, 10, "Total", 400, "11.50"],
    );
    expect(read(words).map((row) => row.description)).toEqual(["Olive oil", "Rice"]);
  });

  it("are told apart by their sums where nothing is written over them", () => {
    const words = page([0, 10, "Olive oil", 150, "4.20", 250, "2", 350, "8.40"], [20, 10, "Rice", 150, "3.10", 250, "3", 350, "9.30"], [40, 10, "Salt", 150, "0.90", 250, "5", 350, "4.50"]);
    expect(read(words)[1]).toEqual({ description: "Rice", quantity: 3, unit_price: 3.1, amount: 9.3 });
  });

  it("have only the cells that a line has", () => {
    const words = page([0, 10, "Item", 200, "Qty", 300, "Rate", 400, "Amount"], [20, 10, "Olive oil", 200, "2", 300, "4.20", 400, "8.40"], [40, 10, "Fee", 400, "1.00"]);
    expect(read(words)[1]).toEqual({ description: "Fee", amount: 1 });
  });

  it("need no numbers: the first column begins them", () => {
    const words = page([0, 10, "Name", 200, "Role"], [20, 10, "Ada", 200, "author"], [40, 10, "Grace", 200, "editor"]);
    expect(read(words, questionOf("table_rows", { columns: ["name", "role"] }))).toEqual([{ name: "Ada", role: "author" }, { name: "Grace", role: "editor" }]);
  });

  it("are none where there are no words", () => {
    expect(read([])).toEqual([]);
    expect(read(page([0, 10, "Thank you for your order"]))).toEqual([]);
  });
});
