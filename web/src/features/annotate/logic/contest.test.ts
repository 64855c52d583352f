import { describe, expect, it, vi } from "vitest";
import { createStore } from "zustand/vanilla";
import { ApiError } from "../../../api/client";
import type { CandidatesView, Question, WorkItem } from "../../../api/types";
import { Contest } from "./contest";
import type { DeskState } from "./state";
import { TimeLog } from "./time-log";

const LIVE = { models: [{ connection: "ada" }, { connection: "bob" }], prompt: "{{text}}", system: "", max_tokens: 10, draw: 2, follow_ups: 0 };
const question = (live: object = {}): Question => ({ name: "better", type: "pairwise", field: "answers", config: { live: { ...LIVE, ...live } } });
const work = (id: number, data: Record<string, unknown> = {}) => ({ item: { id, data: { text: "t", ...data } } }) as unknown as WorkItem;
const view = (more: Partial<CandidatesView>): CandidatesView => ({
  state: "ready", field: "answers", entries: [{ text: "x" }, { text: "y" }], turns: 1, follow_ups: 0, message: "", detail: "", place: null, ...more,
}); // prettier-ignore

function bench(answers: (CandidatesView | Error)[], live: object = {}, open = work(1), queue = [work(2), work(3), work(4)]) {
  const store = createStore(() => ({ open: { work: open }, queue }) as unknown as DeskState);
  const desk = { store, getState: store.getState, setState: (part: Partial<DeskState>) => store.setState(part) };
  let now = 0;
  const log = new TimeLog(() => (now += 1000));
  log.open(open.item.id);
  const asked: number[] = [];
  const give = async (item: number) => {
    asked.push(item);
    await Promise.resolve();
    const next = answers.length > 1 ? answers.shift() : answers[0];
    if (next instanceof Error) throw next;
    return next as CandidatesView;
  };
  const followUp = vi.fn((item: number, _name: string, _text: string) => give(item));
  const only = question(live);
  const contest = new Contest(desk, log, { candidates: (item) => give(item), followUp }, () => [only]);
  return { contest, desk, asked, log, followUp, question: only };
}

const settled = async () => {
  for (let i = 0; i < 30; i += 1) await Promise.resolve();
};
const kinds = (log: TimeLog, item: number) => log.take(item).map((event) => event.kind);

describe("answers of models", () => {
  it("are asked for once, for the item in hand and the next two, and put into the items", async () => {
    const { contest, desk, asked, log } = bench([view({})]);
    const stop = contest.start();
    await settled();
    expect(asked).toEqual([1, 2, 3]);
    expect(desk.getState().open?.work.item.data.answers).toHaveLength(2);
    expect(desk.getState().queue.map((w) => "answers" in w.item.data)).toEqual([true, true, false]);
    expect(kinds(log, 1)).toEqual(["opened", "model_wait", "model_waited"]);
    stop();
  });
  it("that came with the data are not asked for", async () => {
    const { contest, asked } = bench([view({})], {}, work(1, { answers: [{ text: "mine" }] }), []);
    contest.start();
    await settled();
    expect(asked).toEqual([]);
  });
  it("are waited for as long as the models write", async () => {
    const { contest, asked } = bench([view({ state: "making", entries: [] }), view({ state: "making", entries: [] }), view({})], {}, work(1), []);
    contest.start();
    await settled();
    expect(asked).toEqual([1, 1, 1]);
    expect(contest.round(1, "better")?.phase).toBe("ready");
  });
  it("are not asked for again by themselves after a failure", async () => {
    const { contest, desk, asked, question: only } = bench([view({ state: "failed", entries: [], message: "One did not answer." }), view({})], {}, work(1), []);
    contest.start();
    await settled();
    desk.setState({ queue: [] });
    await settled();
    expect(asked).toEqual([1]);
    expect(contest.round(1, "better")).toMatchObject({ phase: "failed", message: "One did not answer." });
    contest.retry(1, only);
    await settled();
    expect(contest.round(1, "better")?.phase).toBe("ready");
  });
  it("say what the server refused", async () => {
    const { contest } = bench([new ApiError(403, "Forbidden", "Open the item first.", null)], {}, work(1), []);
    contest.start();
    await settled();
    expect(contest.round(1, "better")).toMatchObject({ phase: "failed", message: "Open the item first." });
  });
});

describe("writing on", () => {
  it("gives all of the conversation, and says what is left", async () => {
    const longer = [{ messages: [] }, { messages: [] }];
    const { contest, desk, question: only, followUp } = bench([view({ follow_ups: 2 }), view({ entries: longer, turns: 2, follow_ups: 1 })], { follow_ups: 2 }, work(1), []);
    contest.start();
    await settled();
    expect(await contest.writeOn(1, only, "Why?")).toBeNull();
    expect(followUp).toHaveBeenCalledWith(1, "better", "Why?");
    expect(desk.getState().open?.work.item.data.answers).toEqual(longer);
    expect(contest.round(1, "better")).toMatchObject({ turns: 2, followUps: 1 });
  });
  it("tells a refusal and keeps what stands", async () => {
    const { contest, question: only } = bench([view({ follow_ups: 1 }), new ApiError(409, "Conflict", "Somebody has this item in hand.", null)], { follow_ups: 1 }, work(1), []);
    contest.start();
    await settled();
    expect(await contest.writeOn(1, only, "Why?")).toBe("Somebody has this item in hand.");
    expect(contest.round(1, "better")).toMatchObject({ phase: "ready", followUps: 1 });
  });
});
