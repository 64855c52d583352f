/** Before a run: which items, what it will take, and the most that it may spend. */
import { Checkbox, Modal, NumberInput, Radio } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ApiError, errorText } from "../../../api/client";
import type { Connection, Estimate, Model, Project, RunProgress, Selection } from "../../../api/types";
import { Button, ErrorNote, Note, Skeleton } from "../../../ui";
import { count, plural } from "../../../ui/format";
import layout from "../../../ui/layout.module.css";
import css from "./llm.module.css";
import { estimateText, proposedBudget } from "./runWords";

type What = "next" | "open" | "all" | "sample" | "gold";

const WHATS: { value: What; title: string; text: string }[] = [
  { value: "next", title: "The next items of the queue", text: "What people label next." },
  { value: "open", title: "All items that are not done", text: "" },
  { value: "sample", title: "A sample", text: "Drawn by chance." },
  { value: "gold", title: "Items to measure by", text: "Gold, resolved, and answered blind: shows how good it is before it runs over the rest." },
  { value: "all", title: "All items", text: "Answered ones too." },
];

interface Props {
  project: Project;
  model: Model;
  connection: Connection | undefined;
  onClose(): void;
}

export function RunDialog({ project, model, connection, onClose }: Props) {
  const [what, setWhat] = useState<What>("next");
  const [n, setN] = useState(100);
  const [again, setAgain] = useState(false);
  const [batch, setBatch] = useState(false);
  const [money, setMoney] = useState<number | "" | null>(null);
  const [tokens, setTokens] = useState<number | "" | null>(null);
  const selection: Selection = { what, again, ...(what === "next" || what === "sample" ? { n } : {}) };
  const [settled] = useDebouncedValue(JSON.stringify(selection), 300);
  const path = `/projects/${project.id}/models/${model.id}`;
  const estimate = useQuery({
    queryKey: ["estimate", project.id, model.id, model.version, settled],
    queryFn: () => api.post<Estimate>(`${path}/estimate`, { selection: JSON.parse(settled) as unknown }),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 0,
  });
  const proposed = estimate.data ? proposedBudget(estimate.data) : { money: null, tokens: null };
  const budget = { money: bound(money, proposed.money), tokens: bound(tokens, proposed.tokens) };
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: () => api.post<RunProgress>(`${path}/annotate`, { selection, budget, batch }),
    onSuccess: onClose,
    onSettled: () => {
      for (const key of ["runs", "models", "jobs"]) void client.invalidateQueries({ queryKey: [key, project.id] });
    },
  });
  const free = budget.money === null && budget.tokens === null && estimate.error === null;
  const nothing = estimate.error instanceof ApiError && estimate.error.status === 409;
  return (
    <Modal opened onClose={onClose} title={`Run ${model.name}, version ${Math.max(1, model.version)}`} centered size={560}>
      <form
        className={layout.stack}
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate();
        }}
      >
        <Radio.Group label="On" value={what} onChange={(value) => setWhat(value as What)}>
          <div className={css.signals}>
            {WHATS.map((one) => (
              <Radio key={one.value} value={one.value} label={one.title} description={one.text || undefined} size="xs" />
            ))}
          </div>
        </Radio.Group>
        {what === "next" || what === "sample" ? (
          <NumberInput label="How many" min={1} max={10_000} w={160} value={n} onChange={(value) => setN(typeof value === "number" ? value : 1)} />
        ) : null}
        <Checkbox
          size="xs" label="Also items that this version has answered already" checked={again} onChange={(event) => setAgain(event.currentTarget.checked)}
        />
        <section className={css.estimate} aria-label="What it will take" aria-live="polite">
          {estimate.isPending ? <Skeleton height={40} /> : null}
          {estimate.data && !estimate.error ? (
            <>
              <strong>
                {plural(estimate.data.items, "item")}: {estimateText(estimate.data)}
              </strong>
              {estimate.data.assumptions.map((one) => (
                <span key={one} className={layout.help}>
                  {one}
                </span>
              ))}
            </>
          ) : null}
          {nothing ? <span>{errorText(estimate.error)}</span> : <ErrorNote error={estimate.error} />}
        </section>
        <div className={layout.two}>
          <NumberInput
            label="Money at most" description={connection && !connection.prices.input && !connection.local ? "The connection has no prices." : `In ${estimate.data?.currency ?? "USD"}. Empty: no bound.`}
            min={0} step={0.5} decimalScale={4} value={budget.money ?? ""} onChange={(value) => setMoney(typeof value === "number" ? value : "")}
          />
          <NumberInput
            label="Tokens at most" description="In and out. Empty: no bound." min={1} thousandSeparator="," value={budget.tokens ?? ""}
            onChange={(value) => setTokens(typeof value === "number" ? value : "")}
          />
        </div>
        {connection?.abilities.batch ? (
          <Checkbox size="xs" label="As a batch" description="Cheaper, and done within a day instead of minutes." checked={batch} onChange={(event) => setBatch(event.currentTarget.checked)} />
        ) : null}
        {free ? <Note tone="warn">Without a budget nothing stops the run but you.</Note> : <p className={layout.help}>The worst case of each call is set aside before it is sent, so that the budget holds.</p>}
        <ErrorNote error={start.error} />
        <div className={layout.row} style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={start.isPending} disabled={estimate.data?.items === 0 || estimate.error !== null}>
            {estimate.data ? `Run on ${count(estimate.data.items)}` : "Run"}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** What was entered; where nothing was, what is proposed. */
function bound(entered: number | "" | null, proposed: number | null): number | null {
  return entered === null ? proposed : entered === "" ? null : entered;
}
