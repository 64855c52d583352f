import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, setCsrf } from "../api/client";
import { browserDb } from "./browser-db";
import { isRefusal, leadingRun, Outbox, type NewEntry, type OutboxEntry } from "./outbox";
import { partingRuns } from "./outbox-wire";

const PROJECT = 7;
let user = 0;
let outbox: Outbox;
let sent: { path: string; body: unknown }[];
let reply: (path: string, body: never) => unknown;

function answer(item: number): NewEntry {
  const op_id = `op-${user}-${item}`;
  const body = { op_id, item_id: item };
  return { op_id, project: PROJECT, kind: "answer", item_id: item, method: "POST", path: "/projects/7/answers", body, title: `Answer ${item}` };
}

function skip(item: number): NewEntry {
  return { ...answer(item), op_id: `skip-${user}-${item}`, kind: "skip", path: "/projects/7/skip" };
}

/** Adds while the server is away, so that the entries wait together. */
async function addOffline(...entries: NewEntry[]): Promise<void> {
  const before = reply;
  reply = () => {
    throw new ApiError(0, "Offline", "gone");
  };
  for (const entry of entries) await outbox.add(entry);
  await outbox.flush();
  reply = before;
  sent.length = 0;
}

beforeEach(() => {
  user += 1;
  sent = [];
  reply = (_path, body: { submissions?: { op_id: string }[] }) =>
    body.submissions ? { results: body.submissions.map((s) => ({ op_id: s.op_id, ok: true })) } : { ok: true };
  outbox = new Outbox(user, {
    waits: [60_000],
    send: async (_method, path, body) => {
      sent.push({ path, body });
      return reply(path, body as never);
    },
  });
});

afterEach(() => outbox.close());

describe("Outbox", () => {
  it("has the entry on disk when add resolves, before the server heard of it", async () => {
    reply = () => new Promise(() => undefined);
    await outbox.add(answer(1));
    expect((await outbox.entries()).map((e) => e.item_id)).toEqual([1]);
    expect(outbox.status().queued).toBe(1);
  });

  it("forgets an entry only after the server took it", async () => {
    await outbox.add(answer(1));
    await outbox.flush();
    expect(await outbox.entries()).toEqual([]);
    expect(outbox.status()).toMatchObject({ queued: 0, parked: 0, online: true });
  });

  it("keeps everything while the server is away, and sends in order when it is back", async () => {
    await addOffline(answer(1), answer(2), skip(3), answer(4));
    expect(outbox.status()).toMatchObject({ queued: 4, online: false });
    await outbox.flush();
    expect(sent.map((s) => s.path)).toEqual(["/projects/7/answers/batch", "/projects/7/skip", "/projects/7/answers"]);
    expect(outbox.status()).toMatchObject({ queued: 0, online: true });
  });

  it("survives a closed tab: another outbox of the same user sends what was left", async () => {
    await addOffline(answer(1), answer(2));
    outbox.close();
    const seen: string[] = [];
    const next = new Outbox(user, {
      send: async (_m, path, body) => {
        seen.push(path);
        return { results: (body as { submissions: { op_id: string }[] }).submissions.map((s) => ({ op_id: s.op_id, ok: true })) };
      },
    });
    await next.flush();
    expect(seen).toEqual(["/projects/7/answers/batch"]);
    expect(await next.entries()).toEqual([]);
    next.close();
  });

  it("never sees the entries of another user", async () => {
    await addOffline(answer(1));
    const other = new Outbox(user + 1000, { send: async () => ({}) });
    expect(await other.entries()).toEqual([]);
    other.close();
  });

  it("parks what the server refuses, with its words, and goes on with the rest", async () => {
    reply = (_path, body: { item_id: number }) => {
      if (body.item_id === 1) throw new ApiError(422, "InvalidValue", "topic: no such label");
      return { ok: true };
    };
    await addOffline(skip(1), skip(2));
    await outbox.flush();
    const left = await outbox.entries();
    expect(left).toMatchObject([{ item_id: 1, state: "parked", error: "topic: no such label" }]);
    expect(outbox.status()).toMatchObject({ queued: 0, parked: 1 });
  });

  it("parks the refused ones of a batch only", async () => {
    reply = (_path, body: { submissions: { op_id: string; item_id: number }[] }) => ({
      results: body.submissions.map((s) => ({ op_id: s.op_id, ok: s.item_id !== 2, error: { code: "x", message: "no" } })),
    });
    await addOffline(answer(1), answer(2), answer(3));
    await outbox.flush();
    expect(await outbox.entries()).toMatchObject([{ item_id: 2, state: "parked", error: "no" }]);
  });

  it("sends a wholly refused batch one by one, so that one bad answer does not hold up the others", async () => {
    reply = (path, body: { item_id: number }) => {
      if (path.endsWith("batch")) throw new ApiError(422, "Invalid", "bad batch");
      if (body.item_id === 2) throw new ApiError(422, "Invalid", "bad answer");
      return { ok: true };
    };
    await addOffline(answer(1), answer(2), answer(3));
    await outbox.flush();
    expect(await outbox.entries()).toMatchObject([{ item_id: 2, error: "bad answer" }]);
  });

  it("waits for a new sign-in on 401 and loses nothing", async () => {
    reply = () => {
      throw new ApiError(401, "Unauthenticated", "sign in");
    };
    await outbox.add(answer(1));
    await outbox.flush();
    expect(outbox.status()).toMatchObject({ queued: 1, parked: 0, signedOut: true });
    reply = () => ({ ok: true });
    outbox.wake();
    await outbox.flush();
    expect(await outbox.entries()).toEqual([]);
  });

  it("takes back an unsent answer without telling the server", async () => {
    await addOffline(answer(1), answer(2));
    expect(await outbox.takeBack(2)).toBe(true);
    expect(await outbox.takeBack(2)).toBe(false);
    await outbox.flush();
    expect(sent).toHaveLength(1);
    expect(sent[0]?.body).toMatchObject({ item_id: 1 });
  });

  it("does not take back what is being sent at this moment", async () => {
    let release: () => void = () => undefined;
    reply = () => new Promise((resolve) => (release = () => resolve({ ok: true })));
    await outbox.add(answer(1));
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(await outbox.takeBack(1)).toBe(false);
    release();
    await outbox.flush();
    expect(await outbox.entries()).toEqual([]);
  });

  it("hands over what it has when the page goes, keeps it until there is a reply, and does not take it back behind the server's back", async () => {
    setCsrf("token");
    await addOffline(answer(1), answer(2), skip(3), skip(2));
    outbox.parting();
    expect(sent.map((s) => s.path)).toEqual(["/projects/7/answers/batch", "/projects/7/skip"]);
    expect(await outbox.entries()).toHaveLength(4);
    expect(await outbox.takeBack(1)).toBe(false);
    expect(await outbox.takeBack(2)).toBe(true);
    expect(await outbox.takeBack(2)).toBe(false);
  });

  it("hands over at once what was added in the same breath, before the disk has it", async () => {
    setCsrf("token");
    const added = outbox.add(answer(1));
    outbox.parting();
    expect(sent.map((s) => s.path)).toEqual(["/projects/7/answers"]);
    outbox.parting();
    expect(sent).toHaveLength(1);
    await added;
    await outbox.flush();
    expect(await outbox.entries()).toEqual([]);
  });

  it("hands over nothing that the server has, whoever sent it", async () => {
    setCsrf("token");
    await addOffline(answer(1), answer(2));
    const otherTab = new Outbox(user, { send: async () => ({ results: [] }) });
    await otherTab.flush();
    otherTab.close();
    await outbox.recount();
    outbox.parting();
    expect(sent).toEqual([]);
  });

  it("retries a parked entry and discards one on request", async () => {
    reply = () => {
      throw new ApiError(403, "Forbidden", "not yours");
    };
    await outbox.add(answer(1));
    await outbox.add(skip(2));
    await outbox.flush();
    const [first, second] = await outbox.entries();
    reply = () => ({ ok: true });
    await outbox.retry(first?.seq as number);
    await outbox.discard(second?.seq as number);
    expect(await outbox.entries()).toEqual([]);
    expect(outbox.status().parked).toBe(0);
  });

  it("sends what was added while it was sending", async () => {
    await Promise.all([outbox.add(answer(1)), outbox.add(answer(2)), outbox.add(skip(3)), outbox.add(answer(4))]);
    await outbox.flush();
    expect(await outbox.entries()).toEqual([]);
  });

  it("sends itself instead where the browser keeps nothing", async () => {
    const db = await import("./browser-db");
    vi.spyOn(db, "browserDb").mockRejectedValueOnce(new Error("denied"));
    await outbox.add(answer(1));
    expect(sent).toHaveLength(1);
    expect(await (await browserDb()).countFromIndex("outbox", "user", user)).toBe(0);
  });
});

