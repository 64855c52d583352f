/** Waits until a background job is over. */
import { api } from "../../api/client";
import type { Job } from "../../api/types";

const PAUSE = 300;

export async function finished(begun: Job): Promise<Job> {
  let job = begun;
  while (job.state === "queued" || job.state === "running") {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    job = await api.get<Job>(`/jobs/${job.id}`);
  }
  if (job.error) throw new Error(job.error);
  return job;
}
