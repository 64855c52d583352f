/** What a person is told about checks: how the first round goes, and which suggestion was wrong on purpose. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "../../api/client";
import { checksQuery, qualificationQuery } from "../../api/qualityQueries";
import type { CheckView, Project } from "../../api/types";
import { Button, buttonLook } from "../../ui";
import { brief, percent } from "../../ui/format";
import css from "./checks.module.css";

export function CheckNotes({ project }: { project: Project }) {
  const { policy } = project.spec;
  const checks = useQuery({ ...checksQuery(project.id), enabled: policy.planted_share > 0 }).data;
  const check = checks?.[0];
  if (check) return <Planted project={project} check={check} />;
  return policy.qualification.items > 0 ? <Round project={project} /> : null;
}

function Planted({ project, check }: { project: Project; check: CheckView }) {
  const client = useQueryClient();
  const told = useMutation({
    mutationFn: () => api.post(`/projects/${project.id}/checks/${check.id}/told`, {}),
    onSettled: () => void client.invalidateQueries({ queryKey: ["checks", project.id] }),
  });
  return (
    <div className={css.note} role="status">
      <p>
        <b>{check.caught ? "Well seen." : "That one was wrong on purpose."}</b> The suggestion “{brief(check.shown, 60)}” on an earlier item was planted to see whether suggestions are
        looked at; the answer is “{brief(check.truth, 60)}”. Your answer to it trains nothing and counts as no label.
      </p>
      <div className={css.row}>
        <Link to="/p/$projectId/label" params={{ projectId: project.id }} search={{ item: check.item_id }} {...buttonLook("plain", "small")}>See the item</Link>
        <Button size="small" kind="primary" disabled={told.isPending} onClick={() => told.mutate()}>Understood</Button>
      </div>
    </div>
  );
}

function Round({ project }: { project: Project }) {
  const view = useQuery(qualificationQuery(project.id)).data;
  if (!view || view.state === "none" || view.state === "passed") return null;
  const last = view.feedback.at(-1);
  return (
    <div className={css.note} role="status">
      <p>
        <b>{view.state === "failed" ? "The first round was not passed." : `First round: ${view.done} of ${view.needed}.`}</b>{" "}
        {view.state === "failed"
          ? `You agreed with ${percent(view.score ?? 0)} of the known answers; ${percent(view.pass_mark)} is needed. Ask the manager of the project what to do next.`
          : `These items have a known answer; ${percent(view.pass_mark)} agreement is needed. There are no suggestions here.`}
      </p>
      {last ? (
        <p>
          Last item: {last.agreement >= 1 ? "as in gold." : <>you said “{brief(last.given, 60)}”, gold is “{brief(last.gold, 60)}”.</>}
        </p>
      ) : null}
    </div>
  );
}
