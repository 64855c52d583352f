/**
 * Keeps items ready: lent ahead of need, with their media decoded, and renewed while they wait.
 *
 * Items whose answer is still on its way are asked for as "have", so that the server does not lend them again.
 */

import type { WorkItem } from "../../../api/types";
import type { OutboxEntry } from "../../../lib/outbox";
import type { DraftKeeper } from "./draft-keeper";
import type { DeskState } from "./state";
import type { WorkApi } from "./work-api";

export const READY = 6;
const HEARTBEAT_MS = 60_000;
const RETRY_MS = 3_000;

export interface Holder {
  getState(): DeskState;
  setState(part: Partial<DeskState>): void;
  /** New items lie ready, or there are none. */
  arrived(): void;
}

interface Parts {
  api: Pick<WorkApi, "queue" | "heartbeat">;
  drafts: DraftKeeper;
  outbox: { entries(): Promise<OutboxEntry[]> };
  prefetch(work: WorkItem): Promise<void>;
  /** An item was asked for by its address: waiting ones are not shown until `release`. */
  held: boolean;
}

export class Supply {
  private running: Promise<void> | null = null;
  /** The server had nothing more; ask again only when nothing is left in hand, or on request. */
  private dry = false;
  private stopped = true;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private beat: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly desk: Holder,
    private readonly parts: Parts,
  ) {}

  /** Begins to lend and to renew, until `stop`. */
  start(): void {
    this.stopped = false;
    this.beat = setInterval(() => this.renew(), HEARTBEAT_MS);
    void this.fill();
  }

  /** Fills up to the ready number; one request at a time. */
  fill(): Promise<void> {
    this.running ??= this.fetchMore().finally(() => (this.running = null));
    return this.running;
  }

  /** Asks again although the last answer was "nothing left". */
  ask(): Promise<void> {
    this.dry = false;
    return this.fill();
  }

  /** Takes all waiting items anew, because another model is to suggest. */
  async exchange(): Promise<void> {
    await this.running?.catch(() => undefined);
    const held = new Set(this.desk.getState().queue.map((w) => w.item.id));
    const have = (await this.away()).filter((id) => !held.has(id));
    const fresh = await this.lend(READY + have.length, have);
    const open = this.desk.getState().open;
    const again = fresh.find((w) => w.item.id === open?.work.item.id);
    if (open && again) {
      const work = { ...open.work, suggestions: again.suggestions };
      this.desk.setState({ open: { ...open, work, rejected: new Set(), seen: open.seen, chosen: null } });
    }
    this.desk.setState({ queue: fresh.filter((w) => w.item.id !== open?.work.item.id) });
    this.desk.arrived();
  }

  /** What was asked for is open, or cannot be had: go on with what waits. */
  release(): void {
    this.parts.held = false;
    const { open, queue } = this.desk.getState();
    if (!open && (queue.length > 0 || this.dry)) this.desk.arrived();
  }

  stop(): void {
    this.stopped = true;
    clearInterval(this.beat);
    if (this.retry) clearTimeout(this.retry);
    this.retry = null;
  }

  private async fetchMore(): Promise<void> {
    const held = this.heldIds();
    const missing = READY - held.length;
    if (missing <= 0 || this.stopped || (this.dry && held.length > 0)) return;
    try {
      const away = await this.away();
      const have = [...new Set([...held, ...away])];
      const items = await this.lend(missing + have.length, have);
      this.take(items, away);
    } catch (error) {
      this.failed(error);
    }
  }

  private async lend(n: number, have: number[]): Promise<WorkItem[]> {
    const items = await this.parts.api.queue(n, have, this.desk.getState().source);
    const restored = await this.parts.drafts.restore(items);
    for (const work of restored) this.parts.prefetch(work).catch(() => undefined);
    return restored;
  }

  private take(items: WorkItem[], away: number[]): void {
    const known = new Set([...this.heldIds(), ...away, ...this.desk.getState().done.slice(-20).map((d) => d.open.work.item.id)]);
    const fresh = items.filter((w) => !known.has(w.item.id));
    this.dry = fresh.length === 0;
    this.desk.setState({ queue: [...this.desk.getState().queue, ...fresh], error: null });
    if (!this.parts.held) this.desk.arrived();
  }

  /** Items in the outbox: the server may still believe that they are lent to this person. */
  private async away(): Promise<number[]> {
    const entries = await this.parts.outbox.entries().catch(() => []);
    return entries.flatMap((e) => (e.item_id !== null && (e.kind === "answer" || e.kind === "skip") ? [e.item_id] : []));
  }

  private heldIds(): number[] {
    const { open, queue } = this.desk.getState();
    return [...(open ? [open.work.item.id] : []), ...queue.map((w) => w.item.id)];
  }

  private failed(error: unknown): void {
    if (!this.desk.getState().open) this.desk.setState({ phase: "failed", error });
    if (this.stopped || this.retry) return;
    this.retry = setTimeout(() => {
      this.retry = null;
      void this.fill();
    }, RETRY_MS);
  }

  private renew(): void {
    const ids = this.heldIds();
    if (ids.length > 0) this.parts.api.heartbeat(ids).catch(() => undefined);
  }
}
