/** The state of an audit: which answer, which criterion, which scores; and the keys that move through it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ApiError } from "../../api/client";
import type { AuditTask } from "../../api/types";
import type { Command } from "../../commands/command";

export interface Audit {
  task: AuditTask | undefined;
  scores: Readonly<Record<string, number>>;
  /** The criterion in hand. */
  at: number;
  note: string;
  complete: boolean;
  busy: boolean;
  error: unknown;
  choose(score: number): void;
  go(place: number): void;
  back(): void;
  setNote(note: string): void;
  send(): void;
  retry(): void;
}

export function useAudit(project: number, judge: number): Audit {
  const client = useQueryClient();
  const path = `/projects/${project}/judges/${judge}/audit`;
  const key = ["audit", project, judge];
  const [scores, setScores] = useState<Readonly<Record<string, number>>>({});
  const [at, setAt] = useState(0);
  const [note, setNote] = useState("");
  const next = useQuery({ queryKey: key, queryFn: () => api.post<AuditTask>(`${path}/next`), staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false });
  const begin = (task: AuditTask | null) => {
    setScores({});
    setAt(0);
    setNote("");
    if (task) client.setQueryData(key, task);
    else void next.refetch();
    void client.invalidateQueries({ queryKey: ["judges", project] });
  };
  const store = useMutation({
    mutationFn: (given: Readonly<Record<string, number>>) => api.post<AuditTask>(path, { pick: next.data?.pick, scores: given, note }),
    onSuccess: begin,
    // Somebody else rated it meanwhile: go on with another one.
    onError: (error) => (error instanceof ApiError && error.status === 409 ? begin(null) : undefined),
  });
  const criteria = next.data?.rubric.criteria ?? [];
  const complete = criteria.length > 0 && criteria.every((c) => c.name in scores);
  const choose = (score: number) => {
    const criterion = criteria[at];
    if (!criterion || store.isPending) return;
    const given = { ...scores, [criterion.name]: score };
    setScores(given);
    const open = criteria.findIndex((c, k) => k > at && !(c.name in given));
    const any = open >= 0 ? open : criteria.findIndex((c) => !(c.name in given));
    if (any >= 0) setAt(any);
    else if (note === "") store.mutate(given);
  };
  return {
    task: next.data, scores, at, note, complete, choose, setNote,
    busy: store.isPending, error: store.error ?? next.error,
    go: setAt,
    back: () => setAt(Math.max(0, at - 1)),
    send: () => complete && !store.isPending && store.mutate(scores),
    retry: () => void next.refetch(),
  }; // prettier-ignore
}

/** Digits choose a level from worst to best; Backspace goes back, Enter stores. */
export function auditCommands(audit: Audit): Command[] {
  const common = { group: "Audit", scope: "task" } as const;
  const criterion = audit.task?.pick === null ? undefined : audit.task?.rubric.criteria[audit.at];
  const levels = (criterion?.levels ?? []).slice(0, 10).map((level, k) => ({
    ...common, id: `audit.level-${k + 1}`, title: `${criterion?.title}: ${level.score}`, keys: [k === 9 ? "0" : String(k + 1)], hidden: true,
    run: () => audit.choose(level.score),
  })); // prettier-ignore
  return [
    ...levels,
    { ...common, id: "audit.back", title: "Back to the criterion before", keys: ["Backspace"], enabled: audit.at > 0, run: audit.back },
    { ...common, id: "audit.store", title: "Store the rating", keys: ["Enter", "$mod+Enter"], enabled: audit.complete, run: audit.send },
  ];
}
