/** Around every page of one project: loads it, follows its live updates, says so when it cannot be seen. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, Outlet, useMatches } from "@tanstack/react-router";
import { useEffect } from "react";
import { ApiError } from "../api/client";
import { followProject } from "../api/live";
import { projectQuery } from "../api/queries";
import type { Role } from "../api/types";
import { manages, seesData } from "../lib/rights";
import { buttonLook, Empty, ErrorNote } from "../ui";
import layout from "../ui/layout.module.css";
import { PageMissing, PagePending } from "./PageStates";

const route = getRouteApi("/inside/p/$projectId");

export function ProjectFrame() {
  const { projectId } = route.useParams();
  const client = useQueryClient();
  const project = useQuery(projectQuery(projectId));
  const exists = project.data !== undefined;
  useEffect(() => (exists ? followProject(client, projectId) : undefined), [client, projectId, exists]);
  const page = useMatches({ select: (matches) => pageOf(matches.at(-1)?.pathname ?? "") });
  if (project.data) return isOpenTo(page, project.data.my_role) ? <Outlet /> : <NotYours id={projectId} />;
  if (project.isPending) return <PagePending />;
  if (project.error instanceof ApiError && project.error.status === 404) return <PageMissing />;
  if (project.error instanceof ApiError && project.error.status === 403) return <NotMember />;
  return (
    <div className={layout.page}>
      <ErrorNote error={project.error} onRetry={() => void project.refetch()} />
    </div>
  );
}

/** "/p/3/models/7" -> "models". */
function pageOf(path: string): string {
  return /\/p\/\d+\/([^/]*)/.exec(path)?.[1] ?? "";
}

function isOpenTo(page: string, role: Role): boolean {
  if (["data", "models", "totals", "judges", "rubric", "audit", "verdicts", "changes", "studies", "review", "quality"].includes(page)) return seesData(role);
  return page === "settings" || page === "import" || page === "duplicates" ? manages(role) : true;
}

function NotYours({ id }: { id: number }) {
  return (
    <Empty
      title="This page is for the people who run the project" text="You label in this project. Ask its manager if you need to see more."
      action={
        <Link to="/p/$projectId/label" params={{ projectId: id }} {...buttonLook("primary")}>
          Go labelling
        </Link>
      }
    />
  );
}

function NotMember() {
  return (
    <Empty
      title="You are not a member of this project" text="Ask its manager to add you."
      action={
        <Link to="/" {...buttonLook("primary")}>
          All projects
        </Link>
      }
    />
  );
}
