/** Proposed notes for the guidelines: put one in, with a last change if need be, or drop it. */
import { Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../../api/client";
import { notesQuery } from "../../../api/modelQueries";
import type { GuidelineNote, Project } from "../../../api/types";
import { manages } from "../../../lib/rights";
import { Button, ErrorNote, Panel } from "../../../ui";
import { ago } from "../../../ui/format";
import layout from "../../../ui/layout.module.css";
import { notify } from "../../../ui/notify";
import css from "./studio.module.css";

export function NotesPanel({ project }: { project: Project }) {
  const notes = useQuery(notesQuery(project.id));
  if (!notes.data || notes.data.length === 0) return <ErrorNote error={notes.error} />;
  return (
    <Panel title="Proposed for the guidelines" flush>
      {notes.data.map((note) => (
        <Note key={note.id} project={project} note={note} />
      ))}
    </Panel>
  );
}

function Note({ project, note }: { project: Project; note: GuidelineNote }) {
  const [text, setText] = useState(note.text);
  const client = useQueryClient();
  const decide = useMutation({
    mutationFn: (verb: "take" | "drop") => api.post(`/projects/${project.id}/notes/${note.id}/${verb}`, verb === "take" ? { text, section: note.section } : {}),
    onSuccess: (_, verb) => verb === "take" && notify("In the guidelines now. People and models follow it from here on."),
    onSettled: () => {
      for (const key of ["notes", "project", "comparisons"]) void client.invalidateQueries({ queryKey: [key, project.id] });
    },
  });
  const edit = manages(project.my_role);
  return (
    <div className={css.note}>
      <div className={`${layout.stack} ${layout.tight} ${layout.grow}`}>
        {edit ? (
          <Textarea aria-label="Text of the note" autosize minRows={2} maxRows={12} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        ) : (
          <pre className={css.schema}>{note.text}</pre>
        )}
        <span className={layout.help}>
          {note.section ? `below “${note.section}”` : "at the end"}, by {note.author ?? "somebody"}, {ago(note.at)}
        </span>
        <ErrorNote error={decide.error} />
      </div>
      {edit ? (
        <div className={css.lessons}>
          <Button size="small" kind="primary" busy={decide.isPending} disabled={text.trim() === ""} onClick={() => decide.mutate("take")}>
            Put it in
          </Button>
          <Button size="small" busy={decide.isPending} onClick={() => decide.mutate("drop")}>
            Drop
          </Button>
        </div>
      ) : null}
    </div>
  );
}
