import { describe, expect, it } from "vitest";
import type { StreamEvent } from "../../../api/stream";
import type { WorkItem } from "../../../api/types";
import { Assistant, type Wish } from "./assistant";
import type { Desk } from "./desk";
import { EMPTY_STACK } from "./undo";
import { TimeLog } from "./time-log";
import type { DeskState, Open } from "./state";
import { createStore } from "zustand/vanilla";
import { dueNow } from "./first-answers";
import type { Question } from "../../../api/types";

const open = (id: number, more: Partial<Open> = {}): Open => ({
  work: { item: { id }, suggestions: [], show: { mood: "shown" }, previous: null } as unknown as WorkItem,
  values: {}, rejected: new Set(), undo: EMPTY_STACK, active: "mood", revealed: new Set(), first: new Set(), accepted: {}, seen: {}, chosen: null, reopened: false, ...more,
}); // prettier-ignore

function bench(script: (signal: AbortSignal) => AsyncGenerator<StreamEvent>) {
  const store = createStore(() => ({ open: open(1) }) as unknown as DeskState);
  const desk = { store, getState: store.getState, setState: store.setState, onAccepted: () => undefined } as unknown as Desk;
  let clock = 0;
  const log = new TimeLog(() => (clock += 1000));
  log.open(1);
  const taken: number[] = [];
  const frames: (() => void)[] = [];
  const post = (_path: string, _body: unknown, signal: AbortSignal) => script(signal);
  const assistant = new Assistant(5, desk, log, (turn) => taken.push(turn), post, (flush) => frames.push(flush));
  return { store, desk, log, taken, frames, assistant };
}

async function* says(...events: [string, unknown][]): AsyncGenerator<StreamEvent> {
  for (const [name, data] of events) {
    await Promise.resolve();
    yield { name, data };
  }
}

const WISH: Wish = { kind: "draft", question: "mood" };

describe("Assistant", () => {
  it("gathers words and puts the proposal among the suggestions, with its exchange and what was shown", async () => {
    const { assistant, store, log, frames } = bench(() =>
      says(["text", { text: "Be" }], ["text", { text: "cause" }], ["proposal", { value: "good", reason: "r" }], ["done", { turn: 7 }]),
    );
    await assistant.ask(WISH);
    expect(frames).toHaveLength(1);
    expect(assistant.getState()).toMatchObject({ phase: "done", parts: [{ kind: "text", text: "Because" }], proposal: -7 });
    const now = store.getState().open as Open;
    expect(now.work.suggestions[0]).toMatchObject({ id: -7, question: "mood", value: "good", source: "assistant", score: null });
    expect(now.seen[-7]).toMatchObject({ id: -7, value: "good", kind: "draft" });
    expect(now.values).toEqual({});
    expect(log.take(1).map((e) => e.kind)).toEqual(["opened", "model_wait", "model_waited"]);
  });

  it("draws a frame at a time, however many pieces come", async () => {
    const many = Array.from({ length: 500 }, () => ["text", { text: "x" }] as [string, unknown]);
    const { assistant, frames } = bench(() => says(...many, ["done", { turn: 1 }]));
    let drawn = 0;
    assistant.store.subscribe((s, before) => {
      if (s.parts !== before.parts) drawn += 1;
    });
    await assistant.ask({ kind: "guide", question: "mood" });
    expect(frames).toHaveLength(1);
    expect(drawn).toBeLessThan(4);
    expect(assistant.getState().parts).toEqual([{ kind: "text", text: "x".repeat(500) }]);
  });

  it("stops: the request ends, what came stays, the wait is over, and it was seen", async () => {
    let aborted = false;
    const { assistant, store, log } = bench(async function* (signal) {
      yield { name: "text", data: { text: "One" } };
      await new Promise<void>((_, reject) => signal.addEventListener("abort", () => { aborted = true; reject(new DOMException("", "AbortError")); }));
    });
    const asking = assistant.ask({ kind: "guide", question: "mood" });
    await new Promise((done) => setTimeout(done, 5));
    assistant.stop();
    await asking;
    expect(aborted).toBe(true);
    expect(assistant.getState()).toMatchObject({ phase: "stopped", parts: [{ kind: "text", text: "One" }], error: null });
    expect(Object.values((store.getState().open as Open).seen)).toMatchObject([{ kind: "guide", value: null }]);
    expect(log.take(1).map((e) => e.kind)).toContain("model_waited");
  });

  it("belongs to one item: what comes after the next one is in hand changes nothing", async () => {
    let go = () => undefined as void;
    const { assistant, store } = bench(async function* () {
      await new Promise<void>((done) => (go = done));
      yield* says(["text", { text: "late" }], ["proposal", { value: "good" }], ["done", { turn: 3 }]);
    });
    const asking = assistant.ask(WISH);
    await Promise.resolve();
    store.setState({ open: open(2) });
    go();
    await asking;
    expect(assistant.getState()).toMatchObject({ phase: "idle", parts: [], proposal: 0 });
    expect((store.getState().open as Open).work.suggestions).toEqual([]);
  });

  it("says what went wrong, and what is not available", async () => {
    const broken = bench(() => says(["text", { text: "so" }], ["error", { message: "The line was cut." }], ["done", { turn: 2 }]));
    await broken.assistant.ask({ kind: "guide", question: "mood" });
    expect(broken.assistant.getState()).toMatchObject({ phase: "failed", error: "The line was cut." });
    const blind = bench(() => says(["json", { available: false, reason: "Not available for this item." }]));
    await blind.assistant.ask(WISH);
    expect(blind.assistant.getState()).toMatchObject({ phase: "unavailable", error: "Not available for this item.", proposal: 0 });
  });
});

describe("first answers", () => {
  const mood = { name: "mood", type: "choice", config: { labels: [{ value: "good" }] } } as unknown as Question;
  const why = { name: "why", type: "text", config: {} } as unknown as Question;
  const context = { questions: [mood, why], isEmpty: (_: Question, value: unknown) => value === undefined || value === "" };
  const show = { mood: "after_first_answer", why: "after_first_answer" } as const;
  const item = (more: Partial<Open>) => open(1, { work: { item: { id: 1 }, suggestions: [], show } as unknown as WorkItem, ...more });

  it("takes one decision at once, and words when the suggestions are asked for", () => {
    expect(dueNow(item({ values: {} }), context)).toEqual([]);
    expect(dueNow(item({ values: { mood: "good", why: "Bec" } }), context)).toEqual(["mood"]);
    expect(dueNow(item({ values: { mood: "good", why: "Because." }, revealed: new Set(["why"]) }), context)).toEqual(["mood", "why"]);
    expect(dueNow(item({ values: { mood: "good" }, first: new Set(["mood"]) }), context)).toEqual([]);
  });
});
