import { describe, expect, it } from "vitest";
import type { Question } from "../../../api/types";
import { paceLines } from "./pace";

const questions: Question[] = [{ name: "b", type: "choice", title: "Second?", config: {} }, { name: "a", type: "spans", config: {} }];
const line = (question: string, basis: string, median_seconds: number | null, median_keystrokes: number | null) => ({ question, basis, effort: { n: 3, median_seconds, median_keystrokes, waits: 0, median_waiting: null } });

describe("pace", () => {
  it("has a line per question and basis, in the order of the questions", () => {
    const lines = paceLines([line("a", "shown", 12.34, 7), line("b", "unassisted", 3.26, null), line("gone", "shown", 1, 1)], questions);
    expect(lines).toEqual([
      { title: "Second?", how: "alone", seconds: "3.3", keys: null, n: 3 },
      { title: "a", how: "with suggestion", seconds: "12", keys: "7", n: 3 },
    ]);
  });

  it("says nothing of blind items", () => expect(paceLines([line("a", "blind", 1, 1)], questions)).toEqual([]));
});
