/** The models of a project: what each can do and how good it is, as far as that is known. */
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { modelsQuery, projectKindsQuery, projectQuery } from "../../api/queries";
import type { Model, Project } from "../../api/types";
import { manages } from "../../lib/rights";
import { Button, Empty, ErrorNote, Skeleton } from "../../ui";
import { percent } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { LlmCard } from "./llm/LlmCard";
import { ModelCard } from "./ModelCard";
import { ModelDialog } from "./ModelDialog";
import css from "./models.module.css";
import { RunsPanel } from "./RunsPanel";

const route = getRouteApi("/inside/p/$projectId/models");

export function ModelsPage() {
  const { projectId } = route.useParams();
  const project = useQuery(projectQuery(projectId)).data;
  return project ? <Models project={project} /> : null;
}

function Models({ project }: { project: Project }) {
  const models = useQuery(modelsQuery(project.id));
  const kinds = useQuery(projectKindsQuery(project.id)).data;
  const [editing, setEditing] = useState<Model | "new" | null>(null);
  const boss = manages(project.my_role);
  const add = (
    <Button kind="primary" icon={<IconPlus size={15} aria-hidden />} onClick={() => setEditing("new")}>
      Add a model
    </Button>
  );
  return (
    <div className={layout.page}>
      <div className={layout.pageHead}>
        <div>
          <h1>Models</h1>
          <p>{blindText(project)}</p>
        </div>
        {boss && models.data && models.data.length > 0 ? add : null}
      </div>
      <div className={layout.stack}>
        <ErrorNote error={models.error} onRetry={() => void models.refetch()} />
        {models.isPending ? <Skeleton height={240} /> : null}
        {models.data?.length === 0 ? (
          <Empty
            title="No model yet" action={boss ? add : undefined}
            text="A model suggests answers while people label, and learns from what they answer. Rules work from the first item."
          />
        ) : null}
        <div className={css.cards}>
          {(models.data ?? []).map((model) =>
            model.asks ? (
              <LlmCard key={model.id} project={project} model={model} />
            ) : (
              <ModelCard key={model.id} project={project} model={model} onEdit={() => setEditing(model)} />
            ),
          )}
        </div>
        <RunsPanel project={project.id} edit={boss} />
      </div>
      {editing !== null && kinds ? (
        <ModelDialog project={project} kinds={kinds} model={editing === "new" ? null : editing} onClose={() => setEditing(null)} />
      ) : null}
    </div>
  );
}

function blindText(project: Project): string {
  const share = project.spec.policy.blind_share;
  if (share === 0) return "No blind slice is set in the policy, so the quality of the models cannot be measured fairly.";
  return `Quality is measured on the blind slice: ${percent(share)} of the items, on which nobody sees a suggestion and from which no model learns.`;
}
