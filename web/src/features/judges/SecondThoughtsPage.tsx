/** Second thoughts: the answers that people changed after a suggestion or a judge's advice, and whether the change was for the better. */
import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { changedAnswersQuery, projectQuery, secondThoughtsQuery } from "../../api/queries";
import type { Changed, Changes, Project } from "../../api/types";
import { widgets } from "../../tasks";
import { buttonLook, Empty, ErrorNote, Panel, Skeleton } from "../../ui";
import { count, percent } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { causeText, OUTCOMES, shownText } from "./thoughtWords";
import css from "./thoughts.module.css";

const route = getRouteApi("/inside/p/$projectId/changes");
const MOST = 100;

export function SecondThoughtsPage() {
  const { projectId } = route.useParams();
  const project = useQuery(projectQuery(projectId)).data;
  const found = useQuery(secondThoughtsQuery(projectId));
  const lines = (found.data ?? []).filter((line) => line.n > 0);
  if (!project) return <div className={layout.page}><Skeleton height={320} /></div>;
  return (
    <div className={layout.page}>
      <div className={layout.pageHead}>
        <div>
          <h1>Second thoughts</h1>
          <p>What people answered before a model spoke, and what they made of it after. Items of the blind test are not among them: no model speaks there.</p>
        </div>
        <Link to="/p/$projectId/judges" params={{ projectId }} {...buttonLook()}>To the judges</Link>
      </div>
      <div className={layout.stack}>
        <ErrorNote error={found.error} onRetry={() => void found.refetch()} />
        {found.isPending ? <Skeleton height={160} /> : null}
        {found.data && lines.length === 0 ? (
          <Empty
            title="Nothing to compare yet"
            text="Answers are kept as they were where suggestions come after the first answer, and where a judge gave live advice. Set the one in the project's settings, the other at a judge."
          />
        ) : null}
        {lines.length > 0 ? <Totals project={project} lines={lines} /> : null}
        {lines.length > 0 ? <Answers project={project} /> : null}
      </div>
    </div>
  );
}

function titleOf(project: Project, name: string): string {
  return project.spec.questions.find((q) => q.name === name)?.title ?? name;
}

function Totals({ project, lines }: { project: Project; lines: readonly Changes[] }) {
  return (
    <Panel title="Changed, and how" flush>
      <div className={layout.scroll}>
        <table className={layout.table}>
          <thead>
            <tr>
              <th>Question</th>
              <th>After</th>
              <th className={layout.number}>Answers</th>
              <th className={layout.number}>Changed</th>
              <th className={layout.number} title="Changed into what the model had said">Into its own</th>
              <th className={layout.number} title="With gold, or a resolution">Right answer known</th>
              <th className={layout.number}>Wrong to right</th>
              <th className={layout.number}>Right to wrong</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={`${line.question}-${line.cause}`}>
                <td>{titleOf(project, line.question)}</td>
                <td>{causeText(line.cause)}</td>
                <td className={layout.number}>{count(line.n)}</td>
                <td className={layout.number}>{count(line.changed)} <small className="dim">{percent(line.changed / line.n)}</small></td>
                <td className={layout.number}>{count(line.to_suggestion)}</td>
                <td className={layout.number}>{count(line.judged)}</td>
                <td className={`${layout.number} ${css.mended}`}>{count(line.wrong_to_right)}</td>
                <td className={`${layout.number} ${css.spoiled}`}>{count(line.right_to_wrong)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Answers({ project }: { project: Project }) {
  const [outcome, setOutcome] = useState("all");
  const query = outcome === "all" ? { limit: MOST } : { outcome, limit: MOST };
  const found = useQuery(changedAnswersQuery(project.id, query));
  const filter = (
    <SegmentedControl
      size="xs" value={outcome} onChange={setOutcome} aria-label="Outcome"
      data={[{ value: "all", label: "All" }, ...Object.entries(OUTCOMES).map(([value, label]) => ({ value, label }))]}
    />
  );
  return (
    <Panel title="Changed answers" tools={filter} flush>
      <ErrorNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isPending ? <Skeleton height={120} /> : null}
      {found.data?.length === 0 ? <p className={css.none}>None of this kind.</p> : null}
      <ul className={css.list}>
        {(found.data ?? []).map((one, k) => <Row key={`${one.item_id}-${one.question}-${one.cause}-${k}`} project={project} one={one} />)}
      </ul>
      {found.data?.length === MOST ? <p className={css.none}>The newest {MOST}.</p> : null}
    </Panel>
  );
}

function Row({ project, one }: { project: Project; one: Changed }) {
  return (
    <li className={css.row}>
      <div className={css.head}>
        <Link to="/p/$projectId/label" params={{ projectId: project.id }} search={{ item: one.item_id }}>Item {one.item_id % 1_000_000_000}</Link>
        <span>{titleOf(project, one.question)}</span>
        <span className="dim">after {causeText(one.cause)}</span>
        <span className={layout.grow} />
        <span className={css.outcome} data-outcome={one.outcome}>{OUTCOMES[one.outcome]}</span>
      </div>
      <div className={css.values}>
        <Value project={project} name="Before" question={one.question} value={one.first} />
        <Value project={project} name="After" question={one.question} value={one.final} />
        <Value project={project} name={shownText(one.cause)} question={one.question} value={one.shown.find((s) => s !== null)} />
        <Value project={project} name="Right" question={one.question} value={one.truth} />
      </div>
    </li>
  );
}

function Value({ project, name, question, value }: { project: Project; name: string; question: string; value: unknown }) {
  const asked = project.spec.questions.find((q) => q.name === question);
  const widget = asked && widgets[asked.type];
  return (
    <div className={css.value}>
      <h3>{name}</h3>
      {value === null || value === undefined || !asked || !widget ? <span className="dim">–</span> : <widget.View question={asked} value={value} />}
    </div>
  );
}
