/** One study: its design while it is a draft, how far everybody is while it runs, and the report at its end. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, apiUrl } from "../../api/client";
import { projectQuery, studyQuery, studyReportQuery } from "../../api/queries";
import type { Project, Study } from "../../api/types";
import { manages } from "../../lib/rights";
import { Button, buttonLook, ErrorNote, Skeleton } from "../../ui";
import { Confirm } from "../../ui/Confirm";
import { moment, plural } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { DesignForm } from "./DesignForm";
import { Progress } from "./Progress";
import { ReportView } from "./ReportView";
import css from "./studies.module.css";

const route = getRouteApi("/inside/p/$projectId/studies/$studyId");

export function StudyPage() {
  const { projectId, studyId } = route.useParams();
  const project = useQuery(projectQuery(projectId)).data;
  const study = useQuery(studyQuery(projectId, studyId));
  if (!project || study.isPending) return <div className={layout.page}><Skeleton height={320} /></div>;
  if (!study.data) return <div className={layout.page}><ErrorNote error={study.error} onRetry={() => void study.refetch()} /></div>;
  if (study.data.state === "draft") return <Draft project={project} study={study.data} />;
  return <Begun project={project} study={study.data} />;
}

function Draft({ project, study }: { project: Project; study: Study }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const drop = useMutation({
    mutationFn: () => api.delete(`/projects/${project.id}/studies/${study.id}`),
    onSuccess: async () => {
      await navigate({ to: "/p/$projectId/studies", params: { projectId: project.id } });
      void client.invalidateQueries({ queryKey: ["studies", project.id] });
    },
  });
  return (
    <div className={layout.page}>
      <div className={layout.pageHead}>
        <div>
          <h1>{study.design.name}</h1>
          <p>A draft. Nobody sees it before you freeze the plan.</p>
        </div>
        {manages(project.my_role) ? <Button kind="quiet" busy={drop.isPending} onClick={() => drop.mutate()}>Delete the draft</Button> : null}
      </div>
      <ErrorNote error={drop.error} />
      <DesignForm project={project} study={study} />
    </div>
  );
}

function Begun({ project, study }: { project: Project; study: Study }) {
  const [peek, setPeek] = useState(false);
  const [asking, setAsking] = useState<"peek" | "end" | null>(null);
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => api.post(`/projects/${project.id}/studies/${study.id}/end`),
    onSuccess: () => client.invalidateQueries({ queryKey: ["studies", project.id] }),
  });
  const running = study.state === "running";
  const boss = manages(project.my_role);
  return (
    <div className={layout.page}>
      <div className={layout.pageHead}>
        <div>
          <h1>{study.design.name}</h1>
          <p>
            {running ? "Runs" : "Ran"} since {study.frozen_at === null ? "–" : moment(study.frozen_at)}
            {study.ended_at === null ? "" : `, ended ${moment(study.ended_at)}`}. Plan{" "}
            <code title={study.plan_hash ?? undefined}>{study.plan_hash?.slice(0, 12)}</code>
          </p>
        </div>
        <div className={css.tools}>
          <a href={apiUrl(`/projects/${project.id}/studies/${study.id}/plan`)} {...buttonLook("plain")} download>Plan</a>
          {running ? null : <a href={apiUrl(`/projects/${project.id}/studies/${study.id}/data`)} {...buttonLook("plain")} download>Data</a>}
          {running ? null : <Button kind="primary" onClick={() => print()}>Print</Button>}
          {running && boss ? <Button onClick={() => setAsking("end")}>End the study</Button> : null}
        </div>
      </div>
      <div className={layout.stack}>
        <ErrorNote error={end.error} />
        {running ? <Progress study={study} /> : null}
        {running && !peek ? (
          <div className={layout.row}>
            <p className={layout.help}>Results come at the end, so that nobody stops when they look good. {study.peeks > 0 ? `Looked at ${plural(study.peeks, "time")} already.` : ""}</p>
            <Button size="small" kind="quiet" onClick={() => setAsking("peek")}>Look all the same</Button>
          </div>
        ) : null}
        {!running || peek ? <Found project={project} study={study} peek={running} /> : null}
        {running ? null : <details className={css.who}><summary>Who took part</summary><Progress study={study} /></details>}
      </div>
      <Confirm
        open={asking === "end"} title="End the study?" action="End it" text="What came in until now counts; who has not finished is released. It cannot go on."
        onConfirm={() => end.mutate()} onClose={() => setAsking(null)}
      />
      <Confirm
        open={asking === "peek"} title="Look before the end?" action="Look, and count it"
        text="Each look is counted and said in the report, because results that were watched are easier to be fooled by."
        onConfirm={() => setPeek(true)} onClose={() => setAsking(null)}
      />
    </div>
  );
}

function Found({ project, study, peek }: { project: Project; study: Study; peek: boolean }) {
  const report = useQuery(studyReportQuery(project.id, study.id, peek));
  if (report.isPending) return <Skeleton height={420} />;
  if (!report.data) return <ErrorNote error={report.error} onRetry={() => void report.refetch()} />;
  return <ReportView report={report.data} />;
}
