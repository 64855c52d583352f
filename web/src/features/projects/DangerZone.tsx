/** Archive (can be undone) and delete (cannot). */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api/client";
import { projectQuery } from "../../api/queries";
import type { Project } from "../../api/types";
import { Button, ErrorNote, Panel } from "../../ui";
import { Confirm } from "../../ui/Confirm";
import { plural } from "../../ui/format";
import layout from "../../ui/layout.module.css";

export function DangerZone({ project }: { project: Project }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const archive = useMutation({
    mutationFn: () => api.patch<Project>(`/projects/${project.id}`, { archived: !project.archived }),
    onSuccess: (saved) => {
      client.setQueryData(projectQuery(project.id).queryKey, saved);
      void client.invalidateQueries({ queryKey: ["projects"] });
    },
  });
  const remove = useMutation({
    mutationFn: () => api.delete(`/projects/${project.id}`),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["projects"] });
      void navigate({ to: "/" });
    },
  });
  return (
    <Panel title="Danger zone" id="danger">
      <div className={layout.stack}>
        <div className={layout.row}>
          <div className={layout.grow}>
            <h3>{project.archived ? "Bring back" : "Archive"}</h3>
            <p className={layout.help}>Archived projects leave the list and lend no items. Nothing is lost.</p>
          </div>
          <Button busy={archive.isPending} onClick={() => archive.mutate()}>
            {project.archived ? "Bring back" : "Archive"}
          </Button>
        </div>
        {project.my_role === "owner" ? (
          <div className={layout.row}>
            <div className={layout.grow}>
              <h3>Delete</h3>
              <p className={layout.help}>
                Removes {plural(project.counts.items, "item")} and {plural(project.counts.answers, "answer")} for good. This cannot be undone.
              </p>
            </div>
            <Button kind="danger" busy={remove.isPending} onClick={() => setAsking(true)}>
              Delete project
            </Button>
          </div>
        ) : null}
        <ErrorNote error={archive.error ?? remove.error} />
      </div>
      <Confirm
        open={asking} title={`Delete “${project.spec.name}”?`} action="Delete for good" word="delete"
        text="All items, answers, models and comments of this project are removed. Export them first if you may need them."
        onConfirm={() => remove.mutate()} onClose={() => setAsking(false)}
      />
    </Panel>
  );
}
