/** A run of a connected model as it goes: how far, how fast, for how much; stop it, go on, ask again, take it back. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../../api/client";
import { progressQuery } from "../../../api/modelQueries";
import type { Project, RunProgress } from "../../../api/types";
import { Bar, Button, ErrorNote, Skeleton } from "../../../ui";
import { ago, count } from "../../../ui/format";
import layout from "../../../ui/layout.module.css";
import { notify } from "../../../ui/notify";
import css from "./llm.module.css";
import { RunErrors } from "./RunErrors";
import { progressLine, STATES } from "./runWords";

type Verb = "pause" | "resume" | "cancel" | "retry" | "undo" | "redo";

export function RunPanel({ project, run, edit }: { project: Project; run: number; edit: boolean }) {
  const progress = useQuery(progressQuery(project.id, run));
  const [listing, setListing] = useState(false);
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: (verb: Verb) => api.post(`/projects/${project.id}/runs/${run}/${verb}`),
    onSuccess: (_, verb) => {
      if (verb === "undo") notify("The run is taken back. What people decided stays.", { text: "Redo", run: () => act.mutate("redo") });
    },
    onSettled: () => {
      for (const key of ["runs", "models", "items", "item", "project", "facets", "jobs"]) void client.invalidateQueries({ queryKey: [key, project.id] });
    },
  });
  if (progress.isPending) return <Skeleton height={56} />;
  if (!progress.data) return <ErrorNote error={progress.error} />;
  const one = progress.data;
  const button = (verb: Verb, text: string) => (
    <Button size="small" busy={act.isPending && act.variables === verb} disabled={act.isPending} onClick={() => act.mutate(verb)}>
      {text}
    </Button>
  );
  return (
    <section className={css.run} aria-label={`Run of version ${one.version}`}>
      <div className={layout.row}>
        <strong className={layout.grow}>
          {one.active ? STATES[one.state] : "Taken back"} <span className="dim">version {one.version}, {ago(one.created_at)}</span>
        </strong>
        {edit ? <Tools one={one} button={button} /> : null}
      </div>
      <Bar label={`Run of version ${one.version}`} total={Math.max(1, one.total)} parts={parts(one)} />
      <span className={layout.help} aria-live="polite">
        {progressLine(one)}
      </span>
      {one.message ? <span className={one.state === "failed" || one.state === "paused" ? css.failed : layout.help}>{one.message}</span> : null}
      {one.failed > 0 ? (
        <div>
          <Button size="small" kind="quiet" aria-expanded={listing} onClick={() => setListing(!listing)}>
            {listing ? "Hide" : "Show"} {count(one.failed)} failed
          </Button>
        </div>
      ) : null}
      {listing ? <RunErrors project={project.id} run={run} /> : null}
      <ErrorNote error={act.error} />
    </section>
  );
}

function Tools({ one, button }: { one: RunProgress; button(verb: Verb, text: string): React.ReactNode }) {
  if (one.state === "running") {
    return (
      <>
        {button("pause", "Pause")}
        {button("cancel", "Cancel")}
      </>
    );
  }
  const left = one.state !== "done";
  return (
    <>
      {left && one.active ? button("resume", "Go on") : null}
      {one.failed > 0 && one.active ? button("retry", "Ask again") : null}
      {one.active ? button("undo", "Undo") : button("redo", "Redo")}
    </>
  );
}

function parts(one: RunProgress) {
  return [
    { n: one.done, color: one.active ? "var(--accent)" : "var(--border-strong)", title: "answered" },
    { n: one.skipped, color: "var(--border-strong)", title: "answered before" },
    { n: one.failed, color: "var(--danger)", title: "failed" },
  ].filter((part) => part.n > 0);
}
