/**
 * The work loop: opens an item, takes changes, submits into the outbox, and has the next item on the screen at once.
 *
 * It knows no React and no HTTP: the outbox, the supply of items and the keeping of drafts are handed in. State lives in a
 * small store that the page subscribes to (`hand.ts`).
 */

import { dropRecent, saveRecent } from "../../../lib/drafts";
import { accept, back, change, forward, perform, reject } from "./editing";
import { Hand } from "./hand";
import { askedQuestions, hindrance, isDecision, neighbour, nextUnanswered } from "./questions";
import { answerEntry, rejectEntries, skipEntry, telemetryEntry, unsubmitEntry } from "./submission";
import { excerptOf, type Done, type Open } from "./state";
import { currentRow, type Row } from "./suggestions";
import { seal, type Effect } from "./undo";

const KEPT = 200;

export class Desk extends Hand {
  /** Called when an item was submitted or skipped here. */
  onFinished: (item: number) => void = () => undefined;
  /** Called when suggestions were accepted. */
  onAccepted: (rows: readonly Row[]) => void = () => undefined;

  arrived(): void {
    const { open, queue } = this.getState();
    if (!open && queue.length > 0) this.next();
    else if (!open) this.setState({ phase: "empty" });
  }

  /** Opens a given item; what was in hand goes back to the top of the pile. */
  async openById(item: number): Promise<void> {
    const { open, queue } = this.getState();
    if (open?.work.item.id === item) return;
    const waiting = queue.find((w) => w.item.id === item);
    if (waiting) return this.show(this.opened(waiting), true);
    const done = this.getState().done.find((d) => d.open.work.item.id === item);
    if (done && (await this.parts.outbox.takeBack(item))) return this.restore(done);
    try {
      this.show(this.opened(await this.parts.api.open(item)), true);
    } catch (error) {
      this.setState({ notice: error instanceof Error ? error.message : String(error) });
    }
  }

  change(question: string, value: unknown, how?: { merge?: string; label?: string }): void {
    this.edit((open) => change(open, question, value, how));
  }

  /** Rejects suggestion parts as one step, or as part of the step before with the same merge tag. */
  reject(keys: string | readonly string[], merge?: string): void {
    const all = typeof keys === "string" ? [keys] : keys;
    for (const key of all) this.parts.log.add("suggestion_rejected", { key });
    this.edit((open) => reject(open, all, merge));
  }

  /** Accepts parts as one step. A single decision then counts as given: on to the next question or item. */
  accept(rows: readonly Row[]): void {
    if (rows.length === 0) return;
    for (const row of rows) this.parts.log.add("suggestion_accepted", { key: row.key, score: row.part.score });
    this.edit((open) => accept(open, rows, this.parts.context.widgets));
    this.onAccepted(rows);
    const last = rows.at(-1) as Row;
    if (isDecision(last.question, last.suggestion.value)) this.complete(last.question.name);
  }

  /** A question was answered for good: go to the next open one, or submit where the project says so. */
  complete(question: string): void {
    const { open } = this.getState();
    if (!open || open.active !== question) return;
    const { context, instantSubmit } = this.parts;
    const asked = askedQuestions(context.questions, open.values);
    const next = nextUnanswered(asked, question, open.values, context.isEmpty);
    if (next !== null) this.setState({ open: { ...open, active: next, chosen: null, undo: seal(open.undo) } });
    else if (instantSubmit && context.questions.length === 1 && open.work.show[question] !== "after_first_answer") void this.submit();
  }

  activate(question: string): void {
    const { open } = this.getState();
    if (open && open.active !== question) this.setState({ open: { ...open, active: question, chosen: null } });
  }

  move(step: 1 | -1): void {
    const { open } = this.getState();
    if (open) this.activate(neighbour(askedQuestions(this.parts.context.questions, open.values), open.active, step));
  }

  reveal(question: string): void {
    const { open } = this.getState();
    if (!open || open.revealed.has(question)) return;
    this.parts.log.add("suggestions_revealed", { question });
    this.setState({ open: { ...open, revealed: new Set([...open.revealed, question]) } });
  }

  choose(rows: readonly Row[], step: 1 | -1): void {
    const pending = rows.filter((r) => r.state === "pending");
    const at = pending.findIndex((r) => r.key === currentRow(rows, this.getState().open?.chosen ?? null)?.key);
    this.point(pending[(at + step + pending.length) % pending.length]?.key ?? null);
  }

  point(key: string | null): void {
    const { open } = this.getState();
    if (open) this.setState({ open: { ...open, chosen: key } });
  }

  /** These suggestions are on the screen now. */
  saw(rows: readonly Row[]): void {
    const { open } = this.getState();
    const fresh = rows.map((r) => r.suggestion).filter((s) => open && !(s.id in open.seen));
    if (!open || fresh.length === 0) return;
    const seen = { ...open.seen };
    for (const { id, question, value, score, source, version } of fresh) seen[id] = { id, question, value, score, source, version };
    this.parts.log.add("suggestion_shown", { ids: Object.keys(seen).map(Number) });
    this.setState({ open: { ...open, seen } });
  }

  /** An effect beyond the item becomes one step of undo. */
  recordEffect(label: string, effect: Effect): void {
    this.edit((open) => perform(open, { label, patches: [], effect }));
  }

