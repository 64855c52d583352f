import { expect, it } from "vitest";
import { everything, extended, isSelected, NOTHING, selectionSize, toggled } from "./selection";

it("adds and takes away single items", () => {
  const one = toggled(NOTHING, 7);
  expect([isSelected(one, 7), isSelected(one, 8), selectionSize(one)]).toEqual([true, false, 1]);
  expect(selectionSize(toggled(one, 7))).toBe(0);
  expect(selectionSize(NOTHING)).toBe(0);
});

it("selects all but a few without listing them", () => {
  const all = toggled(everything(1_000_000), 5);
  expect([isSelected(all, 5), isSelected(all, 6), selectionSize(all)]).toEqual([false, true, 999_999]);
  expect(selectionSize(extended(all, [4, 5, 6]))).toBe(1_000_000);
});

it("extends by a run", () => {
  expect(selectionSize(extended(toggled(NOTHING, 1), [1, 2, 3]))).toBe(3);
});
