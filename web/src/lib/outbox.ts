/**
 * The durable outbox: whatever a person did is written to the browser's database first and told to the server after.
 *
 * Entries leave in order. The server is idempotent on `op_id`, so an entry may be sent twice without harm. Lost network and
 * server trouble mean waiting and trying again; a refusal (the server answered, and said no) parks the entry with the
 * server's words until its user reopens or discards it. One tab of the browser sends at a time (Web Locks); the others hear
 * of it (BroadcastChannel).
 *
 * A page that goes away has no time to ask the disk or to wait for a reply: it hands the server what it has in memory, in
 * requests that outlive it.
 */

import { ApiError, getCsrf, request } from "../api/client";
import { browserDb, type OutboxEntry } from "./browser-db";
import { exclusively } from "./exclusive";
import { batchBody, isAway, isRefusal, leadingRun, newOpId, partingRuns, refusalsOf, type BatchReply } from "./outbox-wire";

export type { OutboxEntry, OutboxKind } from "./browser-db";
export { isRefusal, leadingRun, newOpId } from "./outbox-wire";

export interface OutboxStatus {
  queued: number;
  parked: number;
  /** false: the last attempt did not reach the server. */
  online: boolean;
  /** true: the server wants a new sign-in before it takes anything. */
  signedOut: boolean;
}

export type NewEntry = Omit<OutboxEntry, "seq" | "user" | "state" | "error" | "at" | "op_id"> & { op_id?: string };

/** Sends one request; rejects with ApiError. */
export type Send = (method: string, path: string, body: unknown, keepalive?: boolean) => Promise<unknown>;

interface Options {
  send?: Send;
  /** Waiting times in milliseconds between attempts; the last one repeats. */
  waits?: readonly number[];
}

const WAITS = [1000, 2000, 4000, 8000, 15000] as const;
const IDLE: OutboxStatus = { queued: 0, parked: 0, online: true, signedOut: false };

export class Outbox {
  private current: OutboxStatus = IDLE;
  private readonly listeners = new Set<() => void>();
  private readonly send: Send;
  private readonly waits: readonly number[];
  private readonly channel: BroadcastChannel | null;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private running: Promise<void> | null = null;
  private again = false;
  private readonly awaited = new Map<string, { resolve(reply: unknown): void; reject(error: Error): void }>();
  /** What this page added and the server has not taken yet, in memory; in the order of adding. */
  private readonly mine = new Map<string, OutboxEntry>();
  /** Sent without waiting for the reply, so that the server may have them; true while the request is under way. */
  private readonly handedOver = new Map<string, boolean>();
  private closed = false;

  constructor(
    readonly user: number,
    options: Options = {},
  ) {
    this.send = options.send ?? ((method, path, body, keepalive) => request(method, path, { body, keepalive }));
    this.waits = options.waits ?? WAITS;
    this.channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(`milo-outbox-${user}`);
    this.channel?.addEventListener("message", () => void this.recount());
  }

  status = (): OutboxStatus => this.current;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /**
   * Resolves once the entry is on disk; sending goes on by itself. Where the browser forbids storage, resolves once the
   * server has it, and rejects if it does not take it.
   */
  async add(entry: NewEntry): Promise<OutboxEntry> {
    const full: OutboxEntry = { op_id: newOpId(), ...entry, user: this.user, at: Date.now(), state: "queued" };
    this.mine.set(full.op_id, full);
    const db = await browserDb().catch(() => null);
    if (db === null) {
      await this.sendRun([full]).finally(() => this.mine.delete(full.op_id));
      return full;
    }
    full.seq = await db.add("outbox", full).catch((error: unknown) => {
      this.mine.delete(full.op_id);
      throw error;
    });
    this.publish({ queued: this.current.queued + 1 });
    void this.flush();
    return full;
  }

  /** Like `add`, but resolves with the server's reply once there is one; rejects if the server refuses it. */
  async deliver(entry: NewEntry): Promise<unknown> {
    const op_id = entry.op_id ?? newOpId();
    const reply = new Promise((resolve, reject) => this.awaited.set(op_id, { resolve, reject }));
    await this.add({ ...entry, op_id });
    return reply;
  }

  /**
   * Takes back what is still here about an item (its answer or skip), so that the server never hears of it. False if
   * there is nothing left to take back, or if it is being sent at this moment: then the server has to be told.
   */
  async takeBack(itemId: number): Promise<boolean> {
    const done = await exclusively(this.lockName, async () => {
      const mine = (await this.entries()).filter((e) => e.item_id === itemId && (e.kind === "answer" || e.kind === "skip"));
      const last = mine.at(-1);
      if (last?.seq === undefined || this.handedOver.has(last.op_id)) return false;
      await this.remove(last);
      return true;
    });
    await this.recount();
    return done ?? false;
  }

  async entries(): Promise<OutboxEntry[]> {
    return (await browserDb()).getAllFromIndex("outbox", "user", this.user);
  }

  async discard(seq: number): Promise<void> {
    await (await browserDb()).delete("outbox", seq);
    await this.recount();
  }

  /** Queues a parked entry again, in its old place. */
  async retry(seq: number): Promise<void> {
    const db = await browserDb();
    const entry = await db.get("outbox", seq);
    if (entry) await db.put("outbox", { ...entry, state: "queued", error: undefined });
    await this.recount();
    await this.flush();
  }

