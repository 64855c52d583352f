/** The thin header around every page: where you are, where you can go, who you are. */
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useMatches, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { projectQuery } from "../api/queries";
import { CommandCenter } from "../commands/CommandCenter";
import type { Role } from "../api/types";
import { manages, seesData } from "../lib/rights";
import { Mark } from "../ui/Mark";
import css from "./shell.module.css";
import { JobsBadge } from "./JobsBadge";
import { PlaceCommands } from "./PlaceCommands";
import { ThemeToggle } from "./ThemeToggle";
import { Unsent } from "./Unsent";
import { UserMenu } from "./UserMenu";

const TITLES: [string, string][] = [
  ["/label", "Label"],
  ["/data", "Data"],
  ["/import", "Import"],
  ["/duplicates", "Near-duplicates"],
  ["/models", "Models"],
  ["/totals", "Totals"],
  ["/judges", "Judges"],
  ["/rubric", "Rubric"],
  ["/audit", "Audit"],
  ["/studies", "Studies"],
  ["/verdicts", "Verdicts"],
  ["/changes", "Second thoughts"],
  ["/review", "Review"],
  ["/quality", "Quality"],
  ["/me", "My figures"],
  ["/settings", "Settings"],
  ["/projects/new", "New project"],
  ["/account", "Account"],
  ["/users", "People"],
  ["/connections", "Connected models"],
];

export function Shell() {
  const { projectId } = useParams({ strict: false });
  const path = useMatches({ select: (matches) => matches.at(-1)?.pathname ?? "/" });
  const page = /\/models\/\d+$/.test(path) ? "Prompt studio" : /\/studies\/\d+$/.test(path) ? "Study" : (TITLES.find(([end]) => path.endsWith(end))?.[1] ?? "Projects");
  return (
    <div className={css.frame}>
      <header className={css.header} data-screen-only>
        <a className={css.skip} href={`${location.pathname}${location.search}#main`}>
          Skip to the page
        </a>
        {projectId ? <ProjectHead id={projectId} page={page} /> : <PlainHead page={page} />}
        <div className={css.end}>
          <Unsent shown={!path.endsWith("/label")} />
          {projectId ? <JobsBadge project={projectId} /> : null}
          <ThemeToggle />
          <UserMenu />
        </div>
      </header>
      <CommandCenter />
      <PlaceCommands project={projectId} />
      <main className={css.body} id="main" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

function MarkLink() {
  return (
    <Link to="/" className={css.mark} aria-label="Milo: all projects">
      <Mark size={22} />
      <span>Milo</span>
    </Link>
  );
}

function PlainHead({ page }: { page: string }) {
  useTitle(page);
  return (
    <nav className={css.crumbs} aria-label="You are here">
      <MarkLink />
      <span className={css.slash}>/</span>
      <span className={css.crumb}>{page}</span>
    </nav>
  );
}

function ProjectHead({ id, page }: { id: number; page: string }) {
  const project = useQuery(projectQuery(id));
  const name = project.data?.spec.name ?? "…";
  useTitle(`${page} · ${name}`);
  return (
    <>
      <nav className={css.crumbs} aria-label="You are here">
        <MarkLink />
        <span className={css.slash}>/</span>
        <Link to="/p/$projectId/label" params={{ projectId: id }} className={css.crumb} title={name}>
          {name}
        </Link>
        <span className={css.slash}>/</span>
        <span className={css.page}>{page}</span>
      </nav>
      {project.data ? <Tabs id={id} role={project.data.my_role} /> : null}
    </>
  );
}

function Tabs({ id, role }: { id: number; role: Role }) {
  const params = { projectId: id };
  return (
    <nav className={css.tabs} aria-label="Project">
      <Link to="/p/$projectId/label" params={params} className={css.tab}>
        Label
      </Link>
      {seesData(role) ? (
        <>
          <Link to="/p/$projectId/data" params={params} className={css.tab}>
            Data
          </Link>
          <Link to="/p/$projectId/review" params={params} className={css.tab}>
            Review
          </Link>
          <Link to="/p/$projectId/models" params={params} className={css.tab}>
            Models
          </Link>
          <Link to="/p/$projectId/totals" params={params} className={css.tab}>
            Totals
          </Link>
          <Link to="/p/$projectId/judges" params={params} className={css.tab}>
            Judges
          </Link>
          <Link to="/p/$projectId/quality" params={params} className={css.tab}>
            Quality
          </Link>
          <Link to="/p/$projectId/studies" params={params} className={css.tab}>
            Studies
          </Link>
        </>
      ) : null}
      {seesData(role) ? null : (
        <Link to="/p/$projectId/me" params={params} className={css.tab}>
          My figures
        </Link>
      )}
      {manages(role) ? (
        <Link to="/p/$projectId/settings" params={params} className={css.tab}>
          Settings
        </Link>
      ) : null}
    </nav>
  );
}

function useTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · Milo`;
  }, [title]);
}
