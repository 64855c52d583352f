/** Which cases: all, or of one kind or question, with how many wait. */
import { Select } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { Project, ReviewKind, ReviewSummary } from "../../api/types";
import { count } from "../../ui/format";
import css from "./review.module.css";
import type { Filters } from "./useReview";
import { KIND_TITLES } from "./words";

export function CasePicker({ project, summary, filters }: { project: Project; summary: ReviewSummary | undefined; filters: Filters }) {
  const navigate = useNavigate();
  const go = (next: Filters) => void navigate({ to: "/p/$projectId/review", params: { projectId: project.id }, search: next });
  const waiting = summary?.waiting ?? [];
  const fits = (kind?: ReviewKind, question?: string) =>
    waiting.filter((w) => (kind === undefined || w.kind === kind) && (question === undefined || w.question === question)).reduce((sum, w) => sum + w.n, 0);
  const kinds = (Object.keys(KIND_TITLES) as ReviewKind[]).filter((kind) => fits(kind) > 0 || kind === filters.kind);
  return (
    <>
      <div className={css.kinds} role="group" aria-label="Kinds of cases">
        <button type="button" aria-pressed={filters.kind === undefined} onClick={() => go({ ...filters, kind: undefined })}>All <b>{count(fits(undefined, filters.question))}</b></button>
        {kinds.map((kind) => (
          <button key={kind} type="button" aria-pressed={filters.kind === kind} onClick={() => go({ ...filters, kind })}>
            {KIND_TITLES[kind]} <b>{count(fits(kind, filters.question))}</b>
          </button>
        ))}
      </div>
      {project.spec.questions.length > 1 ? (
        <Select
          aria-label="Question" size="xs" w={180} placeholder="all questions" clearable value={filters.question ?? null}
          onChange={(question) => go({ ...filters, question: question ?? undefined })}
          data={project.spec.questions.map((q) => ({ value: q.name, label: q.title ?? q.name }))}
        />
      ) : null}
    </>
  );
}
