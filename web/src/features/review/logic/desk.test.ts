import { beforeEach, describe, expect, it } from "vitest";
import type { ReviewCase } from "../../../api/types";
import type { NewEntry, OutboxEntry } from "../../../lib/outbox";
import { ReviewDesk } from "./desk";

function aCase(id: number): ReviewCase {
  const answer = (n: number, value: string) => ({ id: id * 10 + n, value, author: null, mine: false, assisted: false, returnable: true, created_at: 0, different: null });
  return {
    id, kind: "conflict", question: "q", item: { id: id * 100, project_id: 1, ord: id, key: null, data: {}, meta: {}, status: "done", flagged: false, readings: {} },
    answers: [answer(1, "a"), answer(2, "b")], together: { value: "a", certainty: 0.5, by: "merge", soft: null, same_as: null }, agreement: 0, detail: {}, purpose: "settle", odds: null,
    reason: "", gold: null, comments: [],
  }; // prettier-ignore
}

let told: NewEntry[];
let pile: ReviewCase[];
let asked: { n: number; have: readonly number[] }[];
let desk: ReviewDesk;

beforeEach(async () => {
  [told, asked, pile] = [[], [], [1, 2, 3, 4, 5, 6].map(aCase)];
  desk = new ReviewDesk({
    project: 1,
    add: (entry) => Promise.resolve((told.push(entry), entry as OutboxEntry)),
    prefetch: () => Promise.resolve(),
    api: { queue: (n, have) => (asked.push({ n, have }), Promise.resolve(pile.filter((c) => !have.includes(c.id)).slice(0, n - have.length))) },
  });
  await desk.fill();
});

const bodies = () => told.map((entry) => entry.body as Record<string, unknown>);
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("the reviewer's desk", () => {
  it("holds a few cases ahead and shows the next one at once", () => {
    expect(desk.store.getState().cases.map((c) => c.id)).toEqual([1, 2, 3, 4]);
    desk.accept(11);
    expect(desk.current?.id).toBe(2);
    expect(bodies()[0]).toMatchObject({ case: 1, decision: "accept", annotation: 11 });
    expect(told[0]).toMatchObject({ kind: "review", path: "/projects/1/review/decisions" });
  });

  it("asks for no case again that was just decided, though the server may not know yet", async () => {
    desk.accept(11);
    await settled();
    expect(asked.at(-1)?.have).toContain(1);
    expect(desk.store.getState().cases.map((c) => c.id)).toEqual([2, 3, 4, 5]);
  });

  it("chooses among answers and what they come to together, around the ends", () => {
    const seen = [1, 1, 1, 1].map((by) => (desk.step(by as 1), desk.store.getState().chosen));
    expect(seen).toEqual([11, 12, "together", 11]);
    desk.step(-1);
    desk.acceptChosen();
    expect(bodies()[0]).toMatchObject({ decision: "fix", value: "a" });
  });

  it("accepts nothing where nothing is chosen", () => {
    desk.acceptChosen();
    expect(told).toEqual([]);
  });

  it("corrects the chosen answer, sends back with a reason, and passes over", () => {
    desk.choose(12);
    desk.beginFix();
    expect(desk.store.getState().draft).toEqual({ value: "b" });
    desk.change("c");
    desk.saveFix("c");
    desk.sendBack(22, "look again");
    desk.skip();
    expect(bodies().map((b) => [b.case, b.decision, b.value ?? b.reason])).toEqual([[1, "fix", "c"], [2, "return", "look again"], [3, "skip", undefined]]);
    expect(desk.store.getState().draft).toBeNull();
  });

  it("takes decisions back, the last one first, and tells the server after the decision", () => {
    desk.accept(11);
    desk.skip();
    desk.undo();
    desk.undo();
    desk.undo();
    expect(desk.store.getState().cases.slice(0, 3).map((c) => c.id)).toEqual([1, 2, 3]);
    expect(told.map((entry) => [entry.path.split("/").at(-1), (entry.body as { case: number }).case])).toEqual([["decisions", 1], ["decisions", 2], ["undo", 2], ["undo", 1]]);
  });

  it("says so when nothing is left", async () => {
    for (let n = 0; n < 6; n++) {
      desk.skip();
      await settled();
    }
    expect(desk.store.getState().phase).toBe("empty");
  });
});
