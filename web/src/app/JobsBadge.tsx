/** Work in progress on the server, seen from every page of the project. */
import { Popover } from "@mantine/core";
import { IconLoader2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { isOver, jobsQuery } from "../api/queries";
import { buttonLook } from "../ui";
import { JobCard } from "../ui/JobCard";
import layout from "../ui/layout.module.css";

export function JobsBadge({ project }: { project: number }) {
  const jobs = useQuery({ ...jobsQuery(project), retry: false });
  const busy = (jobs.data ?? []).filter((job) => !isOver(job));
  if (busy.length === 0) return null;
  return (
    <Popover position="bottom-end" width={320} shadow="md" trapFocus>
      <Popover.Target>
        <button type="button" {...buttonLook("quiet", "small")}>
          <IconLoader2 size={14} aria-hidden />
          {busy.length === 1 ? "1 job" : `${busy.length} jobs`}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={layout.stack}>
          {busy.map((job) => (
            <JobCard key={job.id} job={job} />
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
