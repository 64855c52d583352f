/** The latest run of a judge over answers: progress, stop, go on; and what could not be judged. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { isOver, jobQuery } from "../../api/queries";
import type { Job, Judge } from "../../api/types";
import { Note } from "../../ui";
import { plural } from "../../ui/format";
import { JobCard } from "../../ui/JobCard";
import css from "./judges.module.css";

interface Outcome {
  judged: number;
  failed: number;
  errors: { item_id: number; reason: string }[];
  why?: string;
}

export function SweepProgress({ project, judge }: { project: number; judge: Judge }) {
  const client = useQueryClient();
  const job = useQuery({ ...jobQuery(judge.job ?? 0), enabled: judge.job !== null }).data;
  const over = job === undefined || isOver(job);
  const ended = job && over ? job.id : null;
  useEffect(() => {
    if (ended !== null) void client.invalidateQueries({ queryKey: ["judges", project] });
  }, [client, ended, project]);
  if (!job) return null;
  return over && job.state === "done" ? <Done job={job} /> : <JobCard job={job} />;
}

function Done({ job }: { job: Job }) {
  const result = job.result as Outcome | null;
  if (!result || (result.failed === 0 && !result.why)) return null;
  return (
    <Note tone="warn">
      {result.why ? <p>{result.why}</p> : null}
      {result.failed > 0 ? (
        <details className={css.failures}>
          <summary>{plural(result.failed, "answer")} could not be judged in the last run</summary>
          <ul>{result.errors.slice(0, 20).map((e) => <li key={e.item_id}>Item {e.item_id % 1_000_000_000}: {e.reason}</li>)}</ul>
        </details>
      ) : null}
    </Note>
  );
}
