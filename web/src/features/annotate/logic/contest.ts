/**
 * Answers that connected models write for the items in hand: asked for ahead of need, put into the item when all are there.
 *
 * The server asks each model once, however often it is asked here; so a reload, a second tab or a lost line costs nothing. Only
 * the person asks again after a failure, and only they write on. Time in which they wait for the item in hand is written down as such.
 */

import { createStore, type StoreApi } from "zustand/vanilla";
import { ApiError, errorText } from "../../../api/client";
import type { CandidatesView, Question, WorkItem } from "../../../api/types";
import { liveOf } from "../../../tasks/candidates/live";
import type { DeskState } from "./state";
import type { TimeLog } from "./time-log";
import type { WorkApi } from "./work-api";

export type ContestPhase = "making" | "ready" | "failed" | "refused" | "spent";

export interface Round {
  phase: ContestPhase;
  message: string;
  /** The trouble in full, for those who may see models. */
  detail: string;
  turns: number;
  followUps: number;
  /** When asking began, in milliseconds. */
  since: number;
}

interface Holder {
  store: StoreApi<DeskState>;
  getState(): DeskState;
  setState(part: Partial<DeskState>): void;
}

type Api = Pick<WorkApi, "candidates" | "followUp">;
type Rounds = Readonly<Record<string, Round>>;

const AHEAD = 2;
const AGAIN_MS = 3_000;
const NEW: Round = { phase: "making", message: "", detail: "", turns: 0, followUps: 0, since: 0 };

export const roundKey = (item: number, question: string): string => `${item} ${question}`;

/** Whether the candidates of a live question are in the item. */
export function isThere(work: WorkItem, question: Question): boolean {
  const value = work.item.data[question.field ?? ""];
  return Array.isArray(value) && value.length > 0;
}

export class Contest {
  readonly store: StoreApi<Rounds> = createStore(() => ({}));
  private stopped = false;
  private awaited: string | null = null;

  constructor(
    private readonly desk: Holder,
    private readonly log: TimeLog,
    private readonly api: Api,
    private readonly questions: () => readonly Question[],
  ) {}

  /** Looks after the items in hand until the returned function is called. */
  start(): () => void {
    this.stopped = false;
    const unfollow = this.desk.store.subscribe((state, before) => {
      if (state.open?.work.item.id !== before.open?.work.item.id) this.opened();
      if (state.open !== before.open || state.queue !== before.queue) this.look();
    });
    this.opened();
    this.look();
    return () => {
      this.stopped = true;
      unfollow();
    };
  }

  round(item: number, question: string): Round | undefined {
    return this.store.getState()[roundKey(item, question)];
  }

  /** Asks again after a failure: only the models that have not answered. */
  retry(item: number, question: Question): void {
    void this.ask(item, question, () => this.api.candidates(item, question.name));
  }

  /** Writes on; all models answer again. Gives what went wrong, or null. */
  async writeOn(item: number, question: Question, text: string): Promise<string | null> {
    const before = this.round(item, question.name);
    let refusal: string | null = null;
    await this.ask(item, question, async () => {
      try {
        return await this.api.followUp(item, question.name, text);
      } catch (error) {
        refusal = errorText(error);
        throw error;
      }
    });
    if (refusal !== null && before) this.set(item, question.name, before);
    return refusal;
  }

  /** The item in hand first, then those that come next. */
  private look(): void {
    if (this.stopped) return;
    const { open, queue } = this.desk.getState();
    for (const work of [...(open ? [open.work] : []), ...queue.slice(0, AHEAD)]) {
      for (const question of this.questions()) {
        const live = liveOf(question);
        const known = this.round(work.item.id, question.name);
        if (!live || known || (isThere(work, question) && live.follow_ups === 0)) continue;
        void this.ask(work.item.id, question, () => this.api.candidates(work.item.id, question.name));
      }
    }
  }

  /** Another item is in hand: what failed while it lay ahead is tried once more. */
  private opened(): void {
    this.awaited = null;
    const { open } = this.desk.getState();
    if (!open) return;
    for (const question of this.questions()) {
      const round = this.round(open.work.item.id, question.name);
      if (!liveOf(question) || !round) continue;
      if (round.phase === "failed") this.retry(open.work.item.id, question);
      else if (round.phase === "making" && !isThere(open.work, question)) this.waits(open.work.item.id, question.name);
    }
  }

  private async ask(item: number, question: Question, first: () => Promise<CandidatesView>): Promise<void> {
    const before = this.round(item, question.name);
    const begun: Round = { ...NEW, turns: before?.turns ?? 0, since: Date.now() };
    this.set(item, question.name, begun);
    this.waits(item, question.name);
    let send = first;
    while (!this.stopped) {
      try {
        const found = await send();
        if (found.state !== "making") return this.heard(item, question, found);
        send = () => this.api.candidates(item, question.name);
      } catch (error) {
        if (this.stopped) return;
        if (!(error instanceof ApiError) || error.status !== 0) return this.failed(item, question, errorText(error));
        await new Promise((done) => setTimeout(done, AGAIN_MS));
      }
    }
  }

  private heard(item: number, question: Question, found: CandidatesView): void {
    if (found.state === "ready") this.fill(item, found.field, found.entries);
    this.set(item, question.name, {
      phase: found.state, message: found.message, detail: found.detail, turns: found.turns, followUps: found.follow_ups, since: 0,
    }); // prettier-ignore
    this.waited(item, question.name);
  }

  private failed(item: number, question: Question, message: string): void {
    this.set(item, question.name, { ...NEW, phase: "failed", message });
    this.waited(item, question.name);
  }

  /** The same items, with more in them. */
  private fill(item: number, field: string, entries: unknown[]): void {
    const { open, queue } = this.desk.getState();
    const grown = (work: WorkItem): WorkItem => ({ ...work, item: { ...work.item, data: { ...work.item.data, [field]: entries } } });
    if (open?.work.item.id === item) this.desk.setState({ open: { ...open, work: grown(open.work) } });
    if (queue.some((work) => work.item.id === item)) this.desk.setState({ queue: queue.map((work) => (work.item.id === item ? grown(work) : work)) });
  }

  private set(item: number, question: string, round: Round): void {
    this.store.setState({ [roundKey(item, question)]: round });
  }

  private waits(item: number, question: string): void {
    if (this.desk.getState().open?.work.item.id !== item || this.awaited !== null) return;
    this.awaited = roundKey(item, question);
    this.log.add("model_wait", { kind: "candidates" });
  }

  private waited(item: number, question: string): void {
    if (this.awaited !== roundKey(item, question)) return;
    this.awaited = null;
    this.log.add("model_waited");
  }
}
