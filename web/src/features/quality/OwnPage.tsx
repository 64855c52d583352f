/** What a contributor sees of themself: the same figures as their leads, and of the others only means. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ownQualityQuery } from "../../api/qualityQueries";
import { projectQuery } from "../../api/queries";
import type { Contributor, OwnQuality, Project } from "../../api/types";
import { Empty, ErrorNote, Note, Panel, Skeleton } from "../../ui";
import { duration, percent, plural } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { Big } from "./Big";
import { DriftFigure } from "./DriftFigure";
import css from "./quality.module.css";

const route = getRouteApi("/inside/p/$projectId/me");
type Own = NonNullable<OwnQuality["report"]>;

export function OwnPage() {
  const { projectId } = route.useParams();
  const project = useQuery(projectQuery(projectId)).data;
  return project ? <Mine project={project} /> : null;
}

function Mine({ project }: { project: Project }) {
  const { question: asked } = route.useSearch();
  const question = project.spec.questions.find((one) => one.name === asked) ?? project.spec.questions[0];
  const found = useQuery({ ...ownQualityQuery(project.id, question?.name ?? ""), enabled: question !== undefined });
  const report = found.data?.report;
  return (
    <div className={layout.page}>
      <div className={layout.pageHead}>
        <div>
          <h1>My figures</h1>
          <p>What is measured of your answers here. Your leads see the same figures, nobody else does.</p>
        </div>
      </div>
      <div className={layout.stack}>
        {project.spec.questions.length > 1 ? (
          <nav className={css.questions} aria-label="Question">
            {project.spec.questions.map((one) => (
              <Link key={one.name} to="/p/$projectId/me" params={{ projectId: project.id }} search={{ question: one.name }} className={css.tab} aria-current={one.name === question?.name ? "true" : undefined}>
                {one.title ?? one.name}
              </Link>
            ))}
          </nav>
        ) : null}
        <ErrorNote error={found.error} onRetry={() => void found.refetch()} />
        {found.isPending || (found.data && !report) ? <Skeleton height={240} /> : null}
        {report?.checks ? <Note>{report.checks}</Note> : null}
        {report && !report.me ? <Empty title="Nothing to measure yet" text="Answer some items, and your figures appear here." /> : null}
        {report?.me ? <Figures report={report} me={report.me} /> : null}
      </div>
    </div>
  );
}

function Figures({ report, me }: { report: Own; me: Contributor }) {
  const mean = report.mean_with_others === null ? "" : `the mean of all is ${percent(report.mean_with_others)}`;
  return (
    <>
      <Panel title={plural(me.n_answers, "answer")}>
        <div className={layout.stack}>
          <div className={css.headline}>
            <Big name="Agreement with others" figure={me.with_others} asShare about={mean} />
            <Big name="Ability" figure={me.ability} asShare about="as estimated from everybody’s answers" />
            <Big name="Right against gold" figure={me.gold_right} asShare />
            <Big name="Planted errors caught" figure={me.caught} asShare />
            <div className={css.big}>
              <h3>Active time an answer</h3>
              {me.seconds.value === null ? <p className={layout.help}>{me.seconds.why}</p> : <strong>{duration(me.seconds.value)}</strong>}
              <span className={layout.help}>
                {me.seconds.low !== null && me.seconds.high !== null ? `${duration(me.seconds.low)} to ${duration(me.seconds.high)}; ` : ""}
                {report.median_seconds === null ? "" : `median of all: ${duration(report.median_seconds)}`}
              </span>
            </div>
          </div>
          <p className={layout.help}>
            Intervals are 95%: the fewer the items, the wider. Below {report.few} items a figure tells next to nothing. Others may be wrong where you are right: agreement is no
            measure of truth by itself.
          </p>
        </div>
      </Panel>
      <DriftFigure person={me} />
    </>
  );
}
