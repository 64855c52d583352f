/** What a judge made of a pair: only what holds in both orders counts. */
import { useQuery } from "@tanstack/react-query";
import { rubricQuery } from "../../api/queries";
import type { Project, VerdictView } from "../../api/types";
import { Skeleton } from "../../ui";
import { percent } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import css from "./judges.module.css";
import { betterText, ordersText } from "./judgeWords";

export function PairResult({ project, view }: { project: Project; view: VerdictView }) {
  const versions = useQuery(rubricQuery(project.id, view.rubric_id)).data;
  const rubric = versions?.find((r) => r.id === view.rubric_id)?.rubric;
  const { info, scores, total } = view.verdict;
  const reasons = (info.reasons as string[] | undefined) ?? [];
  const chance = info.first_probability as number | undefined;
  if (!rubric) return <Skeleton height={120} />;
  return (
    <section className={css.result} aria-label="Comparison">
      <h3>{betterText(total * 2 - 1)}</h3>
      <p className={layout.help}>
        {ordersText(info.forward as number | undefined, info.swapped as number | undefined)}
        {chance === undefined ? "" : ` Probability of the first over both orders: ${percent(chance)}.`}
      </p>
      <table className={layout.table}>
        <tbody>
          {rubric.criteria.map((criterion) => {
            const score = scores.find((s) => s.criterion === criterion.name);
            return (
              <tr key={criterion.name}>
                <td>{criterion.title}</td>
                <td className={css.winner}>{betterText(score?.score ?? 0)}</td>
                <td>{score?.reason}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {reasons.map((reason, k) => (reason ? <p key={k} className={css.reason}><b>{k === 0 ? "As given" : "Swapped"}</b> {reason}</p> : null))}
    </section>
  );
}
