/** Keeps unsubmitted answers: at once in the browser, and half a second after the last change on the server. */

import { dropDraft, loadDraft, saveDraft } from "../../../lib/drafts";
import type { WorkItem } from "../../../api/types";
import type { Values } from "./undo";
import type { WorkApi } from "./work-api";

const LOCAL_MS = 80;
const SERVER_MS = 500;

export class DraftKeeper {
  private pending: { item: number; values: Values } | null = null;
  private local: ReturnType<typeof setTimeout> | null = null;
  private remote: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly user: number,
    private readonly project: number,
    private readonly api: Pick<WorkApi, "saveDraft" | "dropDraft">,
  ) {}

  changed(item: number, values: Values): void {
    if (this.pending && this.pending.item !== item) this.flush();
    this.pending = { item, values };
    this.stopTimers();
    this.local = setTimeout(() => void this.keep(), LOCAL_MS);
    this.remote = setTimeout(() => this.flush(), SERVER_MS);
  }

  /** Writes and sends what waits: the item changes, or the page is being hidden. */
  flush(): void {
    const draft = this.pending;
    this.stopTimers();
    if (!draft) return;
    void this.keep();
    this.pending = null;
    const sending = isBlank(draft.values) ? this.api.dropDraft(draft.item) : this.api.saveDraft(draft.item, draft.values);
    sending.catch(() => undefined);
  }

  /** The answer was submitted or skipped: no draft any more. */
  drop(item: number): void {
    if (this.pending?.item === item) {
      this.stopTimers();
      this.pending = null;
    }
    dropDraft(this.user, item).catch(() => undefined);
  }

  /** The items with the drafts of this browser in place of the server's, which are never newer. */
  async restore(items: WorkItem[]): Promise<WorkItem[]> {
    return Promise.all(
      items.map(async (work) => {
        const draft = await loadDraft(this.user, work.item.id).catch(() => undefined);
        return draft ? { ...work, draft: { values: draft.values } } : work;
      }),
    );
  }

  private async keep(): Promise<void> {
    if (!this.pending) return;
    const { item, values } = this.pending;
    const { user, project } = this;
    await (isBlank(values)
      ? dropDraft(user, item)
      : saveDraft({ user, project, item_id: item, values: { ...values }, at: Date.now() })
    ).catch(() => undefined);
  }

  private stopTimers(): void {
    if (this.local) clearTimeout(this.local);
    if (this.remote) clearTimeout(this.remote);
    this.local = this.remote = null;
  }
}

function isBlank(values: Values): boolean {
  return Object.keys(values).length === 0;
}