  /** Stores the answer durably, then shows the next item. */
  async submit(): Promise<void> {
    const { open } = this.getState();
    if (!open || this.busy) return;
    const { context, log, outbox } = this.parts;
    const stop = hindrance(open.values, open.work.item, context);
    if (stop) return this.setState({ open: { ...open, active: stop.question }, notice: stop.notice });
    await this.finish("submitted", async () => {
      log.add("submitted");
      log.changed();
      const keystrokes = log.keystrokesOf(open.work.item.id);
      await outbox.add(answerEntry(open, context, log.take(open.work.item.id), keystrokes));
      for (const entry of rejectEntries(open, context)) void outbox.add(entry);
    });
  }

  async skip(reason: string): Promise<void> {
    const { open } = this.getState();
    if (!open || this.busy) return;
    const { context, log, outbox } = this.parts;
    await this.finish("skipped", async () => {
      log.add("skipped", { reason });
      if (open.work.previous !== null) await outbox.add(unsubmitEntry(open, context));
      await outbox.add(skipEntry(open, context, reason, log.take(open.work.item.id)));
    });
  }

  /** One step back: in this item, or to the item before it. */
  async undo(): Promise<void> {
    const { open, done } = this.getState();
    const step = open && back(open);
    if (step) {
      step.entry.effect?.undo();
      return this.put(step.open);
    }
    const last = done.at(-1);
    if (last) await this.takeBack(last);
  }

  async redo(): Promise<void> {
    const { open, redo } = this.getState();
    const step = open && forward(open);
    if (step) {
      step.entry.effect?.redo();
      return this.put(step.open);
    }
    const again = redo.at(-1);
    if (!open || again?.open.work.item.id !== open.work.item.id) return;
    const rest = redo.slice(0, -1);
    await (again.kind === "skipped" ? this.skip("Skipped again") : this.submit());
    this.setState({ redo: rest });
  }

  /** Another tab of this person finished an item. What was begun on it here is kept, and comes back with the item. */
  finishedElsewhere(item: number): void {
    const { open, queue } = this.getState();
    this.shelf.delete(item);
    this.setState({ queue: queue.filter((w) => w.item.id !== item) });
    if (open?.work.item.id !== item || this.busy) return this.onNeed();
    const begun = open.undo.past.length > 0;
    if (begun) this.shelf.set(item, { ...open, reopened: true });
    if (begun) this.parts.drafts.changed(item, open.values);
    this.parts.drafts.flush();
    const kept = begun ? ` What you began here is kept: open item ${open.work.item.ord} from the history.` : "";
    this.next();
    this.setState({ notice: `Item ${open.work.item.ord} was finished in another tab.${kept}` });
  }

  flushDrafts(): void {
    this.parts.drafts.flush();
  }

  /** Everything that was not yet sent about time, when the page closes. */
  leave(): void {
    this.parts.drafts.flush();
    const events = this.parts.log.takeAll();
    if (events.length > 0) this.parts.outbox.add(telemetryEntry(this.parts.context.project, events)).catch(() => undefined);
  }

  private async takeBack(last: Done): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const item = last.open.work.item.id;
      const local = await this.parts.outbox.takeBack(item);
      if (!local) await this.parts.outbox.add(unsubmitEntry(last.open, this.parts.context));
      this.restore(last);
      if (!local) this.withdraw();
    } finally {
      this.busy = false;
    }
  }

  /** The server takes my answer back: the item in hand is lent to me again, with no answer of mine. */
  private withdraw(): void {
    const { open } = this.getState();
    if (open) this.setState({ open: { ...open, reopened: true, work: { ...open.work, previous: null } } });
  }

  private restore(done: Done): void {
    const { done: all, redo, finished } = this.getState();
    const { project } = this.parts.context;
    dropRecent(this.parts.outbox.user, project, done.open.work.item.id).catch(() => undefined);
    this.setState({ done: all.filter((d) => d.open.work.item.id !== done.open.work.item.id), redo: [...redo, done], finished: finished - counted(done.open) });
    this.show(done.open, true);
    this.parts.drafts.changed(done.open.work.item.id, done.open.values);
  }

  private async finish(kind: Done["kind"], store: () => Promise<void>): Promise<void> {
    const open = this.getState().open as Open;
    this.busy = true;
    performance.mark("submit");
    try {
      await store();
      this.parts.drafts.drop(open.work.item.id);
      this.remember(kind, open);
      this.onFinished(open.work.item.id);
      const { done, finished } = this.getState();
      const others = done.filter((d) => d.open.work.item.id !== open.work.item.id);
      this.setState({ done: [...others, { kind, open }].slice(-KEPT), redo: [], finished: finished + counted(open) });
      this.next();
    } catch (error) {
      this.setState({ notice: `Not saved: ${error instanceof Error ? error.message : String(error)} Your answer is still here.` });
    } finally {
      this.busy = false;
    }
  }

  private remember(kind: Done["kind"], { work, values }: Open): void {
    const { project } = this.parts.context;
    const { id, ord } = work.item;
    const record = { user: this.parts.outbox.user, project, item_id: id, ord, kind, excerpt: excerptOf(work), values: { ...values }, at: Date.now() };
    saveRecent(record).catch(() => undefined);
  }
}

/** An item that I had answered before does not count as another one. */
function counted(open: Open): 0 | 1 {
  return open.work.previous === null ? 1 : 0;
}
