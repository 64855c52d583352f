/** How outbox entries travel: what goes together in one request, and what an answer of the server means for them. */

import { ApiError } from "../api/client";
import type { OutboxEntry } from "./browser-db";

export const BATCH = 50;
/** What a browser takes from a page that is going away: 64 kB in all. */
const PARTING_BYTES = 60_000;
/** Errors of a single answer in a batch that are no refusal of it: the whole batch goes again, which does no harm. */
const TRANSIENT = new Set(["StorageTrouble", "TooMany"]);

export interface BatchReply {
  results: { op_id: string; ok: boolean; error?: { code: string; message: string } | null }[];
}

/** A new id for an operation; the server takes each at most once. */
export function newOpId(): string {
  return crypto.randomUUID();
}

/** Whether the server understood the request and said no, so that repeating it is useless. */
export function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && ![401, 408, 425, 429].includes(status);
}

/** Whether nobody answered: no network, or a gateway without a server behind it. */
export function isAway(status: number): boolean {
  return status === 0 || (status >= 502 && status <= 504);
}

/** The longest start of the queue that can travel in one request: answers of one project together, all else alone. */
export function leadingRun(waiting: readonly OutboxEntry[]): OutboxEntry[] {
  const first = waiting[0];
  if (first === undefined) return [];
  if (first.kind !== "answer") return [first];
  const end = waiting.findIndex((e) => e.kind !== "answer" || e.project !== first.project);
  return waiting.slice(0, Math.min(end === -1 ? waiting.length : end, BATCH));
}

/**
 * What a page that is going away may send side by side, nobody waiting for replies: runs that are safe to repeat, no two of them
 * about the same item, for they may arrive in any order; as many as a browser takes.
 */
export function partingRuns(waiting: readonly OutboxEntry[]): OutboxEntry[][] {
  const runs: OutboxEntry[][] = [];
  const seen = new Set<number>();
  let rest = waiting;
  let bytes = 0;
  while (rest.length > 0) {
    const run = leadingRun(rest);
    bytes += new TextEncoder().encode(JSON.stringify(batchBody(run))).length;
    if (bytes > PARTING_BYTES || run.some((e) => e.item_id !== null && seen.has(e.item_id))) break;
    for (const { item_id } of run) if (item_id !== null) seen.add(item_id);
    if (run.every(isRepeatable)) runs.push(run);
    rest = rest.slice(run.length);
  }
  return runs;
}

function isRepeatable({ body }: OutboxEntry): boolean {
  return typeof body === "object" && body !== null && "op_id" in body;
}

export function batchBody(run: readonly OutboxEntry[]): { submissions: unknown[] } {
  return { submissions: run.map((e) => e.body) };
}

/** The refused ones of a batch, with the server's words. Throws if the server was only in trouble. */
export function refusalsOf(reply: BatchReply): Map<string, string> {
  const trouble = reply.results.find((r) => !r.ok && TRANSIENT.has(r.error?.code ?? ""));
  if (trouble) throw new ApiError(503, trouble.error?.code ?? "", trouble.error?.message ?? "The server is busy.");
  return new Map(reply.results.filter((r) => !r.ok).map((r) => [r.op_id, r.error?.message ?? "Refused by the server."]));
}
