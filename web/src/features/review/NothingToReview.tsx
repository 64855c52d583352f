/** Nothing waits: look for cases, or draw a random sample to check finished work. */
import { Select } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { Job, Project } from "../../api/types";
import { manages } from "../../lib/rights";
import { Button, Empty, ErrorNote } from "../../ui";
import layout from "../../ui/layout.module.css";
import { finished } from "./finished";
import type { Filters } from "./useReview";

interface Props {
  project: Project;
  filters: Filters;
  onAgain(): void;
}

export function NothingToReview({ project, filters, onAgain }: Props) {
  const client = useQueryClient();
  const questions = project.spec.questions;
  const [question, setQuestion] = useState(filters.question ?? questions[0]?.name ?? "");
  const fresh = () => {
    void client.invalidateQueries({ queryKey: ["review", project.id] });
    onAgain();
  };
  const look = useMutation({
    mutationFn: async () => finished(await api.post<Job>(`/projects/${project.id}/resolve`)),
    onSuccess: fresh,
  });
  const draw = useMutation({ mutationFn: () => api.post(`/projects/${project.id}/review/sample`, { question, n: 20 }), onSuccess: fresh });
  return (
    <div className={layout.page}>
      <Empty
        title="Nothing waits for review" text="Cases come up where answers differ, a judge raises an alarm, or a random check is due. You can also check finished work at random now."
        action={
          <div className={layout.row}>
            {manages(project.my_role) ? <Button busy={look.isPending} onClick={() => look.mutate()}>Look for conflicts</Button> : <Button onClick={onAgain}>Look again</Button>}
            {questions.length > 1 ? (
              <Select
                aria-label="Question to check" w={200} value={question} allowDeselect={false} onChange={(name) => setQuestion(name ?? question)}
                data={questions.map((q) => ({ value: q.name, label: q.title ?? q.name }))}
              />
            ) : null}
            <Button kind="primary" busy={draw.isPending} onClick={() => draw.mutate()}>Draw 20 at random</Button>
          </div>
        }
      />
      <ErrorNote error={look.error ?? draw.error} />
    </div>
  );
}
