/** One item of a comparison: what people said, what each arm said, and what can be learned from it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../../../api/client";
import type { ComparedRow, Comparison, Project, Prompt, Question } from "../../../api/types";
import { manages } from "../../../lib/rights";
import { FieldView } from "../../../media/FieldView";
import { widgets } from "../../../tasks";
import { Button, ErrorNote, LabelChip } from "../../../ui";
import { brief } from "../../../ui/format";
import layout from "../../../ui/layout.module.css";
import { notify } from "../../../ui/notify";
import css from "./studio.module.css";

interface Props {
  project: Project;
  comparison: Comparison;
  row: ComparedRow;
  names: string[];
  /** The arm whose errors are looked at: an example goes into its model's prompt. */
  arm: number;
  onNote(): void;
}

export function ComparedItem({ project, comparison, row, names, arm, onNote }: Props) {
  const question = project.spec.questions.find((one) => one.name === comparison.question);
  const model = comparison.arms[arm]?.model ?? 0;
  const client = useQueryClient();
  const example = useMutation({
    mutationFn: () => api.post<Prompt>(`/projects/${project.id}/models/${model}/examples`, { item_id: row.item_id }),
    onSuccess: (made) => notify(`An example in version ${made.version} of the prompt, which is in use now.`),
    onSettled: () => client.invalidateQueries({ queryKey: ["models", project.id] }),
  });
  const number = row.item_id % 1_000_000_000;
  return (
    <article className={css.compared} aria-label={`Item ${number}`}>
      <div className={css.content}>
        <Link to="/p/$projectId/data" params={{ projectId: project.id }} search={{ item: row.item_id }} className={layout.help}>
          item {number}
        </Link>
        {project.spec.fields.map((field) => (row.data[field.name] === undefined ? null : <FieldView key={field.name} field={field} value={row.data[field.name]} />))}
      </div>
      <dl className={css.said}>
        <dt>People</dt>
        <dd>{row.scored ? <Value question={question} value={row.reference} /> : <span className="dim">not answered</span>}</dd>
        {row.answers.map((answer) => (
          <div key={answer.arm} className={css.arm} data-wrong={row.groups[answer.arm] ? true : undefined}>
            <dt>
              {names[answer.arm]}
              {row.groups[answer.arm] ? <span className="visually-hidden"> (wrong)</span> : null}
            </dt>
            <dd>
              {answer.error === null ? <Value question={question} value={answer.value} model /> : <span className={css.failed}>{brief(answer.error, 200)}</span>}
              {answer.reason ? <div className={layout.help}>{answer.reason}</div> : null}
              {answer.error !== null && answer.raw ? (
                <details>
                  <summary className={layout.help}>What it answered</summary>
                  <pre className={css.schema}>{brief(answer.raw, 1000)}</pre>
                </details>
              ) : null}
            </dd>
          </div>
        ))}
      </dl>
      {manages(project.my_role) ? (
        <div className={css.lessons}>
          <Button size="small" onClick={onNote}>
            Note for the guidelines…
          </Button>
          <Button size="small" disabled={!row.scored} busy={example.isPending} onClick={() => example.mutate()}>
            Make it an example
          </Button>
          <ErrorNote error={example.error} />
        </div>
      ) : null}
    </article>
  );
}

function Value({ question, value, model }: { question: Question | undefined; value: unknown; model?: boolean }) {
  const View = question ? widgets[question.type]?.View : undefined;
  if (typeof value === "string" && question?.shape === "label") {
    const raw = Array.isArray(question.config.labels) ? (question.config.labels as (string | { value: string; title?: string; color?: string })[]) : [];
    const at = raw.findIndex((entry) => (typeof entry === "string" ? entry : entry.value) === value);
    const known = raw[at];
    return <LabelChip label={typeof known === "object" ? known : { value }} index={Math.max(0, at)} variant={model ? "dashed" : "solid"} />;
  }
  if (question && View) return <View question={question} value={value} />;
  return <code>{brief(value, 300)}</code>;
}
