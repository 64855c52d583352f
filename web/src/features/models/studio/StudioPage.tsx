/** The prompt studio of one connected model: what is sent, in which version, and which version is better. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { modelsQuery, projectQuery } from "../../../api/queries";
import type { Model, Project } from "../../../api/types";
import { Empty, ErrorNote, Skeleton } from "../../../ui";
import layout from "../../../ui/layout.module.css";
import { ConfidencePanel } from "../llm/ConfidencePanel";
import { CompareTab } from "./CompareTab";
import { PromptTab } from "./PromptTab";
import css from "./studio.module.css";

const route = getRouteApi("/inside/p/$projectId/models/$modelId");
const TABS = [
  { id: "prompt", title: "Prompt" },
  { id: "compare", title: "Compare" },
  { id: "confidence", title: "Confidence" },
] as const;

export function StudioPage() {
  const { projectId, modelId } = route.useParams();
  const project = useQuery(projectQuery(projectId)).data;
  const models = useQuery(modelsQuery(projectId));
  const model = models.data?.find((one) => one.id === modelId);
  if (project && model) return <Studio project={project} model={model} models={models.data ?? []} />;
  return (
    <div className={css.page}>
      <ErrorNote error={models.error} onRetry={() => void models.refetch()} />
      {models.isPending ? <Skeleton height={320} /> : null}
      {models.data ? <Empty title="There is no such model" text="It may have been deleted." action={<BackLink project={projectId} />} /> : null}
    </div>
  );
}

function BackLink({ project }: { project: number }) {
  return (
    <Link to="/p/$projectId/models" params={{ projectId: project }} activeOptions={{ exact: true }} style={{ textDecoration: "underline" }}>
      All models
    </Link>
  );
}

function Studio({ project, model, models }: { project: Project; model: Model; models: Model[] }) {
  const { tab = "prompt" } = route.useSearch();
  const params = { projectId: project.id, modelId: model.id };
  const question = project.spec.questions.find((one) => one.name === model.question);
  return (
    <div className={css.page}>
      <div className={layout.pageHead}>
        <div>
          <h1>{model.name}</h1>
          <p>
            <BackLink project={project.id} /> · {model.plugin_title}, answers “{question?.title ?? model.question}”
          </p>
        </div>
        <nav className={css.tabs} aria-label="Prompt studio">
          {TABS.map(({ id, title }) => (
            <Link key={id} to="/p/$projectId/models/$modelId" params={params} search={{ tab: id }} className={css.tab} aria-current={tab === id ? "page" : undefined}>
              {title}
            </Link>
          ))}
        </nav>
      </div>
      {tab === "prompt" ? <PromptTab project={project} model={model} /> : null}
      {tab === "compare" ? <CompareTab project={project} model={model} models={models} /> : null}
      {tab === "confidence" ? <ConfidencePanel project={project.id} model={model} /> : null}
    </div>
  );
}