describe("leadingRun", () => {
  const entry = (kind: OutboxEntry["kind"], project = 1) => ({ kind, project }) as OutboxEntry;
  it("gathers answers of one project and nothing else", () => {
    expect(leadingRun([entry("answer"), entry("answer"), entry("skip"), entry("answer")])).toHaveLength(2);
    expect(leadingRun([entry("answer"), entry("answer", 2)])).toHaveLength(1);
    expect(leadingRun([entry("skip"), entry("skip")])).toHaveLength(1);
    expect(leadingRun([])).toEqual([]);
  });
});

describe("partingRuns", () => {
  const entry = (item: number, kind: OutboxEntry["kind"] = "answer", body: object = { op_id: `op-${item}` }) =>
    ({ kind, project: 1, item_id: item, body }) as OutboxEntry;
  const items = (waiting: OutboxEntry[]) => partingRuns(waiting).map((run) => run.map((e) => e.item_id));

  it("sends side by side what concerns different items, and stops where the order matters", () => {
    expect(items([entry(1), entry(2), entry(3, "skip")])).toEqual([[1, 2], [3]]);
    expect(items([entry(1, "unsubmit"), entry(2), entry(1, "skip"), entry(4)])).toEqual([[1], [2]]);
  });
  it("leaves what is not safe to repeat to the next page, and all that stands behind it on the same item", () => {
    expect(items([entry(1, "note", { text: "a comment" }), entry(2), entry(1, "skip")])).toEqual([[2]]);
  });
  it("sends no more than a browser takes", () => {
    const long = "a".repeat(25_000);
    const big = (item: number) => entry(item, "skip", { op_id: `op-${item}`, reason: long });
    expect(items([big(1), big(2), big(3)])).toEqual([[1], [2]]);
  });
});

it("knows a refusal from trouble", () => {
  expect([400, 403, 404, 409, 413, 422].every(isRefusal)).toBe(true);
  expect([0, 200, 401, 408, 429, 500, 503].some(isRefusal)).toBe(false);
});
