/**
 * What a person has in hand: the open item, the pile that waits behind it, and items that were laid aside half done. Stands
 * alone so that the work loop (`desk.ts`) says what happens, and this says what is on the screen then.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { WorkItem } from "../../../api/types";
import type { Outbox } from "../../../lib/outbox";
import type { DraftKeeper } from "./draft-keeper";
import { withValidActive } from "./editing";
import { openItem, type DeskState, type Open } from "./state";
import type { Context } from "./submission";
import type { TimeLog } from "./time-log";
import type { WorkApi } from "./work-api";

export interface DeskParts {
  context: Context;
  instantSubmit: boolean;
  outbox: Pick<Outbox, "add" | "takeBack" | "user">;
  drafts: DraftKeeper;
  log: TimeLog;
  api: Pick<WorkApi, "open">;
}

const INITIAL: DeskState = {
  phase: "loading", error: null, open: null, queue: [], done: [], redo: [], minimum: { overall: 0.3, perLabel: {} },
  source: null, finished: 0, notice: null, elsewhere: false,
}; // prettier-ignore

export class Hand {
  readonly store: StoreApi<DeskState> = createStore(() => INITIAL);
  /** Called when there is room for another item. */
  onNeed: () => void = () => undefined;
  protected readonly shelf = new Map<number, Open>();
  protected busy = false;

  constructor(protected parts: DeskParts) {}

  get context(): Context {
    return this.parts.context;
  }

  getState = (): DeskState => this.store.getState();
  setState = (part: Partial<DeskState>): void => this.store.setState(part);

  /** The project changed while working: other questions or rules from the next change on. */
  configure(context: Context, instantSubmit: boolean): void {
    this.parts = { ...this.parts, context, instantSubmit };
  }

  protected next(): void {
    const first = this.getState().queue[0];
    if (first) this.show(this.opened(first), false);
    else this.setState({ open: null, phase: "loading" });
    this.onNeed();
  }

  protected opened(work: WorkItem): Open {
    const { questions, isEmpty } = this.parts.context;
    return this.shelf.get(work.item.id) ?? openItem(work, questions, isEmpty);
  }

  /** Puts an item in hand. With `shelve`, the one in hand before goes back to the top of the pile as it was. */
  protected show(open: Open, shelve: boolean): void {
    const { open: before, queue } = this.getState();
    const id = open.work.item.id;
    this.shelf.delete(id);
    const rest = queue.filter((w) => w.item.id !== id);
    if (shelve && before && before.work.item.id !== id) {
      this.shelf.set(before.work.item.id, before);
      rest.unshift(before.work);
    }
    this.parts.log.open(id, open.reopened ? "reopened" : "opened");
    this.setState({ phase: "working", error: null, open, queue: rest, notice: before ? null : this.getState().notice });
  }

  protected edit(how: (open: Open) => Open): void {
    const { open } = this.getState();
    if (!open || this.busy) return;
    this.put(how(open));
    if (this.getState().redo.length > 0) this.setState({ redo: [] });
  }

  protected put(next: Open): void {
    const { open } = this.getState();
    if (!open || next === open) return;
    const { questions, isEmpty } = this.parts.context;
    this.setState({ open: withValidActive(next, questions, isEmpty), notice: null });
    this.parts.log.changed();
    if (next.values !== open.values) this.parts.drafts.changed(next.work.item.id, next.values);
  }
}
