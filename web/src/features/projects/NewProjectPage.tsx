/** A new project on one page: pick a start, change what you like, create. */
import { IconFiles, IconFileText, IconMessages, IconMicrophone, IconMovie, IconPencil, IconPhoto, type Icon } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { api } from "../../api/client";
import { kindsQuery, recipesQuery } from "../../api/queries";
import type { Kinds, Project, ProjectSpec, Recipe } from "../../api/types";
import { Button, ErrorNote, Skeleton } from "../../ui";
import layout from "../../ui/layout.module.css";
import { completeSpec, emptySpec, tidySpec } from "./editor/draft";
import css from "./editor/editor.module.css";
import { FromFile } from "./FromFile";
import { SpecEditor } from "./SpecEditor";
import { grouped, type Group } from "./starts";

const EMPTY = "(empty)";
const FILE = "(file)";
type Words = Pick<Recipe, "title" | "summary">;
const OWN: Record<typeof EMPTY | typeof FILE, Words> = {
  [EMPTY]: { title: "Empty", summary: "Choose fields and questions yourself." },
  [FILE]: { title: "From a file", summary: "A project kept as YAML or JSON, or a label config of Label Studio." },
};
const ICONS: Record<Group, Icon> = {
  Text: IconFileText, Images: IconPhoto, Video: IconMovie, Audio: IconMicrophone, Documents: IconFiles, "Answers and preferences": IconMessages,
};

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
        {start === null ? <Starts recipes={recipes.data ?? []} kinds={kinds.data} onPick={pick} onFile={() => setStart(FILE)} /> : null}
        {start !== null ? <Chosen {...chosen(start, recipes.data)} onBack={() => setStart(null)} /> : null}
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

/** All starts, under what they are for. */
function Starts({ recipes, kinds, onPick, onFile }: { recipes: Recipe[]; kinds: Kinds | undefined; onPick(name: string, spec: Partial<ProjectSpec>): void; onFile(): void }) {
  if (!kinds) return null;
  const shapes = new Map(kinds.task_types.map((one) => [one.name, one.shape]));
  return (
    <div className={css.starts}>
      {grouped(recipes, shapes).map(({ group, recipes: inside }) => (
        <Section key={group} title={group} icon={ICONS[group]}>
          {inside.map((recipe) => <Card key={recipe.name} {...recipe} onPick={() => onPick(recipe.name, recipe.spec)} />)}
        </Section>
      ))}
      <Section title="Your own" icon={IconPencil}>
        <Card {...OWN[EMPTY]} onPick={() => onPick(EMPTY, {})} />
        <Card {...OWN[FILE]} onPick={onFile} />
      </Section>
    </div>
  );
}

function Section({ title, icon: Icon, children }: { title: string; icon: Icon; children: ReactNode }) {
  return (
    <section className={css.group} aria-label={title}>
      <h2>
        <Icon size={18} stroke={1.5} aria-hidden />
        {title}
      </h2>
      <div className={css.recipes}>{children}</div>
    </section>
  );
}

function Card({ title, summary, onPick }: Words & { onPick(): void }) {
  return (
    <button type="button" className={css.recipe} onClick={onPick}>
      <strong>{title}</strong>
      <span>{summary}</span>
    </button>
  );
}

/** The start that was picked, and the way back to the others. */
function Chosen({ title, summary, onBack }: Words & { onBack(): void }) {
  return (
    <div className={css.chosen}>
      <div className={layout.grow}>
        <strong>{title}</strong>
        <span>{summary}</span>
      </div>
      <Button onClick={onBack}>Choose another start</Button>
    </div>
  );
}

function chosen(start: string, recipes: Recipe[] | undefined): Words {
  return start === EMPTY || start === FILE ? OWN[start] : (recipes?.find((one) => one.name === start) ?? { title: start, summary: "" });
}
