/** The studies of a project: what was found, what runs, and a way to try one with simulated people first. */
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api/client";
import { projectQuery, studiesQuery } from "../../api/queries";
import type { Project, Study } from "../../api/types";
import { manages } from "../../lib/rights";
import { Button, Empty, ErrorNote, Panel, Skeleton } from "../../ui";
import { day } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { notifyError } from "../../ui/notify";
import { ProjectRehearsal } from "./ProjectRehearsal";
import { newDesign, stateWord } from "./studyWords";

const route = getRouteApi("/inside/p/$projectId/studies");

export function StudiesPage() {
  const { projectId } = route.useParams();
  const project = useQuery(projectQuery(projectId)).data;
  return project ? <Studies project={project} /> : null;
}

function Studies({ project }: { project: Project }) {
  const studies = useQuery(studiesQuery(project.id));
  const [rehearsing, setRehearsing] = useState(false);
  const boss = manages(project.my_role);
  const add = boss ? <NewStudy project={project} /> : null;
  return (
    <div className={layout.page}>
      <div className={layout.pageHead}>
        <div>
          <h1>Studies</h1>
          <p>Does help from models save time here, and does quality stay? Measured on the same items, with and without, by chance.</p>
        </div>
        {boss ? <Button onClick={() => setRehearsing(true)}>Rehearse the project</Button> : null}
        {studies.data && studies.data.length > 0 ? add : null}
      </div>
      <div className={layout.stack}>
        <ErrorNote error={studies.error} onRetry={() => void studies.refetch()} />
        {studies.isPending ? <Skeleton height={180} /> : null}
        {studies.data?.length === 0 ? (
          <Empty
            title="No study yet" action={add ?? undefined}
            text="Choose what to compare and who takes part. Milo deals out the items, withholds what an arm does not allow, measures the time, and says what can be said."
          />
        ) : null}
        {studies.data && studies.data.length > 0 ? <List project={project} studies={studies.data} /> : null}
      </div>
      {rehearsing ? <ProjectRehearsal project={project} onClose={() => setRehearsing(false)} /> : null}
    </div>
  );
}

function List({ project, studies }: { project: Project; studies: Study[] }) {
  return (
    <Panel flush>
      <div className={layout.scroll}>
        <table className={layout.table}>
          <thead>
            <tr><th>Study</th><th>Arms</th><th>Question</th><th className={layout.number}>Items per arm</th><th>State</th><th>Begun</th></tr>
          </thead>
          <tbody>
            {studies.map((study) => (
              <tr key={study.id}>
                <td>
                  <Link to="/p/$projectId/studies/$studyId" params={{ projectId: project.id, studyId: study.id }}>{study.design.name}</Link>
                </td>
                <td>{study.design.arms.map((arm) => arm.name).join(", ")}</td>
                <td>{study.design.question}</td>
                <td className={layout.number}>{study.design.per_arm}</td>
                <td>{stateWord(study)}</td>
                <td>{study.frozen_at === null ? "–" : day(study.frozen_at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

/** Stores a draft at once, so that the form has an address. */
function NewStudy({ project }: { project: Project }) {
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const add = async () => {
    setBusy(true);
    try {
      const question = project.spec.questions[0]?.name ?? "";
      const made = await api.post<Study>(`/projects/${project.id}/studies`, { ...newDesign(question), name: "New study" });
      await navigate({ to: "/p/$projectId/studies/$studyId", params: { projectId: project.id, studyId: made.id } });
    } catch (error) {
      notifyError(error);
    } finally {
      setBusy(false);
    }
  };
  return <Button kind="primary" busy={busy} icon={<IconPlus size={15} aria-hidden />} onClick={() => void add()}>New study</Button>;
}
