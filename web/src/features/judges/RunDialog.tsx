/** Before a judge goes over finished work: how much there is, what it may cost, and how much may be spent. */
import { Checkbox, Modal, NumberInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { Job, Judge, JudgingCost, Project } from "../../api/types";
import { Button, ErrorNote, Skeleton } from "../../ui";
import { count, moneyText, plural, shortCount } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { notify } from "../../ui/notify";
import css from "./judges.module.css";

interface RunProps {
  project: Project;
  judge: Judge;
  onClose(): void;
}

export function RunDialog({ project, judge, onClose }: RunProps) {
  const client = useQueryClient();
  const path = `/projects/${project.id}/judges/${judge.id}`;
  const cost = useQuery({ queryKey: ["judges", project.id, "cost", judge.id], queryFn: () => api.post<JudgingCost>(`${path}/estimate`), staleTime: 0 });
  const [tokens, setTokens] = useState<number | null>(null);
  const [money, setMoney] = useState<number | null>(null);
  const [flag, setFlag] = useState(true);
  const run = useMutation({
    mutationFn: () => api.post<Job>(`${path}/run`, { flag, money, tokens }),
    onSuccess: () => {
      for (const key of ["jobs", "judges", "runs"]) void client.invalidateQueries({ queryKey: [key, project.id] });
      notify("The judge is at work. You can go on; it stops and goes on when you say so.");
      onClose();
    },
  });
  const none = cost.data?.answers === 0;
  const number = (value: string | number) => (typeof value === "number" ? value : null);
  return (
    <Modal opened onClose={onClose} title={`${judge.name} over finished work`} centered size={520}>
      <div className={layout.stack}>
        <ErrorNote error={cost.error ?? run.error} />
        {cost.isPending ? <Skeleton height={96} /> : null}
        {cost.data ? <Cost cost={cost.data} /> : null}
        {none ? null : (
          <>
            <div className={layout.two}>
              <NumberInput
                label="Tokens at most" description="Empty: no bound" min={0} thousandSeparator="," value={tokens ?? ""}
                onChange={(value) => setTokens(number(value))}
              />
              <NumberInput
                label={`Money at most${cost.data?.currency ? ` (${cost.data.currency})` : ""}`} description="Empty: no bound" min={0} decimalScale={4}
                disabled={cost.data?.cost === null} value={money ?? ""} onChange={(value) => setMoney(number(value))}
              />
            </div>
            <Checkbox label="Flag items whose answer fails, for review" checked={flag} onChange={(event) => setFlag(event.currentTarget.checked)} />
          </>
        )}
        <div className={layout.row} style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>{none ? "Close" : "Cancel"}</Button>
          {none ? null : <Button kind="primary" busy={run.isPending} disabled={!cost.data} onClick={() => run.mutate()}>Judge {cost.data ? plural(cost.data.answers, "answer") : ""}</Button>}
        </div>
      </div>
    </Modal>
  );
}

function Cost({ cost }: { cost: JudgingCost }) {
  if (cost.answers === 0) return <p>Every answer that may be judged has its verdict. Items kept for the blind test are never judged.</p>;
  const tokens = cost.input_tokens + cost.output_tokens;
  return (
    <div className={css.cost}>
      <dl>
        <div><dt>Answers</dt><dd>{count(cost.answers)}</dd></div>
        <div><dt>Calls</dt><dd>{count(cost.calls)}</dd></div>
        <div><dt>Tokens, likely</dt><dd>{shortCount(tokens)}</dd></div>
        <div><dt>Cost, likely</dt><dd>{cost.cost === null ? "no prices known" : moneyText(cost.cost, cost.currency)}</dd></div>
      </dl>
      <p className={layout.help}>
        At worst {shortCount(cost.most_tokens)} tokens{cost.most === null ? "" : ` or ${moneyText(cost.most, cost.currency)}`}. {cost.assumptions.join(" ")}
      </p>
    </div>
  );
}
