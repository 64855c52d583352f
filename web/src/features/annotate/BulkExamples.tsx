/** A few of the items that a bulk decision would touch, each with what the model says. */
import { useQueries } from "@tanstack/react-query";
import { itemQuery } from "../../api/queries";
import type { ItemDetail, Question } from "../../api/types";
import { LabelChip, Skeleton } from "../../ui";
import { brief } from "../../ui/format";
import css from "./bulk.module.css";
import { labelLook } from "./labels";
import { useBench } from "./session";

const SHOWN = 5;

export function BulkExamples({ ids, question }: { ids: readonly number[]; question: Question }) {
  const { project } = useBench();
  const details = useQueries({ queries: ids.slice(0, SHOWN).map((id) => itemQuery(project.id, id)) });
  return (
    <ul className={css.examples} aria-label="Examples">
      {details.map((detail, i) => <li key={ids[i]}>{detail.data ? <Example detail={detail.data} question={question} /> : <Skeleton height={18} />}</li>)}
    </ul>
  );
}

function Example({ detail, question }: { detail: ItemDetail; question: Question }) {
  const best = detail.annotations
    .filter((a) => a.role === "suggestion" && a.question === question.name)
    .sort((a, b) => (b.score ?? 1) - (a.score ?? 1))[0];
  const text = Object.values(detail.item.data).find((v) => typeof v === "string") ?? detail.item.key ?? `Item ${detail.item.ord}`;
  const labels = best ? [...new Set((Array.isArray(best.value) ? best.value : [best.value]).map(labelOf))].slice(0, 3) : [];
  return (
    <>
      <span dir="auto">{brief(text, 150)}</span>
      <span className={css.chips}>
        {labels.map((value) => <LabelChip key={value} variant="dashed" score={best?.score} label={{ value, ...labelLook(question, value) }} />)}
      </span>
    </>
  );
}

function labelOf(value: unknown): string {
  return typeof value === "object" && value !== null && "label" in value ? String(value.label) : brief(value, 40);
}
