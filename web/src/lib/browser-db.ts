/**
 * The browser's own database: what must outlive a closed tab or a lost network.
 *
 * Three stores: `outbox` (things to tell the server, in order), `drafts` (unsubmitted answers by user and item) and `recent`
 * (what a user labelled last, for the history list). Every record carries the id of its user.
 */

import { openDB, type DBSchema, type IDBPDatabase } from "idb";

/** What kind of thing waits to be told; decides how it is shown and whether it can travel in a batch. */
export type OutboxKind = "answer" | "skip" | "unsubmit" | "reject" | "bulk" | "note" | "telemetry" | "review";

export interface OutboxEntry {
  /** Order of sending, given by the database. */
  seq?: number;
  op_id: string;
  user: number;
  project: number;
  kind: OutboxKind;
  item_id: number | null;
  method: string;
  path: string;
  body: unknown;
  /** What to call it when it needs attention: "Answer to item 12". */
  title: string;
  /** Unix milliseconds. */
  at: number;
  state: "queued" | "parked";
  /** The server's words, on a parked entry. */
  error?: string;
}

export interface DraftRecord {
  user: number;
  item_id: number;
  project: number;
  values: Record<string, unknown>;
  /** Unix milliseconds. */
  at: number;
}

export interface RecentRecord {
  user: number;
  project: number;
  item_id: number;
  ord: number;
  kind: "submitted" | "skipped";
  excerpt: string;
  values: Record<string, unknown>;
  /** Unix milliseconds. */
  at: number;
}

interface Schema extends DBSchema {
  outbox: { key: number; value: OutboxEntry; indexes: { user: number } };
  drafts: { key: [number, number]; value: DraftRecord };
  recent: { key: [number, number, number]; value: RecentRecord; indexes: { at: [number, number, number] } };
}

export type BrowserDb = IDBPDatabase<Schema>;

export const DB_NAME = "milo";

let opened: Promise<BrowserDb> | null = null;

/** The open database, shared by the page. Rejects where the browser forbids storage (some private windows). */
export function browserDb(): Promise<BrowserDb> {
  opened ??= openDB<Schema>(DB_NAME, 1, { upgrade: create, terminated: forget }).catch((error: unknown) => {
    forget();
    throw error;
  });
  return opened;
}

/** Closes the connection, so that the next use opens it anew. */
export async function closeBrowserDb(): Promise<void> {
  const db = await opened?.catch(() => null);
  db?.close();
  forget();
}

function forget(): void {
  opened = null;
}

function create(db: BrowserDb): void {
  db.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true }).createIndex("user", "user");
  db.createObjectStore("drafts", { keyPath: ["user", "item_id"] });
  db.createObjectStore("recent", { keyPath: ["user", "project", "item_id"] }).createIndex("at", ["user", "project", "at"]);
}
