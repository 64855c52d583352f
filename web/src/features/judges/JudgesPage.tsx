/** The judges of a project: tested here or not, how far they agree with people, what their alarms are worth. */
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { judgesQuery, projectQuery, rubricsQuery } from "../../api/queries";
import type { Judge, Project } from "../../api/types";
import { manages } from "../../lib/rights";
import { Button, buttonLook, Empty, ErrorNote, Panel, Skeleton } from "../../ui";
import { day, plural } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { JudgeCard } from "./JudgeCard";
import { JudgeDialog } from "./JudgeDialog";
import css from "./judges.module.css";

const route = getRouteApi("/inside/p/$projectId/judges");

export function JudgesPage() {
  const { projectId } = route.useParams();
  const project = useQuery(projectQuery(projectId)).data;
  return project ? <Judges project={project} /> : null;
}

function Judges({ project }: { project: Project }) {
  const judges = useQuery(judgesQuery(project.id));
  const rubrics = useQuery(rubricsQuery(project.id));
  const [editing, setEditing] = useState<Judge | "new" | null>(null);
  const boss = manages(project.my_role);
  const some = (rubrics.data?.length ?? 0) > 0;
  const add = (
    <Button kind="primary" icon={<IconPlus size={15} aria-hidden />} onClick={() => setEditing("new")}>
      Add a judge
    </Button>
  );
  const first = (
    <Link to="/p/$projectId/rubric" params={{ projectId: project.id }} {...buttonLook("primary")}>
      Write a rubric
    </Link>
  );
  return (
    <div className={layout.page}>
      <div className={layout.pageHead}>
        <div>
          <h1>Judges</h1>
          <p>A judge is a model that reviews answers against a rubric. What it says is advice until people have tested it here.</p>
        </div>
        <Link to="/p/$projectId/changes" params={{ projectId: project.id }} {...buttonLook()}>Second thoughts</Link>
        {judges.data && judges.data.length > 0 ? <Link to="/p/$projectId/verdicts" params={{ projectId: project.id }} {...buttonLook()}>Verdicts</Link> : null}
        {boss && some && judges.data && judges.data.length > 0 ? add : null}
      </div>
      <div className={layout.stack}>
        <ErrorNote error={judges.error ?? rubrics.error} onRetry={() => void (judges.error ? judges : rubrics).refetch()} />
        {judges.isPending || rubrics.isPending ? <Skeleton height={260} /> : null}
        {judges.data?.length === 0 && rubrics.data ? (
          <Empty
            title="No judge yet" action={boss ? (some ? add : first) : undefined}
            text={some ? "Choose a rubric and a connected model; the judge then reviews answers while people work, or afterwards." : "Begin with a rubric: what makes a good answer here, and from which score on is it good enough?"}
          />
        ) : null}
        {(judges.data ?? []).map((judge) => (
          <JudgeCard key={judge.id} project={project} judge={judge} onEdit={() => setEditing(judge)} />
        ))}
        {some ? <Rubrics project={project} boss={boss} /> : null}
      </div>
      {editing !== null && rubrics.data ? (
        <JudgeDialog project={project} rubrics={rubrics.data} judge={editing === "new" ? null : editing} onClose={() => setEditing(null)} />
      ) : null}
    </div>
  );
}

function Rubrics({ project, boss }: { project: Project; boss: boolean }) {
  const rubrics = useQuery(rubricsQuery(project.id)).data ?? [];
  const params = { projectId: project.id };
  return (
    <Panel
      title="Rubrics" flush
      tools={boss ? <Link to="/p/$projectId/rubric" params={params} {...buttonLook("plain", "small")}>New rubric</Link> : undefined}
    >
      <div className={layout.scroll}>
        <table className={layout.table}>
          <thead>
            <tr><th>Name</th><th>Criteria</th><th className={layout.number}>Version</th><th>Changed</th></tr>
          </thead>
          <tbody>
            {rubrics.map((row) => (
              <tr key={row.id}>
                <td>
                  <Link to="/p/$projectId/rubric" params={params} search={{ rubric: row.id }}>{row.name}</Link>
                  {row.shared ? <small className="dim"> of the workspace</small> : null}
                </td>
                <td className={css.criteria}>{row.rubric.criteria.map((c) => c.title).join(", ") || plural(0, "criterion")}</td>
                <td className={layout.number}>{row.version}</td>
                <td>{day(row.at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
