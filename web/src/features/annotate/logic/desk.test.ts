import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import type { Question, Submission, WorkItem } from "../../../api/types";
import { ApiError } from "../../../api/client";
import { saveDraft } from "../../../lib/drafts";
import { Outbox } from "../../../lib/outbox";
import type { TaskWidget } from "../../../tasks/types";
import { Desk } from "./desk";
import { DraftKeeper } from "./draft-keeper";
import type { Context } from "./submission";
import { Supply } from "./supply";
import { TimeLog } from "./time-log";

const choice = {
  place: "form", parts: (s: { id: number; score: number; value: string }) => [{ key: String(s.id), score: s.score, title: s.value, part: s.value }],
  accept: (_v: unknown, [part]: readonly unknown[]) => part, holds: (v: unknown, part: unknown) => v === part, isEmpty: (v: unknown) => v === undefined,
} as unknown as TaskWidget; // prettier-ignore
const topic: Question = { name: "topic", type: "choice", config: { labels: ["a", "b"] } };
const tone: Question = { name: "tone", type: "choice", config: { labels: ["x", "y"] } };

let user = 500;
let sent: { path: string; body: Record<string, unknown> }[];
let online: boolean;
let pile: WorkItem[];
let asked: { n: number; have: readonly number[] }[];
let desk: Desk;
let log: TimeLog;
let outbox: Outbox;
let supply: Supply;

function work(id: number): WorkItem {
  return {
    item: { id, project_id: 1, ord: id, key: null, data: { text: `text ${id}` }, meta: {}, status: "new", flagged: false, readings: {} },
    assignment: { id: id + 100, until: 0, purpose: "", odds: null }, show: { topic: "shown" }, draft: null, previous: null, comments: [], returned: null,
    suggestions: [{ id: id * 10, item_id: id, question: "topic", value: "b", score: 0.9, reason: null, source: "m", version: 2, run_id: 1 }],
  }; // prettier-ignore
}

function start(questions: Question[] = [topic], instant = false): void {
  const context: Context = {
    project: 1, user: 1, questions, schemaVersion: 3, widgets: { choice }, isEmpty: (_q, v) => v === undefined, nothing: () => undefined,
  }; // prettier-ignore
  outbox = new Outbox(user, {
    waits: [60_000],
    send: async (_m, path, body) => {
      if (!online) throw new ApiError(0, "Offline", "gone");
      const bodies = (body as { submissions?: Record<string, unknown>[] }).submissions ?? [body as Record<string, unknown>];
      for (const one of bodies) sent.push({ path, body: one });
      return { results: bodies.map((b) => ({ op_id: b.op_id as string, ok: true })) };
    },
  });
  const drafts = new DraftKeeper(user, 1, { saveDraft: async () => null, dropDraft: async () => null });
  const api = {
    queue: async (n: number, have: readonly number[]) => {
      if (!online) throw new ApiError(0, "Offline", "gone");
      asked.push({ n, have });
      return pile.splice(0, n - have.length);
    },
    heartbeat: async () => ({ until: 0 }),
    open: async (id: number) => ({ ...work(id), previous: { topic: "a" } }),
  };
  log = new TimeLog();
  desk = new Desk({ context, instantSubmit: instant, outbox, drafts, log, api });
  supply = new Supply(desk, { api, drafts, outbox, prefetch: async () => undefined, held: false });
  desk.onNeed = () => void supply.fill();
}

const open = () => desk.getState().open;
const id = () => open()?.work.item.id;
const rows = () => {
  const suggestion = open()!.work.suggestions[0]!;
  return [{ key: String(suggestion.id), question: topic, suggestion, part: { key: String(suggestion.id), score: 0.9, title: "b", part: "b" }, state: "pending", confident: true, decided: false } as const];
};

beforeEach(() => {
  user += 1;
  sent = [];
  asked = [];
  online = true;
  pile = Array.from({ length: 20 }, (_, i) => work(i + 1));
  start();
});

