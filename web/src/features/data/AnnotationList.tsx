/** Who answered what. People solid, models dashed. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client";
import type { Annotation, Project } from "../../api/types";
import { atLeast } from "../../lib/rights";
import { widgets } from "../../tasks";
import { Button, ErrorNote, LabelChip } from "../../ui";
import { ago, brief, score } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import css from "./data.module.css";

const BASIS: Record<Annotation["basis"], string> = {
  unassisted: "without a suggestion",
  shown: "suggestion was on screen",
  blind: "blind",
  bulk: "in bulk",
  imported: "imported",
  planted: "to a planted wrong suggestion",
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
            {annotation.role === "answer" && annotation.author_kind === "person" && atLeast(project.my_role, "reviewer") ? <MakeGold project={project} annotation={annotation} /> : null}
          </div>
        </div>
      ))}
    </>
  );
}

function MakeGold({ project, annotation }: { project: Project; annotation: Annotation }) {
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: () => api.post(`/projects/${project.id}/gold`, { item_id: annotation.item_id, annotations: [annotation.id] }),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["item", project.id] });
      void client.invalidateQueries({ queryKey: ["quality", project.id] });
    },
  });
  if (annotation.basis === "bulk" || annotation.basis === "planted") return null;
  return (
    <>
      {" "}
      <Button size="small" disabled={make.isPending} title="This answer is right: measure people and models by it" onClick={() => make.mutate()}>
        Make gold
      </Button>
      <ErrorNote error={make.error} />
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
