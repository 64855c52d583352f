/** Answers that a model contradicts which did not see them: worth a second look, most suspicious first. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { api } from "../../api/client";
import { errorsQuery } from "../../api/qualityQueries";
import { isOver, jobQuery } from "../../api/queries";
import type { ErrorsReply, Job, Project } from "../../api/types";
import { atLeast, manages } from "../../lib/rights";
import { Button, Empty, ErrorNote, Note, Panel, Skeleton, TableFile } from "../../ui";
import { ago, brief, count, percent, plural } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import css from "./quality.module.css";

type Question = Project["spec"]["questions"][number];

export function ErrorsTab({ project, question }: { project: Project; question: Question }) {
  const client = useQueryClient();
  const errors = useQuery(errorsQuery(project.id, question.name));
  const [job, setJob] = useState<number | null>(null);
  const running = useQuery({ ...jobQuery(job ?? 0), enabled: job !== null }).data;
  const over = running !== undefined && isOver(running);
  useEffect(() => {
    if (over) void client.invalidateQueries({ queryKey: ["quality", project.id, "errors"] });
  }, [client, over, project.id]);
  const search = useMutation({
    mutationFn: () => api.post<Job>(`/projects/${project.id}/quality/errors`, { question: question.name }),
    onSuccess: (made) => setJob(made.id),
  });
  const busy = search.isPending || (job !== null && !over);
  const start = manages(project.my_role) ? (
    <Button kind="primary" size="small" disabled={busy} onClick={() => search.mutate()}>
      {busy ? "Searching …" : "Search now"}
    </Button>
  ) : undefined;
  return (
    <div className={layout.stack}>
      <ErrorNote error={errors.error ?? search.error} onRetry={() => void errors.refetch()} />
      {running?.state === "failed" ? <Note tone="danger">{running.error ?? "The search failed."}</Note> : null}
      {over && typeof running.result?.why === "string" ? <Note tone="warn">{running.result.why}</Note> : null}
      {errors.isPending ? <Skeleton height={240} /> : null}
      {errors.data ? <Found reply={errors.data} project={project} question={question} tools={start} /> : null}
    </div>
  );
}

function Found({ reply, project, question, tools }: { reply: ErrorsReply; project: Project; question: Question; tools: React.ReactNode }) {
  const sweep = reply.sweeps.find((one) => one.question === question.name);
  const many = <HowMany project={project} question={question.name} sweep={sweep} checked={reply.checks.find((one) => one.question === question.name)} />;
  if (!sweep) {
    return (
      <>
        {reply.checks.length > 0 ? many : null}
        <Empty
          title="Not searched yet" action={tools}
          text="Fresh models are trained on part of the answers and asked about the rest. Where one contradicts with good reason, the answer is worth a second look."
        />
      </>
    );
  }
  return (
    <>
      {many}
      <Panel title={`${count(reply.total)} likely errors`} tools={<>{reply.rows.length > 0 ? <Download reply={reply} question={question.name} /> : null}{tools}</>} flush>
        <p className={layout.help} style={{ padding: "8px 12px" }}>
          {plural(sweep.n, "answered item")} searched {ago(sweep.at)} by models that did not see the answer; they agree with {percent(sweep.agrees)} of all
          answers. A contradiction is a hint, not a verdict. Items of the blind slice take no part.{" "}
          {reply.rows.length < reply.total ? `The ${count(reply.rows.length)} most suspicious are shown. ` : ""}
          {reply.rows.length > 0 ? <Link to="/p/$projectId/review" params={{ projectId: project.id }} search={{ kind: "error", question: question.name }}>Decide them in review</Link> : null}
        </p>
        {reply.rows.length > 0 ? <Table reply={reply} project={project} /> : null}
      </Panel>
    </>
  );
}

type Sweep = ErrorsReply["sweeps"][number];
type Checked = ErrorsReply["checks"][number];

/** How many answers are wrong in all: by those that were drawn by chance and reviewed, and as the models guess. */
function HowMany({ project, question, sweep, checked }: { project: Project; question: string; sweep: Sweep | undefined; checked: Checked | undefined }) {
  return (
    <Panel title="How many are wrong?" tools={atLeast(project.my_role, "reviewer") ? <Draw project={project.id} question={question} waiting={checked?.waiting ?? 0} /> : undefined}>
      <div className={css.headline}>
        <div className={css.big} data-main>
          <h3>By answers drawn by chance and reviewed</h3>
          {checked && checked.share !== null ? <Share checked={checked} share={checked.share} /> : <p className={layout.help}>{unknown(checked)}</p>}
        </div>
        {sweep ? <Guess sweep={sweep} /> : null}
      </div>
    </Panel>
  );
}

