/** What judges said, answer by answer: the item and the answer with the quoted words marked, beside the scores that rest on them. */
import { SegmentedControl, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { itemQuery, judgesQuery, projectQuery, rubricQuery, verdictsQuery } from "../../api/queries";
import type { Judge, Project, Rubric, VerdictView } from "../../api/types";
import { markEvidence, showQuote } from "../../lib/evidence";
import { FieldView } from "../../media/FieldView";
import { widgets } from "../../tasks";
import { buttonLook, Empty, ErrorNote, Skeleton } from "../../ui";
import { ago } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { Scores } from "../../ui/Scores";
import { betterText } from "./judgeWords";
import { PairResult } from "./PairResult";
import css from "./verdicts.module.css";

const route = getRouteApi("/inside/p/$projectId/verdicts");
const PAGE = 100;

export function VerdictsPage() {
  const { projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const project = useQuery(projectQuery(projectId)).data;
  const judges = useQuery(judgesQuery(projectId)).data ?? [];
  const passed = search.show === undefined ? undefined : Number(search.show === "passed");
  const verdicts = useQuery(verdictsQuery(projectId, { judge: search.judge, passed, limit: PAGE }));
  const go = (next: Partial<typeof search>) => void navigate({ to: "/p/$projectId/verdicts", params: { projectId }, search: { ...search, ...next } });
  const rows = verdicts.data ?? [];
  const open = rows.find((one) => one.id === search.verdict) ?? rows[0];
  if (!project) return <div className={layout.page}><Skeleton height={320} /></div>;
  return (
    <div className={css.page}>
      <header className={css.strip}>
        <h1>Verdicts</h1>
        <Select
          size="xs" aria-label="Judge" placeholder="All judges" clearable value={search.judge === undefined ? null : String(search.judge)}
          data={judges.map((j) => ({ value: String(j.id), label: j.name }))} onChange={(value) => go({ judge: value === null ? undefined : Number(value), verdict: undefined })}
        />
        <SegmentedControl
          size="xs" value={search.show ?? "all"} data={[{ value: "all", label: "All" }, { value: "failed", label: "Below the mark" }, { value: "passed", label: "Passed" }]}
          onChange={(value) => go({ show: value === "failed" || value === "passed" ? value : undefined, verdict: undefined })}
        />
        <span className={layout.grow} />
        <Link to="/p/$projectId/judges" params={{ projectId }} {...buttonLook()}>To the judges</Link>
      </header>
      {verdicts.error ? <div className={css.state}><ErrorNote error={verdicts.error} onRetry={() => void verdicts.refetch()} /></div> : null}
      {verdicts.isPending ? <div className={css.state}><Skeleton height={240} /></div> : null}
      {verdicts.data && !open ? (
        <Empty
          title="No verdict here" text="A judge speaks while people work, after an answer, or when it is sent over finished work. Verdicts on answers that wait for their audit are not told."
          action={<Link to="/p/$projectId/judges" params={{ projectId }} {...buttonLook("primary")}>To the judges</Link>}
        />
      ) : null}
      {open ? (
        <div className={css.rooms}>
          <List rows={rows} open={open} judges={judges} onOpen={(verdict) => go({ verdict })} />
          <Detail key={open.id} project={project} view={open} />
        </div>
      ) : null}
    </div>
  );
}

function List({ rows, open, judges, onOpen }: { rows: readonly VerdictView[]; open: VerdictView; judges: readonly Judge[]; onOpen(id: number): void }) {
  return (
    <nav className={css.list} aria-label="Verdicts">
      <ul>
        {rows.map((one) => (
          <li key={one.id}>
            <button type="button" aria-current={one.id === open.id || undefined} onClick={() => onOpen(one.id)}>
              <span className={css.word} data-passed={one.verdict.passed}>{word(one)}</span>
              <span className={css.number}>#{one.item_id % 1_000_000_000}</span>
              <small>{judges.find((j) => j.id === one.judge_id)?.name} · {ago(one.created_at)}</small>
            </button>
          </li>
        ))}
      </ul>
      {rows.length === PAGE ? <p className={layout.help}>The newest {PAGE}. Choose a judge or a kind to see others.</p> : null}
    </nav>
  );
}

function word(view: VerdictView): string {
  if (view.mode === "pairwise") return betterText(view.verdict.total * 2 - 1);
  return view.verdict.passed ? "Passed" : "Below the mark";
}

function Detail({ project, view }: { project: Project; view: VerdictView }) {
  const item = useQuery(itemQuery(project.id, view.item_id));
  const versions = useQuery(rubricQuery(project.id, view.rubric_id)).data;
  const place = useRef<HTMLElement>(null);
  const { verdict } = view;
  const rubric = versions?.find((r) => r.id === view.rubric_id)?.rubric;
  useEffect(() => (place.current ? markEvidence([place.current], verdict.scores.flatMap((s) => s.evidence)) : undefined), [verdict, item.data]);
  return (
    <>
      <section ref={place} className={css.item} aria-label="Item and answer" tabIndex={0}>
        <ErrorNote error={item.error} onRetry={() => void item.refetch()} />
        {item.isPending ? <Skeleton height={200} /> : null}
        {item.data ? <Content project={project} view={view} data={item.data.item.data} value={item.data.annotations.find((a) => a.id === view.annotation_id)?.value} /> : null}
      </section>
      <aside className={css.scores} aria-label="What the judge said">
        {verdict.own_model ? <p className={css.own}>Careful: this model also made the suggestion that was on the screen.</p> : null}
        {view.mode === "pairwise" ? <PairResult project={project} view={view} /> : null}
        {view.mode !== "pairwise" && verdict.advice ? <p className={css.advice}>{verdict.advice}</p> : null}
        {view.mode !== "pairwise" && rubric ? <Scores rubric={rubric as Rubric} verdict={verdict} onQuote={(quote) => place.current && showQuote([place.current], quote)} /> : null}
        {view.response === "none" ? null : <p className={layout.help}>The annotator {SAID[view.response]}.</p>}
      </aside>
    </>
  );
}

const SAID: Record<string, string> = { dismissed: "dismissed it as a possible false alarm", taken: "took what it proposed", changed: "changed the answer after reading it" };

function Content({ project, view, data, value }: { project: Project; view: VerdictView; data: Record<string, unknown>; value: unknown }) {
  const question = project.spec.questions.find((q) => q.name === view.question);
  const widget = question && widgets[question.type];
  return (
    <>
      {project.spec.fields.filter((f) => f.name in data).map((field) => (
        <div key={field.name} className={css.field}>
          <h2>{field.title ?? field.name}</h2>
          <FieldView field={field} value={data[field.name]} />
        </div>
      ))}
      {view.mode === "pairwise" ? null : (
        <div className={css.given}>
          <h2>The answer{question ? ` to “${question.title ?? question.name}”` : ""}</h2>
          {value !== undefined && question && widget ? <widget.View question={question} value={value} /> : <p className={layout.help}>This answer is no longer the one that stands.</p>}
        </div>
      )}
      <p><Link to="/p/$projectId/label" params={{ projectId: project.id }} search={{ item: view.item_id }} {...buttonLook("plain", "small")}>Open the item</Link></p>
    </>
  );
}
