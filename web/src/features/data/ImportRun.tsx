/** An import under way, then its report. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { isOver, jobQuery } from "../../api/queries";
import type { ImportResult, Job, Project } from "../../api/types";
import { Button, buttonLook, ErrorNote, Panel, Skeleton } from "../../ui";
import { count, plural } from "../../ui/format";
import { JobCard } from "../../ui/JobCard";
import layout from "../../ui/layout.module.css";
import { BadRows } from "./BadRows";

export function ImportRun({ project, job, onMore }: { project: Project; job: number; onMore(): void }) {
  const state = useQuery(jobQuery(job));
  const client = useQueryClient();
  const over = state.data !== undefined && isOver(state.data);
  useEffect(() => {
    if (!over) return;
    for (const key of ["project", "items", "facets"]) void client.invalidateQueries({ queryKey: [key, project.id] });
  }, [client, over, project.id]);
  if (state.error) return <ErrorNote error={state.error} onRetry={() => void state.refetch()} />;
  if (!state.data) return <Skeleton height={90} />;
  if (state.data.state === "done") return <Report project={project} job={state.data} onMore={onMore} />;
  return (
    <>
      <Panel>
        <JobCard job={state.data} />
      </Panel>
      {over ? (
        <div>
          <Button onClick={onMore}>Import something else</Button>
        </div>
      ) : (
        <p className="dim">You can leave this page; the import goes on.</p>
      )}
    </>
  );
}

function Report({ project, job, onMore }: { project: Project; job: Job; onMore(): void }) {
  const result = (job.result ?? {}) as Partial<ImportResult>;
  const bad = result.bad ?? 0;
  const params = { projectId: project.id };
  return (
    <>
      <Panel title="Imported">
        <div className={layout.stack}>
          <p style={{ fontSize: 16 }}>
            <strong>{plural(result.added ?? 0, "item")}</strong> added.
          </p>
          <ul style={{ margin: 0, paddingLeft: 18, color: "var(--text-dim)" }}>
            {result.repeated ? <li>{count(result.repeated)} were here already and were left as they are.</li> : null}
            {result.equal ? <li>{count(result.equal)} rows equal another row of this import; all are kept.</li> : null}
            <li>{bad === 0 ? "No bad rows." : `${plural(bad, "row")} could not be read.`}</li>
          </ul>
          <div className={`${layout.row} ${layout.wrap}`}>
            <Link to="/p/$projectId/label" params={params} {...buttonLook("primary")}>
              Start labelling
            </Link>
            <Link to="/p/$projectId/data" params={params} {...buttonLook()}>
              See the data
            </Link>
            <Link to="/p/$projectId/models" params={params} {...buttonLook()}>
              Set up a model
            </Link>
            <Button kind="quiet" onClick={onMore}>
              Import more
            </Button>
          </div>
        </div>
      </Panel>
      {bad > 0 && result.bad_rows ? <BadRows rows={result.bad_rows} total={bad} lead="Mend them in the source and import it again: what is here already is not added twice." /> : null}
    </>
  );
}
