/**
 * A judge's advice on the answer in hand: asked by key or when the person pauses, shown beside the item, waved away or taken
 * by key. It never changes an answer by itself and never holds up a submit.
 */

import { createStore, type StoreApi } from "zustand/vanilla";
import { errorText } from "../../../api/client";
import type { JudgeAdvice, LiveJudge, VerdictView } from "../../../api/types";
import type { Desk } from "./desk";
import type { TimeLog } from "./time-log";

export type JudgePhase = "idle" | "waiting" | "done" | "stopped" | "failed" | "unavailable";

export interface JudgeState {
  phase: JudgePhase;
  judge: LiveJudge | null;
  /** The answer that was judged. */
  value: unknown;
  verdict: VerdictView | null;
  error: string | null;
}

export interface JudgeCalls {
  review(judge: LiveJudge, item: number, value: unknown, signal: AbortSignal): Promise<JudgeAdvice>;
  respond(verdict: VerdictView, response: "dismissed" | "taken"): Promise<unknown>;
}

const NOTHING: JudgeState = { phase: "idle", judge: null, value: undefined, verdict: null, error: null };
/** Below this are the numbers of verdicts among what was shown; turns of the assistant have smaller negative ones. */
const VERDICTS = -1_000_000_000_000;
/** Milliseconds without a change after which a judge that speaks at pauses speaks. */
export const PAUSE = 1_500;

export class JudgeDesk {
  readonly store: StoreApi<JudgeState> = createStore(() => NOTHING);
  private judges: readonly LiveJudge[] = [];
  private running: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly desk: Desk,
    private readonly log: TimeLog,
    private readonly calls: JudgeCalls,
    private readonly isEmpty: (question: string, value: unknown) => boolean,
  ) {
    desk.store.subscribe(({ open }, before) => {
      if (open?.work.item.id !== before.open?.work.item.id) this.clear();
      else if (open && open.values !== before.open?.values) this.changed();
    });
  }

  getState = (): JudgeState => this.store.getState();

  /** The judges that may be asked in this project. */
  configure(judges: readonly LiveJudge[]): void {
    this.judges = judges;
  }

  /** The judge of a question, if there is one. */
  of(question: string): LiveJudge | undefined {
    return this.judges.find((j) => j.question === question);
  }

  /** Asks about the answer to the active question; what was asked before is stopped. */
  async ask(): Promise<void> {
    const { open } = this.desk.getState();
    const judge = open ? this.of(open.active) : undefined;
    const value = open?.values[open.active];
    if (!open || !judge || this.isEmpty(judge.question, value)) return;
    this.forget();
    const run = new AbortController();
    this.running = run;
    this.store.setState({ ...NOTHING, phase: "waiting", judge, value });
    this.log.add("model_wait", { kind: "judge" });
    try {
      const advice = await this.calls.review(judge, open.work.item.id, value, run.signal);
      if (this.running !== run) return;
      this.end(advice.verdict ? { phase: "done", verdict: advice.verdict } : { phase: "unavailable" });
      if (advice.verdict) this.saw(judge, advice.verdict);
    } catch (error) {
      if (this.running === run) this.end({ phase: "failed", error: errorText(error) });
    }
  }

  /** Ends the call of the model. */
  stop(): void {
    if (!this.running) return;
    this.running.abort();
    this.end({ phase: "stopped" });
  }

  /** The advice does not help: it is kept as a possible false alarm. */
  dismiss(): void {
    if (this.answer("dismissed")) this.log.add("advice_dismissed");
  }

  /** The proposal becomes the answer, as one step that can be undone. */
  take(): void {
    const { judge, verdict } = this.getState();
    const proposal = verdict?.verdict.info.proposal;
    if (!judge || proposal === undefined || !this.answer("taken")) return;
    this.log.add("advice_taken");
    this.desk.change(judge.question, proposal, { label: "Take the judge's proposal" });
  }

  /** Whether the answer was changed since it was judged. */
  stale(value: unknown): boolean {
    return JSON.stringify(value) !== JSON.stringify(this.getState().value);
  }

  /** Forgets the advice and ends what runs. */
  clear(): void {
    this.forget();
    this.store.setState(NOTHING);
  }

  /** What a judge said was on the screen: that is stored with the answer, which so does not count as given unassisted. */
  private saw(judge: LiveJudge, { id, question, verdict }: VerdictView): void {
    const { open } = this.desk.getState();
    if (!open) return;
    const own = VERDICTS - id;
    const value = verdict.info.proposal ?? null;
    const shown = { id: own, question, value, score: null, source: judge.name, version: 0, kind: "judge" as const };
    this.desk.setState({ open: { ...open, seen: { ...open.seen, [own]: shown } } });
  }

  private answer(response: "dismissed" | "taken"): boolean {
    const { verdict } = this.getState();
    if (!verdict || verdict.response !== "none") return false;
    this.store.setState({ verdict: { ...verdict, response } });
    void this.calls.respond(verdict, response).catch(() => undefined);
    return true;
  }

  /** The person typed: a judge that speaks at pauses waits for one. */
  private changed(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const { open } = this.desk.getState();
    if (!open || this.of(open.active)?.live !== "paused" || !this.stale(open.values[open.active])) return;
    this.timer = setTimeout(() => void this.ask(), PAUSE);
  }

  private end(state: Partial<JudgeState>): void {
    this.log.add("model_waited");
    this.running = null;
    this.store.setState(state);
  }

  private forget(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (!this.running) return;
    this.running.abort();
    this.running = null;
    this.log.add("model_waited");
  }
}
