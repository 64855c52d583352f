/** Rate a random sample of answers by the judge's rubric, without seeing what it said: one criterion at a time, by digit keys. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { IconArrowBackUp } from "@tabler/icons-react";
import { judgesQuery, projectQuery } from "../../api/queries";
import type { AuditTask, Project } from "../../api/types";
import { useCommands } from "../../commands/live";
import { FieldView } from "../../media/FieldView";
import { widgets } from "../../tasks";
import { Bar, Button, buttonLook, Empty, ErrorNote, Kbd, Skeleton } from "../../ui";
import { count } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import css from "./audit.module.css";
import { auditCommands, useAudit, type Audit } from "./useAudit";

const route = getRouteApi("/inside/p/$projectId/audit");

export function AuditPage() {
  const { projectId } = route.useParams();
  const { judge } = route.useSearch();
  const project = useQuery(projectQuery(projectId)).data;
  const name = useQuery(judgesQuery(projectId)).data?.find((j) => j.id === judge)?.name;
  const audit = useAudit(projectId, judge ?? 0);
  useCommands("audit", auditCommands(audit));
  if (!project) return <div className={layout.page}><Skeleton height={320} /></div>;
  const back = <Link to="/p/$projectId/judges" params={{ projectId }} {...buttonLook()}>To the judges</Link>;
  if (audit.error && !audit.task) return <div className={layout.page}><ErrorNote error={audit.error} onRetry={audit.retry} /></div>;
  if (!audit.task) return <div className={layout.page}><Skeleton height={320} /></div>;
  return (
    <div className={css.page}>
      <header className={css.strip}>
        <h1>Audit{name ? ` of ${name}` : ""}</h1>
        <div className={css.progress}>
          <span><strong>{count(audit.task.rated)}</strong> / about {count(audit.task.needed)}</span>
          <Bar label="Audits" total={Math.max(audit.task.needed, audit.task.rated)} parts={[{ n: audit.task.rated, color: "var(--accent)", title: "audited" }]} />
        </div>
        {back}
      </header>
      {audit.task.pick === null ? <Empty title="Nothing to audit now" text={audit.task.why} action={back} /> : <Desk project={project} task={audit.task} audit={audit} />}
    </div>
  );
}

function Desk({ project, task, audit }: { project: Project; task: AuditTask; audit: Audit }) {
  const question = project.spec.questions.find((q) => q.name === task.question);
  const widget = question && widgets[question.type];
  const data = (task.item?.data ?? {}) as Record<string, unknown>;
  return (
    <div className={css.rooms}>
      <section className={css.item} aria-label="Item and answer" tabIndex={0}>
        {project.spec.fields.filter((f) => f.name in data).map((field) => (
          <div key={field.name} className={css.field}>
            <h2>{field.title ?? field.name}</h2>
            <FieldView field={field} value={data[field.name]} />
          </div>
        ))}
        <div className={css.given}>
          <h2>The answer{question ? ` to “${question.title ?? question.name}”` : ""}</h2>
          {question && widget ? <widget.View question={question} value={task.value} /> : <pre>{JSON.stringify(task.value, null, 2)}</pre>}
        </div>
      </section>
      <aside className={css.rating} aria-label="Rating">
        <p className={layout.help}>What the judge said, and who answered, is not shown. Digits choose; the last one stores.</p>
        <ErrorNote error={audit.error} onRetry={audit.retry} />
        {task.rubric.criteria.map((criterion, k) => (
          <Criterion key={criterion.name} audit={audit} criterion={criterion} place={k} />
        ))}
        <textarea
          className={css.note} rows={2} aria-label="Note" placeholder="A note, if there is something to say" value={audit.note} maxLength={2000}
          onChange={(event) => audit.setNote(event.target.value)}
        />
        <div className={layout.row}>
          <Button size="small" icon={<IconArrowBackUp size={15} />} disabled={audit.at === 0} keys="Backspace" onClick={audit.back}>Back</Button>
          <span className={layout.grow} />
          <Button size="small" kind="primary" busy={audit.busy} disabled={!audit.complete} keys="Enter" onClick={audit.send}>Store</Button>
        </div>
      </aside>
    </div>
  );
}

function Criterion({ audit, criterion, place }: { audit: Audit; criterion: AuditTask["rubric"]["criteria"][number]; place: number }) {
  const active = audit.at === place;
  const chosen = audit.scores[criterion.name];
  return (
    <section className={css.criterion} data-active={active || undefined} aria-label={criterion.title} aria-current={active || undefined}>
      <h3>
        <button type="button" onClick={() => audit.go(place)}>{criterion.title}</button>
        {active || chosen === undefined ? null : <span className={css.chosen}>{chosen}</span>}
      </h3>
      {active ? (
        <>
          {criterion.description ? <p className={layout.help}>{criterion.description}</p> : null}
          <ol className={css.levels}>
            {criterion.levels.map((level, k) => (
              <li key={level.score}>
                <button type="button" aria-pressed={chosen === level.score} onClick={() => audit.choose(level.score)}>
                  <Kbd>{keyOf(k, criterion.levels.length)}</Kbd>
                  <b>{level.score}</b>
                  <span>{level.description}</span>
                </button>
              </li>
            ))}
          </ol>
        </>
      ) : null}
    </section>
  );
}

function keyOf(place: number, levels: number): string {
  return levels > 9 && place === 9 ? "0" : place > 9 ? "-" : String(place + 1);
}
