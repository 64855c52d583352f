/**
 * One exchange with the assistant at a time: asks, gathers what comes a frame at a time, and puts a proposal among the
 * suggestions of the item, where only the person's own key takes it. It never changes an answer.
 */

import { createStore, type StoreApi } from "zustand/vanilla";
import type { AssistKind, Suggestion } from "../../../api/types";
import { errorText } from "../../../api/client";
import { streamPost, type StreamEvent } from "../../../api/stream";
import type { Desk } from "./desk";
import type { Row } from "./suggestions";
import type { TimeLog } from "./time-log";

export type Phase = "idle" | "waiting" | "streaming" | "done" | "stopped" | "failed" | "unavailable";

/** A stretch of the answer: the assistant's words, the words of a draft that grows, or a passage of the guidelines. */
export type Part = { kind: "text" | "draft"; text: string } | { kind: "quote"; text: string; heading: string };

export interface Wish {
  kind: AssistKind;
  question: string;
  draft?: unknown;
  suggestion?: number;
  text?: string;
}

export interface AssistState {
  phase: Phase;
  wish: Wish | null;
  parts: readonly Part[];
  /** The suggestion that the answer became, by its id; 0: none. */
  proposal: number;
  /** Passages that claimed to be of the guidelines and are not. */
  unproven: number;
  /** The first answer did not fit, and the model was asked again. */
  again: boolean;
  error: string | null;
  /** What Enter in the text box asks for. */
  box: AssistKind;
}

const NOTHING: Omit<AssistState, "box"> = { phase: "idle", wish: null, parts: [], proposal: 0, unproven: 0, again: false, error: null };
type Post = typeof streamPost;
type Frame = (flush: () => void) => unknown;

export class Assistant {
  readonly store: StoreApi<AssistState> = createStore(() => ({ ...NOTHING, box: "guide" }));
  private running: AbortController | null = null;
  private item: number | null = null;
  private pending: Part[] = [];
  private framed = false;
  private waiting = false;
  private proposed: { value: unknown; reason: string } | null = null;

  constructor(
    private readonly project: number,
    private readonly desk: Desk,
    private readonly log: TimeLog,
    private readonly taken: (turn: number) => void,
    private readonly post: Post = streamPost,
    private readonly frame: Frame = (flush) => requestAnimationFrame(flush),
  ) {
    desk.store.subscribe(({ open }, before) => {
      if (open?.work.item.id !== before.open?.work.item.id) this.leave();
    });
    desk.onAccepted = (rows) => this.accepted(rows);
  }

  getState = (): AssistState => this.store.getState();

  get busy(): boolean {
    return this.running !== null;
  }

  /** Asks about the item in hand; what was asked before is stopped. */
  async ask(wish: Wish): Promise<void> {
    const { open } = this.desk.getState();
    if (!open) return;
    this.running?.abort();
    const run = new AbortController();
    this.running = run;
    this.item = open.work.item.id;
    this.pending = [];
    this.proposed = null;
    this.store.setState({ ...NOTHING, phase: "waiting", wish });
    this.waits(wish.kind);
    try {
      const path = `/projects/${this.project}/items/${this.item}/assist`;
      for await (const event of this.post(path, wish, run.signal)) {
        if (this.running !== run) return;
        this.heard(event);
      }
      if (this.running === run) this.end("done");
    } catch (error) {
      if (this.running === run) this.end("failed", errorText(error));
    }
  }

  /** Ends the call; what came so far stays on the screen. */
  stop(): void {
    if (!this.running) return;
    this.running.abort();
    this.flush();
    const { wish } = this.getState();
    if (wish) this.saw(Date.now(), wish);
    this.end("stopped");
  }

  /** Forgets the exchange. */
  clear(): void {
    this.running?.abort();
    this.running = null;
    this.pending = [];
    this.store.setState(NOTHING);
  }

  /** The rows of the proposal that are still open. */
  open(rows: readonly Row[]): Row[] {
    const { proposal } = this.getState();
    return rows.filter((r) => proposal !== 0 && r.suggestion.id === proposal && r.state === "pending");
  }

