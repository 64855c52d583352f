/** Unsubmitted answers and the list of what was labelled last, kept in the browser so that a closed tab brings them back. */

import { browserDb, type DraftRecord, type RecentRecord } from "./browser-db";

export type { DraftRecord, RecentRecord } from "./browser-db";

const KEPT = 100;

export async function saveDraft(record: DraftRecord): Promise<void> {
  await (await browserDb()).put("drafts", record);
}

export async function loadDraft(user: number, itemId: number): Promise<DraftRecord | undefined> {
  return (await browserDb()).get("drafts", [user, itemId]);
}

export async function dropDraft(user: number, itemId: number): Promise<void> {
  await (await browserDb()).delete("drafts", [user, itemId]);
}

/** Remembers an item as just labelled; the oldest ones beyond a hundred per project are forgotten. */
export async function saveRecent(record: RecentRecord): Promise<void> {
  const tx = (await browserDb()).transaction("recent", "readwrite");
  await tx.store.put(record);
  const keys = await tx.store.index("at").getAllKeys(range(record.user, record.project));
  for (const key of keys.slice(0, Math.max(0, keys.length - KEPT))) void tx.store.delete(key);
  await tx.done;
}

/** What the user labelled last in the project, newest first. */
export async function loadRecent(user: number, project: number): Promise<RecentRecord[]> {
  const rows = await (await browserDb()).getAllFromIndex("recent", "at", range(user, project));
  return rows.reverse();
}

export async function dropRecent(user: number, project: number, itemId: number): Promise<void> {
  await (await browserDb()).delete("recent", [user, project, itemId]);
}

function range(user: number, project: number): IDBKeyRange {
  return IDBKeyRange.bound([user, project, 0], [user, project, Number.MAX_SAFE_INTEGER]);
}