  /** Sends what waits. Resolves when nothing more can be sent now. */
  flush(): Promise<void> {
    this.again = true;
    this.running ??= this.drainAll().finally(() => (this.running = null));
    return this.running;
  }

  /** Tries at once instead of at the next planned time: the network is back, or the user signed in again. */
  wake = (): void => {
    this.failures = 0;
    this.publish({ signedOut: false });
    void this.flush();
  };

  /** The page is being hidden or closed: hands the server what fits, at once and without waiting for its reply. */
  parting(): void {
    if (getCsrf() === null) return;
    const waiting = [...this.mine.values()].filter((e) => this.handedOver.get(e.op_id) !== true);
    for (const run of partingRuns(waiting)) {
      for (const entry of run) this.handedOver.set(entry.op_id, true);
      const over = () => run.forEach((entry) => this.handedOver.set(entry.op_id, false));
      this.sendRun(run, true).then(over, over);
    }
  }

  async recount(): Promise<void> {
    const entries = await this.entries();
    const waiting = new Set(entries.filter((e) => e.state === "queued").map((e) => e.seq));
    for (const { seq, op_id } of this.mine.values()) if (seq !== undefined && !waiting.has(seq)) this.mine.delete(op_id);
    const parked = entries.filter((e) => e.state === "parked").length;
    this.publish({ queued: entries.length - parked, parked }, false);
  }

  close(): void {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    this.channel?.close();
    this.listeners.clear();
  }

  private get lockName(): string {
    return `milo-outbox-${this.user}`;
  }

  private async drainAll(): Promise<void> {
    while (this.again && !this.closed) {
      this.again = false;
      await this.drain();
    }
  }

  private async drain(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const ran = await exclusively(this.lockName, () => this.sendAll());
    if (ran === undefined) this.later(this.waits[0] ?? 1000);
    await this.recount();
    if (!this.closed) this.channel?.postMessage("changed");
  }

  private async sendAll(): Promise<void> {
    for (;;) {
      const run = leadingRun((await this.entries()).filter((e) => e.state === "queued"));
      if (run.length === 0 || this.closed) return;
      if (!(await this.attempt(run))) return;
    }
  }

  /** Whether it is worth going on with the next entry. */
  private async attempt(run: OutboxEntry[]): Promise<boolean> {
    try {
      const refusals = await this.sendRun(run);
      await this.settle(run, refusals);
      this.failures = 0;
      this.publish({ online: true, signedOut: false });
      return true;
    } catch (error) {
      return this.failed(run, error);
    }
  }

  private async sendRun(run: OutboxEntry[], keepalive = false): Promise<Map<string, string>> {
    const first = run[0] as OutboxEntry;
    if (run.length === 1) {
      const reply = await this.send(first.method, first.path, first.body, keepalive);
      this.awaited.get(first.op_id)?.resolve(reply);
      this.awaited.delete(first.op_id);
      return new Map();
    }
    const path = `/projects/${first.project}/answers/batch`;
    return refusalsOf((await this.send("POST", path, batchBody(run), keepalive)) as BatchReply);
  }

  private async settle(run: OutboxEntry[], refusals: Map<string, string>): Promise<void> {
    const db = await browserDb();
    const tx = db.transaction("outbox", "readwrite");
    for (const entry of run) {
      this.mine.delete(entry.op_id);
      const error = refusals.get(entry.op_id);
      const waiting = this.awaited.get(entry.op_id);
      this.awaited.delete(entry.op_id);
      if (error !== undefined && waiting) waiting.reject(new Error(error));
      if (error === undefined || waiting) void tx.store.delete(entry.seq as number);
      else void tx.store.put({ ...entry, state: "parked", error });
    }
    await tx.done;
    await this.recount();
  }

  private async failed(run: OutboxEntry[], error: unknown): Promise<boolean> {
    const status = error instanceof ApiError ? error.status : 0;
    if (status === 401) {
      this.publish({ signedOut: true });
      return false;
    }
    if (isRefusal(status)) return this.refused(run, error);
    this.publish({ online: !isAway(status) });
    this.later(this.waits[Math.min(this.failures, this.waits.length - 1)] ?? 30000);
    return false;
  }

  /** Parks a refused entry; a refused batch goes again one by one, to find the culprit. */
  private async refused(run: OutboxEntry[], error: unknown): Promise<boolean> {
    const first = run[0] as OutboxEntry;
    if (run.length > 1) {
      for (const entry of run) if (!(await this.attempt([entry]))) return false;
      return true;
    }
    await this.settle(run, new Map([[first.op_id, error instanceof Error ? error.message : String(error)]]));
    return true;
  }

  private later(wait: number): void {
    if (this.closed || this.timer) return;
    this.timer = setTimeout(() => {
      this.failures += 1;
      void this.flush();
    }, wait);
  }

  private async remove(entry: OutboxEntry): Promise<void> {
    this.mine.delete(entry.op_id);
    await (await browserDb()).delete("outbox", entry.seq as number);
  }

  private publish(part: Partial<OutboxStatus>, tell = true): void {
    const next = { ...this.current, ...part };
    const same = Object.keys(next).every((k) => next[k as keyof OutboxStatus] === this.current[k as keyof OutboxStatus]);
    if (same) return;
    this.current = next;
    for (const listener of this.listeners) listener();
    if (tell && !this.closed) this.channel?.postMessage("changed");
  }
}
