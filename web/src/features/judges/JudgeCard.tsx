/** One judge: when it speaks, whether it was tested here, what was found, and what to do next. */
import { Menu, Switch } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api/client";
import { judgeReportQuery } from "../../api/queries";
import type { Judge, Project } from "../../api/types";
import { manages } from "../../lib/rights";
import { Bar, Button, buttonLook, ErrorNote, IconButton, Note, Skeleton } from "../../ui";
import { Confirm } from "../../ui/Confirm";
import { count } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import css from "./judges.module.css";
import { testedText } from "./judgeWords";
import { PairDialog } from "./PairDialog";
import { ReportView } from "./ReportView";
import { RunDialog } from "./RunDialog";
import { SweepProgress } from "./SweepProgress";

interface CardProps {
  project: Project;
  judge: Judge;
  onEdit(): void;
}

export function JudgeCard({ project, judge, onEdit }: CardProps) {
  const report = useQuery(judgeReportQuery(project.id, judge.id));
  const [running, setRunning] = useState(false);
  const [comparing, setComparing] = useState(false);
  const tested = judge.matched >= judge.needed;
  const boss = manages(project.my_role);
  const params = { projectId: project.id };
  return (
    <article className={css.card} data-off={!judge.enabled || undefined} aria-label={judge.name}>
      <Head project={project} judge={judge} boss={boss} onEdit={onEdit} />
      <p className={css.tested} data-tested={tested || undefined} data-plain={judge.compares || undefined}>{testedText(judge)}</p>
      {judge.compares || tested ? null : (
        <Bar label="Audits until it counts as tested" total={judge.needed} parts={[{ n: Math.min(judge.matched, judge.needed), color: "var(--accent)", title: "audited" }]} />
      )}
      <ErrorNote error={report.error} onRetry={() => void report.refetch()} />
      {report.isPending ? <Skeleton height={160} /> : null}
      {report.data ? <ReportView report={report.data} judge={judge} /> : null}
      {judge.held_up ? <Note tone="warn" role="status">New answers are not judged: {judge.held_up}</Note> : null}
      <SweepProgress project={project.id} judge={judge} />
      {judge.compares ? (
        <footer className={css.foot}>
          <Button size="small" kind="primary" disabled={!judge.enabled} onClick={() => setComparing(true)}>Compare two answers…</Button>
        </footer>
      ) : (
        <footer className={css.foot}>
          <Link to="/p/$projectId/audit" params={params} search={{ judge: judge.id }} {...buttonLook(tested ? "plain" : "primary", "small")}>
            Audit answers
          </Link>
          {boss ? <Button size="small" disabled={!judge.enabled} onClick={() => setRunning(true)}>Judge finished work…</Button> : null}
          <Link to="/p/$projectId/verdicts" params={params} search={{ judge: judge.id }} {...buttonLook("plain", "small")}>Verdicts</Link>
          <span className={layout.grow}>
            <span className={layout.help}>{count(judge.judged)} answers judged as they stand now</span>
          </span>
        </footer>
      )}
      {comparing ? <PairDialog project={project} judge={judge} onClose={() => setComparing(false)} /> : null}
      {running ? <RunDialog project={project} judge={judge} onClose={() => setRunning(false)} /> : null}
    </article>
  );
}

function Head({ project, judge, boss, onEdit }: CardProps & { boss: boolean }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const path = `/projects/${project.id}/judges/${judge.id}`;
  const onSettled = () => void client.invalidateQueries({ queryKey: ["judges", project.id] });
  const enable = useMutation({ mutationFn: (enabled: boolean) => api.patch(path, { enabled }), onSettled });
  const remove = useMutation({ mutationFn: () => api.delete(path), onSettled });
  const newer = useMutation({ mutationFn: () => api.patch(path, { rubric_version: judge.newest_version }), onSettled });
  const question = project.spec.questions.find((q) => q.name === judge.question);
  return (
    <>
      <header className={css.head}>
        <div className={layout.grow}>
          <h2>{judge.name}</h2>
          <p className={layout.help}>
            {judge.plugin_title}: {judge.connections.join(", ")}. Looks at “{question?.title ?? judge.question}” with the rubric {judge.rubric} v{judge.rubric_version}. {speaks(judge)}
          </p>
        </div>
        {boss ? (
          <>
            <Switch size="sm" label="On" checked={judge.enabled} disabled={enable.isPending} onChange={(event) => enable.mutate(event.currentTarget.checked)} />
            <Menu>
              <Menu.Target>
                <IconButton size="small" label={`More for ${judge.name}`}><IconDots size={16} /></IconButton>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={onEdit}>Edit…</Menu.Item>
                <Menu.Item color="red" onClick={() => setAsking(true)}>Delete…</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </>
        ) : null}
      </header>
      {boss && judge.newest_version !== null && judge.newest_version > judge.rubric_version ? (
        <p className={css.newer}>
          <span className={layout.grow}>The rubric has a newer version ({judge.newest_version}). With it the judge is to be tested anew.</span>
          <Button size="small" busy={newer.isPending} onClick={() => newer.mutate()}>Use it</Button>
        </p>
      ) : null}
      <ErrorNote error={enable.error ?? remove.error ?? newer.error} />
      <Confirm
        open={asking} title={`Delete “${judge.name}”?`} action="Delete judge" text="Its verdicts and audits are removed. Answers and flags stay."
        onConfirm={() => remove.mutate()} onClose={() => setAsking(false)}
      />
    </>
  );
}

function speaks(judge: Judge): string {
  if (judge.compares) return "";
  const live = { off: "", asked: "Speaks when the annotator asks.", paused: "Speaks when the annotator pauses." }[judge.live];
  const after = judge.after ? "Looks at each answer after it was given, and flags what fails." : "";
  return [live, after].filter(Boolean).join(" ") || "Speaks only when it is sent over finished work.";
}
