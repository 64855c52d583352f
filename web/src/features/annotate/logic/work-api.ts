/** The requests of the workbench that do not go through the outbox: reading, lending, drafts. */

import { api } from "../../../api/client";
import type { BulkAcceptResult, CandidatesView, Histogram, JudgeAdvice, LiveJudge, VerdictView, Wish, WorkItem } from "../../../api/types";

export interface BulkAcceptQuery {
  question: string;
  source?: string;
  min_score: number;
  per_label?: Record<string, number>;
  promise?: Wish;
}

export function workApi(project: number) {
  const root = `/projects/${project}`;
  return {
    /** Lends items until the browser holds `n` in all, of which it has `have`; gives the new ones. */
    queue: (n: number, have: readonly number[], source: string | null) =>
      api.get<WorkItem[]>(`${root}/queue`, { n, have, source }),
    open: (item: number) => api.get<WorkItem>(`${root}/items/${item}/work`),
    heartbeat: (item_ids: number[]) => api.post<{ until: number }>(`${root}/heartbeat`, { item_ids }),
    saveDraft: (item: number, values: unknown) => api.put(`${root}/items/${item}/draft`, { values }),
    dropDraft: (item: number) => api.delete(`${root}/items/${item}/draft`),
    histogram: (question: string, source: string | null) =>
      api.get<Histogram>(`${root}/suggestions/histogram`, { question, source }),
    tryBulk: (query: BulkAcceptQuery, op_id: string) =>
      api.post<BulkAcceptResult>(`${root}/bulk/accept`, { ...query, op_id, dry_run: true }),
    undoBulk: (bulk: number) => api.post<{ reverted: number }>(`${root}/bulk/${bulk}/undo`),
    redoBulk: (bulk: number) => api.post(`${root}/bulk/${bulk}/redo`),
    review: (judge: LiveJudge, item_id: number, value: unknown, signal: AbortSignal) =>
      api.post<JudgeAdvice>(`${root}/judges/${judge.id}/review`, { item_id, question: judge.question, value }, { signal }),
    respond: (verdict: VerdictView, response: "dismissed" | "taken") => api.post(`${root}/verdicts/${verdict.id}/respond`, { response }),
    /** Has the answers that a question compares written, or waits for them. */
    candidates: (item: number, question: string) => api.post<CandidatesView>(`${root}/items/${item}/candidates`, { question }),
    followUp: (item: number, question: string, text: string) => api.post<CandidatesView>(`${root}/items/${item}/candidates/follow-up`, { question, text }),
    tookProposal: (turn: number) => api.post(`${root}/assist/${turn}/taken`),
    item: (item: number) => api.get<{ item: WorkItem["item"] }>(`${root}/items/${item}`),
  };
}

export type WorkApi = ReturnType<typeof workApi>;
