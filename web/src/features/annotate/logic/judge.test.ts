import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createStore } from "zustand/vanilla";
import type { JudgeAdvice, LiveJudge, VerdictView, WorkItem } from "../../../api/types";
import type { Desk } from "./desk";
import { JudgeDesk, PAUSE } from "./judge";
import type { DeskState, Open } from "./state";
import { TimeLog } from "./time-log";
import { EMPTY_STACK } from "./undo";

const open = (id: number, values: Record<string, unknown> = { answer: "x" }): Open => ({
  work: { item: { id }, suggestions: [], show: {}, previous: null } as unknown as WorkItem,
  values, rejected: new Set(), undo: EMPTY_STACK, active: "answer", revealed: new Set(), first: new Set(), accepted: {}, seen: {}, chosen: null, reopened: false,
}); // prettier-ignore
const JUDGE: LiveJudge = { id: 3, name: "first", question: "answer", live: "asked", tested: false };
const verdict = (more: object = {}): VerdictView =>
  ({ id: 9, question: "answer", response: "none", verdict: { passed: false, scores: [], info: { proposal: "better" }, ...more } }) as unknown as VerdictView;

function bench(review: (signal: AbortSignal) => Promise<JudgeAdvice>, judge: LiveJudge = JUDGE) {
  const store = createStore(() => ({ open: open(1) }) as unknown as DeskState);
  const changes: unknown[] = [];
  const desk = { store, getState: store.getState, setState: store.setState, change: (...given: unknown[]) => changes.push(given) } as unknown as Desk;
  const log = new TimeLog();
  log.open(1);
  const asked: unknown[] = [];
  const told: string[] = [];
  const calls = {
    review: (_judge: LiveJudge, item: number, value: unknown, signal: AbortSignal) => {
      asked.push([item, value]);
      return review(signal);
    },
    respond: (_verdict: VerdictView, response: string) => Promise.resolve(told.push(response)),
  };
  const bench = new JudgeDesk(desk, log, calls, (_question, value) => !value);
  bench.configure([judge]);
  return { store, log, asked, told, changes, judge: bench };
}

const says = (view: VerdictView | null) => () => Promise.resolve({ available: view !== null, verdict: view });
const never = (signal: AbortSignal) =>
  new Promise<JudgeAdvice>((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));

describe("JudgeDesk", () => {
  it("shows advice, stores that it was seen, and logs the wait as a clock of its own", async () => {
    const { judge, store, log } = bench(says(verdict()));
    await judge.ask();
    expect(judge.getState()).toMatchObject({ phase: "done", value: "x" });
    expect(Object.values((store.getState().open as Open).seen)).toMatchObject([{ source: "first", kind: "judge", value: "better" }]);
    expect(log.take(1).map((e) => e.kind)).toEqual(["opened", "model_wait", "model_waited"]);
  });

  it("is dismissed or taken once, and taking changes the answer as one step", async () => {
    const { judge, told, changes } = bench(says(verdict()));
    await judge.ask();
    judge.take();
    judge.dismiss();
    expect(told).toEqual(["taken"]);
    expect(changes).toEqual([["answer", "better", { label: "Take the judge's proposal" }]]);
  });

  it("says nothing more about an item for which there is no advice", async () => {
    const { judge, store } = bench(says(null));
    await judge.ask();
    expect(judge.getState()).toMatchObject({ phase: "unavailable", verdict: null });
    expect((store.getState().open as Open).seen).toEqual({});
  });

  it("is stopped by key, and forgotten with the item", async () => {
    const { judge, store } = bench(never);
    const asking = judge.ask();
    judge.stop();
    await asking;
    expect(judge.getState().phase).toBe("stopped");
    const again = judge.ask();
    store.setState({ open: open(2) });
    await again;
    expect(judge.getState()).toMatchObject({ phase: "idle", verdict: null });
  });

  describe("at a pause", () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it("waits for the person to stop typing, and does not ask twice about the same answer", async () => {
      const { store, asked } = bench(says(verdict()), { ...JUDGE, live: "paused" });
      for (const answer of ["a", "ab", "abc"]) {
        store.setState({ open: open(1, { answer }) });
        await vi.advanceTimersByTimeAsync(PAUSE / 2);
      }
      await vi.advanceTimersByTimeAsync(PAUSE);
      expect(asked).toEqual([[1, "abc"]]);
      store.setState({ open: open(1, { answer: "abc" }) });
      await vi.advanceTimersByTimeAsync(PAUSE * 2);
      expect(asked).toHaveLength(1);
    });
  });
});
