/** All projects, each with how far it is and what to do next. */
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { meQuery, projectsQuery } from "../../api/queries";
import type { Project } from "../../api/types";
import { atLeast } from "../../lib/rights";
import { Button, buttonLook, Empty, ErrorNote, Skeleton } from "../../ui";
import layout from "../../ui/layout.module.css";
import { ProjectLine } from "./ProjectLine";
import css from "./projects.module.css";

export function ProjectsPage() {
  const projects = useQuery(projectsQuery);
  const me = useQuery(meQuery).data;
  const [archived, setArchived] = useState(false);
  const mayCreate = me !== undefined && atLeast(me.user.role, "manager");
  const all = projects.data ?? [];
  const old = all.filter((project) => project.archived).length;
  const seen = all.filter((project) => archived || !project.archived);
  return (
    <div className={layout.page}>
      <div className={layout.pageHead}>
        <h1>Projects</h1>
        {old > 0 ? (
          <Button kind="quiet" aria-pressed={archived} onClick={() => setArchived(!archived)}>
            {archived ? "Hide archived" : `Show ${old} archived`}
          </Button>
        ) : null}
        {mayCreate && all.length > 0 ? <NewButton /> : null}
      </div>
      {projects.isPending ? <Loading /> : null}
      <ErrorNote error={projects.error} onRetry={() => void projects.refetch()} />
      {projects.data && seen.length === 0 ? <Nothing mayCreate={mayCreate} /> : null}
      {seen.length > 0 ? <List projects={seen} /> : null}
    </div>
  );
}

function NewButton({ text = "New project" }: { text?: string }) {
  return (
    <Link to="/projects/new" {...buttonLook("primary")}>
      <IconPlus size={15} aria-hidden />
      {text}
    </Link>
  );
}

function List({ projects }: { projects: Project[] }) {
  return (
    <ul className={css.list}>
      {projects.map((project) => (
        <ProjectLine key={project.id} project={project} />
      ))}
    </ul>
  );
}

function Nothing({ mayCreate }: { mayCreate: boolean }) {
  if (!mayCreate) return <Empty title="No project yet" text="You will see one here as soon as you are made a member of it." />;
  return (
    <Empty
      title="Start your first project"
      text="A project holds the data, the questions you ask about each item, and the answers of people and models. A recipe gives you a working start."
      action={<NewButton text="Create a project" />}
    />
  );
}

function Loading() {
  return (
    <ul className={css.list} aria-busy="true" aria-label="Loading">
      {[0, 1, 2].map((row) => (
        <li key={row} className={css.project}>
          <Skeleton width={180} height={16} />
          <Skeleton />
          <Skeleton height={32} />
        </li>
      ))}
    </ul>
  );
}
