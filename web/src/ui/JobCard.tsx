/** One job: how far, how fast, how long still; can be stopped and taken up again. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../api/client";
import type { Job, JobKind } from "../api/types";
import { Bar } from "./Bar";
import { Button } from "./Button";
import { count, duration } from "./format";
import layout from "./layout.module.css";
import { ErrorNote } from "./Surface";

const TITLES: Record<JobKind, string> = {
  import: "Importing",
  export: "Exporting",
  train: "Training",
  suggest: "Suggesting",
  index: "Indexing",
  thumbnails: "Making thumbnails",
  bulk: "Applying to many items",
  compare: "Comparing prompts",
  annotate: "Asking a model",
  reproject: "Working out suggestions",
  overlap: "Counting answers anew",
  judge: "Judging",
  quality: "Measuring agreement",
  likely_errors: "Searching for likely errors",
  near_duplicates: "Searching for near-duplicates",
  repeat: "Repeating a label",
};

/** "1,200 of 40,000 · 3,100 a second · 12 s left", as far as it is known. */
export function progressText(job: Job): string {
  const parts = [job.total === null ? count(job.done) : `${count(job.done)} of ${count(job.total)}`];
  if (job.rate !== null && job.rate > 0) parts.push(`${count(job.rate)} a second`);
  if (job.eta !== null && job.state === "running") parts.push(`${duration(job.eta)} left`);
  return parts.join(" · ");
}

export function JobCard({ job }: { job: Job }) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: (verb: "cancel" | "resume") => api.post(`/jobs/${job.id}/${verb}`),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["jobs"] });
      void client.invalidateQueries({ queryKey: ["job", job.id] });
    },
  });
  const live = job.state === "queued" || job.state === "running";
  const stopped = job.state === "cancelled" || job.state === "failed";
  const color = job.state === "failed" ? "var(--danger)" : "var(--accent)";
  const total = job.state === "done" ? job.done || 1 : job.total;
  return (
    <div className={`${layout.stack} ${layout.tight}`}>
      <div className={layout.row}>
        <strong className={layout.grow}>{job.state === "queued" ? `${TITLES[job.kind]}: waiting` : TITLES[job.kind]}</strong>
        {live ? (
          <Button size="small" busy={act.isPending} onClick={() => act.mutate("cancel")}>
            Stop
          </Button>
        ) : null}
        {stopped ? (
          <Button size="small" busy={act.isPending} onClick={() => act.mutate("resume")}>
            Go on
          </Button>
        ) : null}
      </div>
      <Bar
        label={TITLES[job.kind]}
        total={stopped && total === null ? 1 : total}
        parts={[{ n: job.state === "done" ? job.done || 1 : job.done, color, title: "done" }]}
      />
      <span className={layout.help}>{[progressText(job), job.message].filter(Boolean).join(" · ")}</span>
      <ErrorNote error={job.error ?? act.error} />
    </div>
  );
}
