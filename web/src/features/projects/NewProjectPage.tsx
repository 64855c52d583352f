/** A new project on one page: pick a start, change what you like, create. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../api/client";
import { kindsQuery, recipesQuery } from "../../api/queries";
import type { Project, ProjectSpec, Recipe } from "../../api/types";
import { Button, ErrorNote, Skeleton } from "../../ui";
import layout from "../../ui/layout.module.css";
import { completeSpec, emptySpec, tidySpec } from "./editor/draft";
import css from "./editor/editor.module.css";
import { FromFile } from "./FromFile";
import { SpecEditor } from "./SpecEditor";

const EMPTY = "(empty)";
const FILE = "(file)";

export function NewProjectPage() {
  const recipes = useQuery(recipesQuery);
  const kinds = useQuery(kindsQuery);
  const [start, setStart] = useState<string | null>(null);
  const [spec, setSpec] = useState<ProjectSpec>(emptySpec);
  const finish = useFinish();
  const create = useMutation({ mutationFn: () => api.post<Project>("/projects", tidySpec(spec)), onSuccess: finish });
  const pick = (name: string, from: Partial<ProjectSpec>) => {
    setStart(name);
    setSpec(completeSpec({ ...from, name: spec.name || from.name || "" }));
    create.reset();
  };
  const editing = start !== null && start !== FILE && kinds.data !== undefined;
  return (
    <div className={layout.page}>
      <div className={layout.pageHead}>
        <div>
          <h1>New project</h1>
          <p>Pick a start. Everything can be changed before and after.</p>
        </div>
      </div>
      <div className={layout.stack}>
        {recipes.isPending ? <Skeleton height={160} /> : null}
        <ErrorNote error={recipes.error ?? kinds.error} onRetry={() => void Promise.all([recipes.refetch(), kinds.refetch()])} />
        <div className={css.recipes} role="radiogroup" aria-label="Start from">
          {(recipes.data ?? []).map((recipe) => (
            <Card key={recipe.name} {...recipe} picked={start === recipe.name} onPick={() => pick(recipe.name, recipe.spec)} />
          ))}
          <Card title="Empty" summary="Choose fields and questions yourself." picked={start === EMPTY} onPick={() => pick(EMPTY, {})} />
          <Card title="From a file" summary="A project kept as YAML or JSON." picked={start === FILE} onPick={() => setStart(FILE)} />
        </div>
        {start === FILE ? <FromFile onCreated={finish} /> : null}
        {editing ? (
          <SpecEditor key={start} spec={spec} kinds={kinds.data} error={create.error} models={plannedModels(spec)} onChange={setSpec} />
        ) : null}
      </div>
      {editing ? (
        <div className={css.footer}>
          <div className={layout.grow}>
            <ErrorNote error={create.error} />
          </div>
          <Button kind="primary" size="large" busy={create.isPending} disabled={!spec.name.trim()} onClick={() => create.mutate()}>
            {create.isPending ? "Creating…" : "Create project"}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function useFinish() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return (project: Project) => {
    void client.invalidateQueries({ queryKey: ["projects"] });
    void navigate({ to: "/p/$projectId/import", params: { projectId: project.id } });
  };
}

/** The models that the project will be created with. */
function plannedModels(spec: ProjectSpec): string[] {
  return spec.predictors.map((one) => one.name).filter((name) => typeof name === "string");
}

function Card({ title, summary, picked, onPick }: Pick<Recipe, "title" | "summary"> & { picked: boolean; onPick(): void }) {
  return (
    <button type="button" role="radio" aria-checked={picked} className={css.recipe} onClick={onPick}>
      <strong>{title}</strong>
      <span>{summary}</span>
    </button>
  );
}
