/** Who answered what. People solid, models dashed. */
import type { Annotation, Project } from "../../api/types";
import { widgets } from "../../tasks";
import { LabelChip } from "../../ui";
import { ago, brief, score } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import css from "./data.module.css";

const BASIS: Record<Annotation["basis"], string> = {
  unassisted: "without a suggestion",
  shown: "suggestion was on screen",
  blind: "blind",
  bulk: "in bulk",
  imported: "imported",
};

export function AnnotationList({ project, annotations }: { project: Project; annotations: Annotation[] }) {
  if (annotations.length === 0) return <p className="dim">None yet.</p>;
  return (
    <>
      {annotations.map((annotation) => (
        <div key={annotation.id} className={css.answer} data-model={annotation.author_kind === "model" || undefined}>
          <div className={layout.help}>
            {project.spec.questions.find((question) => question.name === annotation.question)?.title ?? annotation.question}
          </div>
          <Value project={project} annotation={annotation} />
          {annotation.reason ? <div className={layout.help}>{annotation.reason}</div> : null}
          <div className={layout.help}>
            {[
              annotation.role === "answer" ? null : annotation.role,
              annotation.author,
              annotation.score === null ? null : score(annotation.score),
              annotation.author_kind === "person" ? BASIS[annotation.basis] : null,
              ago(annotation.created_at),
            ]
              .filter(Boolean)
              .join(" · ")}
          </div>
        </div>
      ))}
    </>
  );
}

function Value({ project, annotation }: { project: Project; annotation: Annotation }) {
  const question = project.spec.questions.find((one) => one.name === annotation.question);
  const View = question ? widgets[question.type]?.View : undefined;
  if (question && View) return <View question={question} value={annotation.value} />;
  if (typeof annotation.value === "string") return <LabelChip label={{ value: annotation.value }} index={10} />;
  return <code>{brief(annotation.value, 300)}</code>;
}
