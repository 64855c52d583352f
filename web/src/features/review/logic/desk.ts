/**
 * The reviewer's desk: the case in hand, the next ones ready, and what was decided, to take it back. Decisions go through the
 * outbox: written to the browser first, told to the server after, so that none is lost; the next case is shown at once.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { ReviewCase, ReviewKind } from "../../../api/types";
import { newOpId, type NewEntry, type OutboxEntry } from "../../../lib/outbox";

const AHEAD = 4;
const KEPT = 10;
/** What is chosen: one of the answers by id, or what they come to together. */
export type Chosen = number | "together" | null;

export interface DeskState {
  phase: "loading" | "working" | "empty" | "failed";
  /** The first one is on the screen. */
  cases: readonly ReviewCase[];
  chosen: Chosen;
  /** The value that is being corrected; null: none is. */
  draft: { value: unknown } | null;
  returning: boolean;
  past: readonly { case: ReviewCase; said: string }[];
  error: unknown;
}

export interface ReviewApi {
  queue(n: number, have: readonly number[], kind: ReviewKind | undefined, question: string | undefined): Promise<ReviewCase[]>;
}

export interface DeskParts {
  api: ReviewApi;
  project: number;
  add(entry: NewEntry): Promise<OutboxEntry>;
  /** Gets what the case shows ready. */
  prefetch(found: ReviewCase): Promise<void>;
  kind?: ReviewKind;
  question?: string;
}

type Choice = { decision: "accept"; annotation: number } | { decision: "fix"; value: unknown } | { decision: "return"; annotation: number; reason: string } | { decision: "skip" };

const START: DeskState = { phase: "loading", cases: [], chosen: null, draft: null, returning: false, past: [], error: null };

export class ReviewDesk {
  readonly store: StoreApi<DeskState> = createStore(() => START);
  private asking: Promise<void> | null = null;
  private readonly finished: number[] = [];
  private openedAt = performance.now();

  constructor(private readonly parts: DeskParts) {}

  get current(): ReviewCase | undefined {
    return this.store.getState().cases[0];
  }

  /** Gets more cases, unless that is under way. */
  fill(): Promise<void> {
    this.asking ??= this.ask().finally(() => (this.asking = null));
    return this.asking;
  }

  private async ask(): Promise<void> {
    const { api, kind, question, prefetch } = this.parts;
    const before = this.store.getState().cases;
    const recent = this.finished.slice(-KEPT);
    const have = [...before.map((c) => c.id), ...recent];
    try {
      const found = await api.queue(AHEAD + recent.length, have, kind, question);
      const now = this.store.getState();
      const known = new Set([...now.cases.map((c) => c.id), ...this.finished]);
      const cases = [...now.cases, ...found.filter((c) => !known.has(c.id))];
      this.store.setState({ cases, phase: cases.length > 0 ? "working" : "empty", error: null });
      if (now.cases.length === 0) this.opened();
      for (const one of found) void prefetch(one).catch(() => undefined);
    } catch (error) {
      this.store.setState((s) => ({ error, phase: s.cases.length > 0 ? "working" : "failed" }));
    }
  }

  choose(chosen: Chosen): void {
    this.store.setState({ chosen });
  }

  /** The neighbour of the chosen answer, around the ends. */
  step(by: 1 | -1): void {
    const places: Chosen[] = (this.current?.answers ?? []).map((a) => a.id);
    if (this.current?.together) places.push("together");
    if (places.length === 0) return;
    const at = places.indexOf(this.store.getState().chosen);
    const next = at < 0 ? (by > 0 ? 0 : places.length - 1) : (at + by + places.length) % places.length;
    this.choose(places[next] ?? null);
  }

  /** The value of the chosen answer; of the first one where none is chosen. */
  chosenValue(): unknown {
    const { chosen } = this.store.getState();
    const found = this.current;
    if (chosen === "together") return found?.together?.value;
    return (found?.answers.find((a) => a.id === chosen) ?? found?.answers[0])?.value;
  }

  acceptChosen(): void {
    const { chosen } = this.store.getState();
    const only = this.current?.answers.length === 1 ? this.current.answers[0]?.id : undefined;
    const wanted = chosen ?? only ?? null;
    if (wanted === "together") this.acceptTogether();
    else if (wanted !== null) this.accept(wanted);
  }

  accept(annotation: number): void {
    this.decide({ decision: "accept", annotation }, "accepted");
  }

  acceptTogether(): void {
    const value = this.current?.together?.value;
    if (value !== undefined) this.decide({ decision: "fix", value }, "accepted together");
  }

  beginFix(): void {
    if (this.current) this.store.setState({ draft: { value: this.chosenValue() } });
  }

  change(value: unknown): void {
    this.store.setState({ draft: { value } });
  }

  saveFix(value: unknown): void {
    this.decide({ decision: "fix", value }, "corrected");
  }

  leave(): void {
    this.store.setState({ draft: null, returning: false });
  }

  sendBack(annotation: number, reason: string): void {
    this.decide({ decision: "return", annotation, reason }, "sent back");
  }

  skip(): void {
    this.decide({ decision: "skip" }, "passed over");
  }

  /** Takes the last decision back: the case is on the screen again, and the server hears of it after the decision. */
  undo(): void {
    const { past, cases } = this.store.getState();
    const last = past.at(-1);
    if (!last) return;
    const at = this.finished.lastIndexOf(last.case.id);
    if (at >= 0) this.finished.splice(at, 1);
    this.store.setState({ cases: [last.case, ...cases], past: past.slice(0, -1), chosen: null, draft: null, phase: "working" });
    this.opened();
    void this.tell(last.case, "review/undo", { op_id: newOpId(), case: last.case.id }, "Taking back the review of");
  }

  private decide(choice: Choice, said: string): void {
    const found = this.current;
    if (!found) return;
    const seconds = Math.round(performance.now() - this.openedAt) / 1000;
    const body = { op_id: newOpId(), case: found.id, ...choice, events: [{ kind: "review", seconds }] };
    this.finished.push(found.id);
    this.store.setState(({ cases, past }) => ({
      cases: cases.slice(1), past: [...past.slice(-99), { case: found, said }], chosen: null, draft: null, returning: false,
      phase: cases.length > 1 ? "working" : "loading",
    })); // prettier-ignore
    this.opened();
    void this.tell(found, "review/decisions", body, "Review of").then(() => this.fill());
  }

  private opened(): void {
    this.openedAt = performance.now();
  }

  private async tell(about: ReviewCase, path: string, body: { op_id: string; case: number }, verb: string): Promise<void> {
    const { project, add } = this.parts;
    const entry: NewEntry = {
      op_id: body.op_id, project, kind: "review", item_id: about.item.id, method: "POST", path: `/projects/${project}/${path}`, body,
      title: `${verb} item ${about.item.ord}`,
    }; // prettier-ignore
    await add(entry).catch((error: unknown) => this.store.setState({ error }));
  }
}