  private heard({ name, data }: StreamEvent): void {
    const said = data as Record<string, unknown>;
    if (name === "text" || name === "draft") this.say({ kind: name, text: String(said.text) });
    else if (name === "quote") this.say({ kind: "quote", text: String(said.text), heading: String(said.heading) });
    else if (name === "proposal") this.proposed = { value: said.value, reason: String(said.reason ?? "") };
    else if (name === "again") this.store.setState({ again: true });
    else if (name === "unproven") this.store.setState({ unproven: Number(said.count) });
    else if (name === "json") this.end("unavailable", String(said.reason ?? ""));
    else if (name === "error") this.store.setState({ error: String(said.message) });
    else if (name === "done") this.finished(Number(said.turn));
  }

  /** Words are gathered and drawn once a frame, however fast they come. */
  private say(part: Part): void {
    this.waited();
    this.pending.push(part);
    if (this.framed) return;
    this.framed = true;
    this.frame(() => {
      this.framed = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.pending.length === 0) return;
    const { parts, phase } = this.getState();
    const next = joined([...parts, ...this.pending]);
    this.pending = [];
    this.store.setState({ parts: next, phase: phase === "waiting" ? "streaming" : phase });
  }

  /** The exchange is on record under this number; a proposal takes its place among the suggestions. */
  private finished(turn: number): void {
    this.flush();
    const { wish, error } = this.getState();
    if (wish && this.proposed) this.propose(turn, wish, this.proposed);
    else if (wish) this.saw(turn, wish);
    this.end(error === null ? "done" : "failed", error);
  }

  private propose(turn: number, { question, kind }: Wish, { value, reason }: { value: unknown; reason: string }): void {
    const { open } = this.desk.getState();
    if (!open || open.work.item.id !== this.item) return;
    const own: Suggestion = {
      id: -turn, item_id: open.work.item.id, question, value, score: null, reason: reason || null, source: "assistant", version: 0, run_id: 0,
    }; // prettier-ignore
    const others = open.work.suggestions.filter((s) => s.id > 0 || s.question !== question);
    const shown = { id: own.id, question, value, score: null, source: own.source, version: 0, kind };
    this.desk.setState({ open: { ...open, work: { ...open.work, suggestions: [own, ...others] }, seen: { ...open.seen, [own.id]: shown } } });
    this.store.setState({ proposal: own.id });
  }

  /** Words alone were on the screen: that is stored with the answer as well. */
  private saw(turn: number, { question, kind }: Wish): void {
    const { open } = this.desk.getState();
    if (!open || open.work.item.id !== this.item || this.getState().parts.length === 0) return;
    const shown = { id: -turn, question, value: null, score: null, source: "assistant", version: 0, kind };
    this.desk.setState({ open: { ...open, seen: { ...open.seen, [-turn]: shown } } });
  }

  private accepted(rows: readonly Row[]): void {
    const { proposal } = this.getState();
    if (proposal !== 0 && rows.some((r) => r.suggestion.id === proposal)) this.taken(-proposal);
  }

  private end(phase: Phase, error: string | null = null): void {
    this.flush();
    this.waited();
    this.running = null;
    this.store.setState({ phase, error: error ?? this.getState().error });
  }

  private waits(kind: AssistKind): void {
    this.waiting = true;
    this.log.add("model_wait", { kind });
  }

  private waited(): void {
    if (this.waiting) this.log.add("model_waited");
    this.waiting = false;
  }

  /** Another item is in hand: the exchange belongs to the one before. */
  private leave(): void {
    this.waiting = false;
    this.clear();
  }
}

/** Neighbouring words of one kind as one part. */
function joined(parts: readonly Part[]): Part[] {
  const out: Part[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (last && last.kind === part.kind && part.kind !== "quote") out[out.length - 1] = { kind: part.kind, text: last.text + part.text };
    else out.push(part);
  }
  return out;
}