describe("Desk", () => {
  it("opens the first item and keeps five ready behind it", async () => {
    await supply.ask();
    supply.start();
    await supply.fill();
    expect(id()).toBe(1);
    expect(desk.getState().queue.map((w) => w.item.id)).toEqual([2, 3, 4, 5, 6]);
    supply.stop();
  });

  describe("at work", () => {
    beforeEach(async () => {
      supply.start();
      await supply.fill();
      return () => supply.stop();
    });

    it("submits: on disk first, then the next item, then the server", async () => {
      online = false;
      desk.change("topic", "a");
      await desk.submit();
      expect(id()).toBe(2);
      expect((await outbox.entries()).map((e) => e.item_id)).toEqual([1]);
      online = true;
      await outbox.flush();
      expect(sent).toHaveLength(1);
      expect(sent[0]?.body).toMatchObject({ item_id: 1, assignment_id: 101, values: { topic: "a" }, schema_version: 3, accepted: { topic: null } });
      expect((sent[0]?.body as unknown as Submission).events.map((e) => e.kind)).toEqual(expect.arrayContaining(["opened", "submitted"]));
    });

    it("refuses to submit without a required answer and says which", async () => {
      await desk.submit();
      expect(id()).toBe(1);
      expect(desk.getState().notice).toContain("topic");
      expect(await outbox.entries()).toEqual([]);
    });

    it("takes one submit for one item, however often it is pressed", async () => {
      desk.change("topic", "a");
      await Promise.all([desk.submit(), desk.submit(), desk.submit()]);
      await outbox.flush();
      expect(sent.map((s) => s.body.item_id)).toEqual([1]);
      expect(id()).toBe(2);
    });

    it("says which suggestions were shown and accepted", async () => {
      desk.saw(rows());
      desk.accept(rows());
      await desk.submit();
      await outbox.flush();
      expect(sent[0]?.body).toMatchObject({ accepted: { topic: 10 }, shown: { topic: [{ id: 10, value: "b", score: 0.9, source: "m", version: 2 }] } });
    });

    it("does not call accepted what was changed afterwards", async () => {
      desk.accept(rows());
      desk.change("topic", "a");
      await desk.submit();
      await outbox.flush();
      expect(sent[0]?.body).toMatchObject({ accepted: { topic: null }, values: { topic: "a" } });
    });

    it("goes back across a submit that has not left yet, without the server hearing of it; redo submits again", async () => {
      online = false;
      desk.change("topic", "a");
      await desk.submit();
      await outbox.flush();
      await desk.undo();
      expect(id()).toBe(1);
      expect(open()?.values).toEqual({ topic: "a" });
      expect(desk.getState().queue[0]?.item.id).toBe(2);
      expect(await outbox.entries()).toEqual([]);
      await desk.redo();
      expect(id()).toBe(2);
      online = true;
      await outbox.flush();
      expect(sent.map((s) => s.body.item_id)).toEqual([1]);
    });

    it("asks the server to take back what it has already, in order with the new answer", async () => {
      desk.change("topic", "a");
      await desk.submit();
      await outbox.flush();
      await desk.undo();
      await desk.undo();
      desk.change("topic", "b");
      await desk.submit();
      await outbox.flush();
      expect(sent.map((s) => s.path.split("/").at(-1))).toEqual(["answers", "unsubmit", "answers"]);
      expect(sent.at(-1)?.body.values).toEqual({ topic: "b" });
    });

    it("undoes within the item first, then goes to the item before; what was begun on the next one stays", async () => {
      desk.change("topic", "a");
      await desk.submit();
      desk.change("topic", "b");
      await desk.undo();
      expect(id()).toBe(2);
      expect(open()?.values).toEqual({});
      await desk.redo();
      await desk.undo();
      await desk.undo();
      expect(id()).toBe(1);
      await desk.submit();
      expect(id()).toBe(2);
      await desk.redo();
      expect(open()?.values).toEqual({ topic: "b" });
    });

    it("takes a skip back", async () => {
      await desk.skip("not sure");
      expect(id()).toBe(2);
      await desk.undo();
      expect(id()).toBe(1);
    });

    it("never asks again for items whose answer is still on its way", async () => {
      online = false;
      desk.change("topic", "a");
      await desk.submit();
      online = true;
      asked.length = 0;
      await supply.ask();
      expect(asked[0]?.have).toContain(1);
      expect(desk.getState().queue).toHaveLength(5);
    });

    it("says when nothing is left, after the last item", async () => {
      pile.length = 0;
      for (let i = 0; i < 6; i++) {
        desk.change("topic", "a");
        await desk.submit();
      }
      await supply.fill();
      await supply.fill();
      expect(desk.getState()).toMatchObject({ phase: "empty", open: null, finished: 6 });
      await desk.undo();
      expect(desk.getState()).toMatchObject({ phase: "working", finished: 5 });
      expect(id()).toBe(6);
    });

    it("opens an answered item with its answer and replaces it", async () => {
      await desk.openById(42);
      expect(open()).toMatchObject({ values: { topic: "a" }, reopened: true });
      expect(desk.getState().queue[0]?.item.id).toBe(1);
      desk.change("topic", "b");
      await desk.submit();
      await outbox.flush();
      expect(sent.at(-1)?.body).toMatchObject({ item_id: 42, reopen: true, values: { topic: "b" } });
      expect(desk.getState().finished).toBe(0);
    });

    it("undoes an effect beyond the item as one step", async () => {
      const calls: string[] = [];
      desk.recordEffect("bulk", { undo: () => calls.push("undo"), redo: () => calls.push("redo") });
      await desk.undo();
      await desk.redo();
      expect(calls).toEqual(["undo", "redo"]);
      expect(id()).toBe(1);
    });
  });

  it("goes on to the next question, and submits a single decision at once where the project says so", async () => {
    start([topic], true);
    supply.start();
    await supply.fill();
    desk.change("topic", "a");
    desk.complete("topic");
    await expect.poll(id).toBe(2);
    desk.accept(rows());
    await expect.poll(id).toBe(3);
    supply.stop();
    start([topic, tone], true);
    supply.start();
    await supply.fill();
    desk.change("topic", "a");
    desk.complete("topic");
    expect(open()?.active).toBe("tone");
    supply.stop();
  });

  it("goes on when another tab finished the item, and keeps what was begun here", async () => {
    supply.start();
    await supply.fill();
    desk.finishedElsewhere(2);
    expect(desk.getState().queue.map((w) => w.item.id)).not.toContain(2);
    desk.change("topic", "a");
    desk.finishedElsewhere(1);
    expect(id()).toBe(3);
    expect(desk.getState().notice).toContain("kept");
    expect(sent).toEqual([]);
    await desk.openById(1);
    expect(open()).toMatchObject({ reopened: true, values: { topic: "a" } });
    supply.stop();
  });

  it("counts keys, and presses of the pointer that changed something", async () => {
    supply.start();
    await supply.fill();
    const press = (kind: "keys" | "clicks") => log.input(kind);
    press("keys");
    press("clicks");
    press("clicks");
    desk.change("topic", "a", { merge: "drag" });
    desk.change("topic", "b", { merge: "drag" });
    press("keys");
    await desk.submit();
    await outbox.flush();
    expect(sent.at(-1)?.body).toMatchObject({ keystrokes: 3 });
    supply.stop();
  });

  it("brings back what was begun in a tab that was closed", async () => {
    await saveDraft({ user, project: 1, item_id: 1, values: { topic: "b" }, at: 1 });
    supply.start();
    await supply.fill();
    expect(open()?.values).toEqual({ topic: "b" });
    supply.stop();
  });

  it("says what is wrong when the first items cannot be had, and recovers", async () => {
    online = false;
    supply.start();
    await supply.fill();
    expect(desk.getState().phase).toBe("failed");
    online = true;
    await supply.ask();
    expect(desk.getState().phase).toBe("working");
    supply.stop();
  });
});
