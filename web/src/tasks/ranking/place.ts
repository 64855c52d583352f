/** Giving ranks one by one, where every rank already given keeps its number until the answer is sent. Pure. */
import { ranksIn, type Ranks } from "../candidates/candidates";

/** The value with this candidate on this rank (from 1); null takes its rank away. Without ties, who held the rank swaps. */
export function place(value: Ranks | undefined, id: string, rank: number | null, order: string[], ties: boolean): Ranks | undefined {
  const ranks = ranksIn(value);
  const before = ranks.get(id);
  if (rank !== null && !ties) {
    const holder = [...ranks].find(([other, held]) => held === rank && other !== id)?.[0];
    if (holder !== undefined) {
      if (before === undefined) ranks.delete(holder);
      else ranks.set(holder, before);
    }
  }
  if (rank === null) ranks.delete(id);
  else ranks.set(id, rank);
  if (ranks.size === 0) return undefined;
  const last = Math.max(...ranks.values());
  const tiers = Array.from({ length: last }, (_, at) => order.filter((other) => ranks.get(other) === at + 1));
  return { tiers, order };
}

/** The next candidate without a rank, behind `at` and then from the start; `at` if all have one. */
export function nextOpen(value: Ranks | undefined, order: readonly string[], at: number): number {
  const ranks = ranksIn(value);
  for (let step = 1; step <= order.length; step++) {
    const next = (at + step) % order.length;
    if (!ranks.has(order[next]!)) return next;
  }
  return at;
}
