/** What the models did, newest first. A run can be taken back: its suggestions disappear, and come again with redo. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import { runsQuery } from "../../api/queries";
import type { Run } from "../../api/types";
import { Button, ErrorNote, Panel } from "../../ui";
import { ago, brief, count } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { took } from "./modelWords";

const KINDS: Record<Run["kind"], string> = { train: "Trained", suggest: "Suggested", import: "Imported predictions", annotate: "Asked a model", repeat: "Repeated a label" };

export function RunsPanel({ project, edit }: { project: number; edit: boolean }) {
  const runs = useQuery(runsQuery(project));
  const client = useQueryClient();
  const flip = useMutation({
    mutationFn: (run: Run) => api.post(`/projects/${project}/runs/${run.id}/${run.active ? "undo" : "redo"}`),
    onSettled: () => {
      for (const key of ["runs", "models", "items", "item", "project", "facets"]) void client.invalidateQueries({ queryKey: [key, project] });
    },
  });
  if (runs.data?.length === 0) return null;
  return (
    <Panel title="Runs" flush>
      {runs.error ?? flip.error ? (
        <div style={{ padding: 12 }}>
          <ErrorNote error={runs.error ?? flip.error} />
        </div>
      ) : null}
      <div className={layout.scroll}>
        <table className={layout.table}>
          <thead>
            <tr>
              <th>What</th>
              <th>Model</th>
              <th className={layout.number}>Version</th>
              <th className={layout.number}>Suggestions</th>
              <th>When</th>
              <th>State</th>
              <th style={{ width: 80 }}>
                <span className="visually-hidden">Undo</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {(runs.data ?? []).slice(0, 50).map((run) => (
              <tr key={run.id} style={{ color: run.active ? undefined : "var(--text-dim)" }}>
                <td>{KINDS[run.kind] ?? run.kind}</td>
                <td>{run.model || "–"}</td>
                <td className={layout.number}>{run.version || "–"}</td>
                <td className={layout.number}>{count(run.items)}</td>
                <td>
                  {ago(run.created_at)} <span className="dim">{took(run.created_at, run.finished_at)}</span>
                </td>
                <td>
                  {run.active ? run.state : "taken back"}
                  {typeof run.info.why === "string" ? <div className={layout.help}>{brief(run.info.why, 120)}</div> : null}
                </td>
                <td>
                  {edit && run.finished_at !== null ? (
                    <Button size="small" busy={flip.isPending && flip.variables.id === run.id} onClick={() => flip.mutate(run)}>
                      {run.active ? "Undo" : "Redo"}
                    </Button>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
