/** Comparisons of this question's prompts and models: start one, and read what came of it. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { comparisonsQuery } from "../../../api/modelQueries";
import type { Comparison, Model, Project } from "../../../api/types";
import { manages } from "../../../lib/rights";
import { Button, Empty, ErrorNote, Panel, Skeleton } from "../../../ui";
import { ago } from "../../../ui/format";
import layout from "../../../ui/layout.module.css";
import { CompareDialog } from "./CompareDialog";
import { CompareReportView } from "./CompareReport";
import { armNames, itemsText, verdictText } from "./compareWords";
import { NotesPanel } from "./NotesPanel";
import css from "./studio.module.css";

const route = getRouteApi("/inside/p/$projectId/models/$modelId");

export function CompareTab({ project, model, models }: { project: Project; model: Model; models: Model[] }) {
  const comparisons = useQuery(comparisonsQuery(project.id));
  const { comparison: picked } = route.useSearch();
  const navigate = useNavigate();
  const [starting, setStarting] = useState(false);
  const mine = (comparisons.data ?? []).filter((one) => one.question === model.question);
  const shown = mine.find((one) => one.id === picked) ?? mine[0];
  const open = (id: number) =>
    void navigate({ to: "/p/$projectId/models/$modelId", params: { projectId: project.id, modelId: model.id }, search: { tab: "compare", comparison: id } });
  const start = manages(project.my_role) ? (
    <Button kind={mine.length === 0 ? "primary" : "plain"} onClick={() => setStarting(true)}>
      Compare…
    </Button>
  ) : undefined;
  return (
    <div className={layout.stack}>
      <ErrorNote error={comparisons.error} onRetry={() => void comparisons.refetch()} />
      {comparisons.isPending ? <Skeleton height={240} /> : null}
      {comparisons.data && !shown ? (
        <Empty
          title="Nothing compared yet" action={start}
          text="Run two versions of the prompt over the same items and see whether the difference is real. Nothing that is tried out here becomes a suggestion."
        />
      ) : null}
      {shown ? (
        <div className={css.compare}>
          <Panel title="Comparisons" flush tools={start}>
            <ol className={css.versions} aria-label="Comparisons">
              {mine.map((one) => (
                <li key={one.id} data-shown={one.id === shown.id || undefined}>
                  <button type="button" className={css.version} aria-pressed={one.id === shown.id} onClick={() => open(one.id)}>
                    <strong>{armNames(one.arms).join(", ")}</strong>
                    <span>{outcome(one)}</span>
                    <span className={layout.help}>
                      {itemsText(one)}, {ago(one.created_at)}
                    </span>
                    {one.note ? <span className={layout.help}>{one.note}</span> : null}
                  </button>
                </li>
              ))}
            </ol>
          </Panel>
          <CompareReportView key={shown.id} project={project} comparison={shown} />
        </div>
      ) : null}
      <NotesPanel project={project} />
      {starting ? <CompareDialog project={project} model={model} models={models} onClose={() => setStarting(false)} onStarted={open} /> : null}
    </div>
  );
}

/** The result in a few words, or how far it is. */
function outcome(one: Comparison): string {
  if (!one.report) return one.job?.state === "running" || one.job?.state === "queued" ? "running" : (one.job?.state ?? "not finished");
  const [pair, more] = one.report.pairs;
  if (!pair) return "one version";
  if (!more) return verdictText(pair, armNames(one.arms));
  const real = one.report.pairs.filter((each) => each.verdict !== "cannot tell").length;
  return `${real} of ${one.report.pairs.length} differences are real`;
}
