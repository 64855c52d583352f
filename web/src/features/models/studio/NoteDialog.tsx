/** An error as a note for the guidelines: a draft to finish, and the heading that it goes below. */
import { Modal, Select, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../../api/client";
import type { ComparedRow, Comparison, GuidelineNote, NoteDraft, Project } from "../../../api/types";
import { Button, ErrorNote, Skeleton } from "../../../ui";
import layout from "../../../ui/layout.module.css";
import { notify } from "../../../ui/notify";

interface Props {
  project: Project;
  comparison: Comparison;
  row: ComparedRow;
  arm: number;
  onClose(): void;
}

export function NoteDialog({ project, comparison, row, arm, onClose }: Props) {
  const draft = useQuery({
    queryKey: ["draft", project.id, comparison.id, row.item_id, arm],
    queryFn: () => api.get<NoteDraft>(`/projects/${project.id}/comparisons/${comparison.id}/draft`, { arm, item: row.item_id }),
    staleTime: 0,
  });
  return (
    <Modal opened onClose={onClose} title="Note for the guidelines" centered size={560}>
      <ErrorNote error={draft.error} />
      {draft.isPending ? <Skeleton height={180} /> : null}
      {draft.data ? <Form project={project} comparison={comparison} item={row.item_id} draft={draft.data} onClose={onClose} /> : null}
    </Modal>
  );
}

function Form({ project, comparison, item, draft, onClose }: { project: Project; comparison: Comparison; item: number; draft: NoteDraft; onClose(): void }) {
  const [text, setText] = useState(draft.text);
  const [section, setSection] = useState<string | null>(draft.section);
  const client = useQueryClient();
  const propose = useMutation({
    mutationFn: () => api.post<GuidelineNote>(`/projects/${project.id}/notes`, { question: comparison.question, text, section, item_id: item, comparison: comparison.id }),
    onSuccess: () => {
      notify("Proposed. It changes nothing until somebody puts it into the guidelines.");
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["notes", project.id] }),
  });
  return (
    <form
      className={layout.stack}
      onSubmit={(event) => {
        event.preventDefault();
        propose.mutate();
      }}
    >
      <Textarea label="Note" description="Markdown. Say the rule, not only the case: people and models will follow it." autosize minRows={5} maxRows={16} value={text} data-autofocus onChange={(event) => setText(event.currentTarget.value)} />
      <Select label="Below the heading" clearable placeholder="at the end" data={[...new Set(draft.sections)]} value={section} onChange={setSection} />
      <ErrorNote error={propose.error} />
      <div className={layout.row} style={{ justifyContent: "flex-end" }}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="primary" busy={propose.isPending} disabled={text.trim() === ""}>
          Propose
        </Button>
      </div>
    </form>
  );
}
