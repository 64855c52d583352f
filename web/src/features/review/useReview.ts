/** Puts the reviewer's desk together for one project, and offers its commands. */
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useStore } from "zustand";
import { api } from "../../api/client";
import type { Project, ReviewCase, ReviewKind } from "../../api/types";
import { reviewCommands } from "../../commands/groups/review";
import { useCommands } from "../../commands/live";
import type { OutboxStatus } from "../../lib/outbox";
import { outboxFor } from "../../lib/own-outbox";
import { prefetchMedia } from "../../media/prefetch";
import { ReviewDesk, type DeskState } from "./logic/desk";

export interface Filters {
  kind?: ReviewKind;
  question?: string;
}

export function useReviewDesk(user: number, project: number, { kind, question }: Filters): ReviewDesk {
  const desk = useMemo(() => {
    const root = `/projects/${project}/review`;
    return new ReviewDesk({
      project, kind, question,
      api: { queue: (n, have, k, q) => api.get<ReviewCase[]>(`${root}/queue`, { n, have, kind: k, question: q }) },
      add: (entry) => outboxFor(user).add(entry),
      prefetch: (found) => prefetchMedia(found.item),
    });
  }, [user, project, kind, question]);
  useEffect(() => void desk.fill(), [desk]);
  return desk;
}

export function useDesk<T>(desk: ReviewDesk, pick: (state: DeskState) => T): T {
  return useStore(desk.store, pick);
}

export function useOutbox(user: number): OutboxStatus {
  const outbox = outboxFor(user);
  return useSyncExternalStore(outbox.subscribe, outbox.status);
}

interface Openers {
  save(): void;
  onlyDifferences(): void;
}

export function useReviewCommands(desk: ReviewDesk, _project: Project, { save, onlyDifferences }: Openers): void {
  const found = useDesk(desk, (s) => s.cases[0]);
  const draft = useDesk(desk, (s) => s.draft);
  const past = useDesk(desk, (s) => s.past);
  useCommands("review", reviewCommands({
    answers: found?.answers.length ?? 0,
    together: Boolean(found?.together),
    looking: found !== undefined && draft === null,
    fixing: draft !== null,
    mayUndo: past.length > 0 && draft === null,
    mayReturn: Boolean(found?.answers.some((a) => a.returnable)),
    accept: (place) => {
      const answer = desk.current?.answers[place];
      if (answer) desk.accept(answer.id);
    },
    acceptTogether: () => desk.acceptTogether(),
    acceptChosen: () => desk.acceptChosen(),
    choose: (step) => desk.step(step),
    fix: () => desk.beginFix(),
    save,
    cancel: () => desk.leave(),
    sendBack: () => desk.store.setState({ returning: true }),
    skip: () => desk.skip(),
    undo: () => desk.undo(),
    onlyDifferences,
  }));
}
