/** A case on the screen: the item, why it is here, and its answers side by side with what differs. */
import { useMemo } from "react";
import type { Project, Question, ReviewCase } from "../../api/types";
import { FieldView } from "../../media/FieldView";
import { widgets } from "../../tasks";
import { Button, Note } from "../../ui";
import { percent } from "../../ui/format";
import { AnswerCard, FixEditor } from "./AnswerCard";
import type { ReviewDesk } from "./logic/desk";
import { differences } from "./logic/differences";
import css from "./review.module.css";
import { useDesk } from "./useReview";
import { KIND_TITLES, LETTERS, text, whyHere } from "./words";

interface Props {
  desk: ReviewDesk;
  found: ReviewCase;
  project: Project;
  question: Question;
  user: number;
  only: boolean;
  notice: string | null;
  onSave(): void;
}

export function CaseView(props: Props) {
  const { found, project, question, desk } = props;
  const draft = useDesk(desk, (s) => s.draft);
  const widget = widgets[question.type];
  const onItem = widget?.place === "field";
  const marked = question.field ?? project.spec.fields[0]?.name;
  const hidden = new Set(onItem ? [marked] : draft && widget?.place === "page" ? (widget.covers?.(question) ?? []) : []);
  const fields = project.spec.fields.filter((f) => f.name in found.item.data && !hidden.has(f.name));
  return (
    <div className={css.rooms} data-place={onItem ? "field" : "form"}>
      {fields.length > 0 ? (
        <section className={css.item} aria-label="Item" tabIndex={0}>
          {fields.map((field) => (
            <div key={field.name} className={css.field}>
              {fields.length > 1 ? <h2>{field.title ?? field.name}</h2> : null}
              <FieldView field={field} value={found.item.data[field.name]} />
            </div>
          ))}
        </section>
      ) : null}
      <section className={css.answers} aria-label="Answers">
        <div className={css.why}>
          <span className={css.kind} data-kind={found.kind}>{KIND_TITLES[found.kind]}</span>
          <strong>{question.title ?? question.name}</strong>
          <span>{whyHere(found)}</span>
        </div>
        <Told found={found} question={question} />
        {draft ? <Fixing {...props} value={draft.value} /> : <Answers {...props} />}
      </section>
    </div>
  );
}

function Answers({ desk, found, project, question, only }: Props) {
  const chosen = useDesk(desk, (s) => s.chosen);
  const different = useMemo(() => differences(question, found.answers, found.item), [question, found]);
  const against = found.together?.value ?? found.answers[0]?.value;
  const same = found.together?.same_as ?? null;
  const own = { question, fields: project.spec.fields, item: found.item, only };
  return (
    <div className={css.cards}>
      {found.answers.map((answer, at) => (
        <AnswerCard
          key={answer.id} {...own} title={answer.author ?? LETTERS[at] ?? String(at + 1)} cap={String(at + 1)} value={answer.value} different={different[at] ?? []}
          against={against === answer.value ? found.answers.find((a) => a.id !== answer.id)?.value : against} chosen={chosen === answer.id}
          note={[same === answer.id ? "what they come to" : null, answer.mine ? "yours" : null, answer.assisted ? "a suggestion was on screen" : null].filter(Boolean).join(" · ") || null}
          onChoose={() => desk.choose(answer.id)} onAccept={() => desk.accept(answer.id)}
        />
      ))}
      {found.together && !same ? (
        <AnswerCard
          {...own} title="Together" cap="0" value={found.together.value} different={[]} against={undefined} chosen={chosen === "together"} only={false}
          note={`${found.together.by}, ${percent(found.together.certainty)} sure`} onChoose={() => desk.choose("together")} onAccept={() => desk.acceptTogether()}
        />
      ) : null}
      {found.answers.length === 0 ? <Note>Nobody's answer stands here now. Write the right one (F), or pass over the case (S).</Note> : null}
    </div>
  );
}

function Fixing({ desk, found, project, question, user, value, notice, onSave }: Props & { value: unknown }) {
  return (
    <div className={css.fixing}>
      <FixEditor question={question} fields={project.spec.fields} item={found.item} value={value} user={user} onChange={(next) => desk.change(next)} />
      {notice ? <Note tone="warn">{notice}</Note> : null}
      <div className={css.fixFoot}>
        <Button kind="primary" keys="Ctrl+Enter" onClick={onSave}>Save as the right answer</Button>
        <Button keys="Esc" onClick={() => desk.leave()}>Back</Button>
      </div>
    </div>
  );
}

/** What a judge or a model said, and what was decided before. */
function Told({ found, question }: { found: ReviewCase; question: Question }) {
  const { advice, scores, predicted } = found.detail as { advice?: string; scores?: { criterion: string; score: number; reason: string }[]; predicted?: unknown };
  if (found.kind === "alarm") {
    return (
      <div className={css.told}>
        {advice ? <p>{advice}</p> : null}
        {(scores ?? []).map((s) => <p key={s.criterion}><b>{s.criterion} {s.score}</b> {s.reason}</p>)}
      </div>
    );
  }
  if (found.kind === "error" && predicted !== undefined) {
    const { View } = widgets[question.type] ?? {};
    return <div className={css.told}>It says {View ? <b><View question={question} value={predicted} /></b> : <b>{text(predicted)}</b>}. {text(found.detail.reason)}</div>;
  }
  return found.gold === null || found.gold === undefined ? null : <p className={css.told}>Decided before: <b>{text(found.gold)}</b></p>;
}
