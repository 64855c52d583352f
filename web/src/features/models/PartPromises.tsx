/** What may be accepted of a model, apart for each label or for each value of the metadata, each part held to the promise by itself. */
import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { Model, Offer, PartOffer, Project } from "../../api/types";
import type { Cell } from "../../lib/csv";
import { Button, ErrorNote, Note, Skeleton, TableFile } from "../../ui";
import { count, percent, plural, score } from "../../ui/format";
import { PROMISES, TARGETS } from "../../ui/guarantee/words";
import layout from "../../ui/layout.module.css";

const LABELS = "";
type Kind = "total" | "among";

export function PartPromises({ project, model }: { project: Project; model: Model }) {
  const [asked, setAsked] = useState(false);
  const [kind, setKind] = useState<Kind>("among");
  const [target, setTarget] = useState(0.05);
  const [by, setBy] = useState(LABELS);
  const exact = ["choice", "pairwise", "choices", "rating"].includes(project.spec.questions.find((one) => one.name === model.question)?.type ?? "");
  const found = useQuery({
    queryKey: ["guarantee", project.id, model.question, model.name, kind, target, by],
    queryFn: () => api.post<Offer>(`/projects/${project.id}/guarantee`, {
      question: model.question, source: model.name, slice: by || null, wish: { promise: kind, target, right_at: exact ? 1 : 0.8 },
    }),
    enabled: asked,
    retry: false,
  });
  const offer = found.data;
  const parts = by === LABELS ? offer?.labels : offer?.slices[by];
  if (!asked) {
    return (
      <>
        <p className={layout.help}>How much may be accepted of each label, or of each part of the data.{model.asks ? " The first look holds this version’s confidence still." : ""}</p>
        <div><Button onClick={() => setAsked(true)}>Look</Button></div>
      </>
    );
  }
  return (
    <>
      <div className={`${layout.row} ${layout.wrap}`}>
        <Select
          label="What is limited" w={292} value={kind} allowDeselect={false} onChange={(value) => setKind((value as Kind | null) ?? kind)}
          data={PROMISES.filter((one) => one.value === "total" || one.value === "among").map((one) => ({ value: one.value, label: one.title }))}
        />
        <Select
          label="At most" w={86} value={String(target)} allowDeselect={false} onChange={(value) => setTarget(Number(value ?? target))}
          data={TARGETS.map((one) => ({ value: String(one), label: percent(one, one < 0.01 ? 1 : 0) }))}
        />
        <Select
          label="Apart by" w={126} value={by} allowDeselect={false} onChange={(value) => setBy(value ?? LABELS)}
          data={[{ value: LABELS, label: "label" }, ...(offer?.slice_keys ?? []).map((key) => ({ value: key, label: key }))]}
        />
      </div>
      <ErrorNote error={found.error} onRetry={() => void found.refetch()} />
      {found.isLoading ? <Skeleton height={120} /> : null}
      {offer && !offer.curve ? <Note>{offer.why}</Note> : null}
      {offer?.curve && parts && parts.length > 0 ? <PartsTable parts={parts} by={by || "Label"} file={`promises-${model.name}-by-${by || "label"}`} /> : null}
      {offer?.curve && !(parts && parts.length > 0) ? <p className={layout.help}>Nothing to tell apart.</p> : null}
      {offer?.curve ? <p className={layout.help}>The parts share an eighth of the risk, so that all of these hold together; a part by itself needs more blind answers than all items do.</p> : null}
    </>
  );
}

const COLUMNS = ["open", "blind answers", "wrong", "accepted", "from confidence", "wrong at most", "more blind answers needed"];

function partRow({ name, open, audits, wrong, best, more }: PartOffer): Cell[] {
  return [name, open, audits, wrong, best?.accepted ?? 0, best?.threshold, best?.bound, more];
}

function PartsTable({ parts, by, file }: { parts: PartOffer[]; by: string; file: string }) {
  return (
    <div>
      <div className={layout.row}>
        <p className={`${layout.help} ${layout.grow}`}>On {plural(parts.reduce((sum, part) => sum + part.audits, 0), "blind answer")} in {plural(parts.length, "part")}</p>
        <TableFile file={file} header={[by, ...COLUMNS]} rows={() => parts.map(partRow)} />
      </div>
      <table className={layout.table} aria-label={`What may be accepted by ${by}`}>
        <thead>
          <tr><th>{by}</th><th className={layout.number}>Open</th><th className={layout.number}>Blind answers</th><th className={layout.number}>Wrong</th><th>May be accepted</th></tr>
        </thead>
        <tbody>
          {parts.map((part) => (
            <tr key={part.name}>
              <th scope="row">{part.name}</th>
              <td className={layout.number}>{count(part.open)}</td>
              <td className={layout.number}>{count(part.audits)}</td>
              <td className={layout.number}>{count(Math.round(part.wrong))}</td>
              <td>{allowed(part)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What a part allows, in words. */
export function allowed({ best, more, open }: PartOffer): string {
  if (open === 0) return "nothing is open";
  if (best) return `${count(best.accepted)} from ${score(best.threshold)} on, at most ${percent(best.bound, 1)} wrong`;
  return more === null ? "nothing; send them to people" : `nothing yet; about ${count(more)} more blind answers`;
}