/** What the models come to by themselves. */
function Guess({ sweep }: { sweep: Sweep }) {
  return (
    <div className={css.big}>
      <h3>As the models guess</h3>
      {sweep.expected === null ? (
        <p className={layout.help}>Cannot be guessed for answers of this type.</p>
      ) : (
        <>
          <strong>about {percent(sweep.expected / sweep.n)}</strong>
          <span className={layout.help}>about {count(Math.round(sweep.expected))} of {plural(sweep.n, "answer")} searched; without an interval, since nobody looked</span>
        </>
      )}
    </div>
  );
}

/** Draws more, or leads to those that wait. */
function Draw({ project, question, waiting }: { project: number; question: string; waiting: number }) {
  const navigate = useNavigate();
  const review = () => navigate({ to: "/p/$projectId/review", params: { projectId: project }, search: { kind: "sample", question } });
  const draw = useMutation({ mutationFn: () => api.post(`/projects/${project}/review/sample`, { question, n: 40 }), onSuccess: review });
  return (
    <>
      <ErrorNote error={draw.error} />
      {waiting > 0 ? <Button size="small" onClick={() => void review()}>Decide the {count(waiting)} drawn</Button> : <Button size="small" busy={draw.isPending} onClick={() => draw.mutate()}>Draw 40 for review</Button>}
    </>
  );
}

function Share({ checked, share }: { checked: Checked; share: number }) {
  const most = (part: number) => count(Math.round(part * checked.of));
  return (
    <>
      <strong>{percent(checked.low)} to {percent(checked.high)}</strong>
      <span className={layout.help}>with 95% certainty: {most(checked.low)} to {most(checked.high)} of {plural(checked.of, "finished answer")}</span>
      <span className={layout.help}>
        {count(checked.wrong)} of {plural(checked.n, "answer")} checked {checked.wrong === 1 ? "was" : "were"} wrong ({percent(share)}){checked.waiting > 0 ? `; ${count(checked.waiting)} drawn and not decided yet count as right at the lower end and as wrong at the upper one` : ""}
      </span>
    </>
  );
}

function unknown(checked: Checked | undefined): string {
  if (!checked) return "Not known: no answer was drawn by chance and reviewed.";
  return `Not known yet: ${count(checked.n)} of ${plural(checked.n + checked.waiting, "answer")} drawn by chance ${checked.n === 1 ? "is" : "are"} decided.`;
}

function Download({ reply, question }: { reply: ErrorsReply; question: string }) {
  const rows = () => reply.rows.map((row) => [row.item_id, brief(row.given), brief(row.suggested), row.chance, row.reason]);
  return <TableFile file={`likely-errors-${question}`} header={["item", "answered", "the model says", "chance of error", "reason"]} rows={rows} />;
}

function Table({ reply, project }: { reply: ErrorsReply; project: Project }) {
  return (
    <div className={layout.scroll} style={{ maxHeight: 560 }} tabIndex={0} role="region" aria-label="Likely errors">
      <table className={layout.table}>
        <thead>
          <tr><th>Item</th><th>Answered</th><th>The model says</th><th className={layout.number}>Chance of error</th></tr>
        </thead>
        <tbody>
          {reply.rows.map((row) => (
            <tr key={row.item_id} title={row.reason}>
              <td>
                <Link to="/p/$projectId/data" params={{ projectId: project.id }} search={{ item: row.item_id }}>No. {count(row.item_id % 1_000_000_000)}</Link>
              </td>
              <td dir="auto">{brief(row.given)}</td>
              <td dir="auto">{brief(row.suggested)}</td>
              <td className={layout.number}>{percent(row.chance)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
