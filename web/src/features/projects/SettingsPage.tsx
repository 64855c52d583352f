/** Settings of a project: the same editor as for a new one, members, the project file, and the danger zone. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState, type MouseEvent } from "react";
import { api } from "../../api/client";
import { kindsQuery, modelsQuery, projectQuery } from "../../api/queries";
import type { Kinds, Project, ProjectSpec } from "../../api/types";
import { Button, ErrorNote, Skeleton } from "../../ui";
import layout from "../../ui/layout.module.css";
import { notify } from "../../ui/notify";
import { changedParts } from "./changedParts";
import { DangerZone } from "./DangerZone";
import { completeSpec, tidySpec } from "./editor/draft";
import css from "./editor/editor.module.css";
import { KnowledgePanel } from "./KnowledgePanel";
import { MembersPanel } from "./MembersPanel";
import { ProjectFilePanel } from "./ProjectFilePanel";
import pageCss from "./projects.module.css";
import { SpecEditor } from "./SpecEditor";

const route = getRouteApi("/inside/p/$projectId/settings");
const SECTIONS: [string, string][] = [
  ["general", "General"],
  ["fields", "Fields"],
  ["questions", "Questions"],
  ["guidelines", "Guidelines"],
  ["policy", "Policy"],
  ["data", "What models may see"],
  ["assistant", "Assistant"],
  ["budgets", "Budgets"],
  ["members", "Members"],
  ["file", "Project file"],
  ["danger", "Danger zone"],
];

export function SettingsPage() {
  const { projectId } = route.useParams();
  const project = useQuery(projectQuery(projectId)).data;
  const kinds = useQuery(kindsQuery);
  return (
    <div className={layout.page}>
      <div className={layout.pageHead}>
        <h1>Settings</h1>
      </div>
      <ErrorNote error={kinds.error} onRetry={() => void kinds.refetch()} />
      {project && kinds.data ? <Settings key={project.id} project={project} kinds={kinds.data} /> : <Skeleton height={240} />}
    </div>
  );
}

function Settings({ project, kinds }: { project: Project; kinds: Kinds }) {
  const [spec, setSpec] = useState(() => completeSpec(project.spec));
  const models = (useQuery(modelsQuery(project.id)).data ?? []).map((model) => model.name);
  const save = useSave(project, setSpec);
  const changes = changedParts(project.spec, tidySpec(spec));
  const dirty = Object.keys(changes).length > 0;
  return (
    <div className={pageCss.settings}>
      <nav aria-label="Settings">
        {SECTIONS.map(([id, title]) => (
          <a key={id} href={`${location.pathname}#${id}`} onClick={(event) => jump(event, id)}>
            {title}
          </a>
        ))}
      </nav>
      <div>
        <div className={layout.stack}>
          <SpecEditor project={project.id} spec={spec} kinds={kinds} error={save.error} models={models} onChange={setSpec} />
          <KnowledgePanel project={project.id} />
          <MembersPanel project={project.id} />
          <ProjectFilePanel project={project} />
          <DangerZone project={project} />
        </div>
        {dirty ? (
          <div className={css.footer} style={{ marginInline: 0 }}>
            <div className={layout.grow}>
              {save.error ? <ErrorNote error={save.error} /> : <span className="dim">{consequence(changes)}</span>}
            </div>
            <Button onClick={() => setSpec(completeSpec(project.spec))}>Discard</Button>
            <Button kind="primary" busy={save.isPending} onClick={() => save.mutate(changes)}>
              Save changes
            </Button>
          </div>
        ) : null}
      </div>
    </div>
  );
}

function jump(event: MouseEvent, id: string) {
  event.preventDefault();
  document.getElementById(id)?.scrollIntoView({ behavior: "smooth", block: "start" });
}

function consequence(changes: Partial<ProjectSpec>): string {
  if (changes.questions) return "Not saved. Changed questions make a new version of the schema; answers are kept.";
  return "Not saved.";
}

function useSave(project: Project, onSaved: (spec: ProjectSpec) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changes: Partial<ProjectSpec>) => api.patch<Project>(`/projects/${project.id}`, changes),
    onSuccess: (saved) => {
      client.setQueryData(projectQuery(project.id).queryKey, saved);
      void client.invalidateQueries({ queryKey: ["projects"] });
      void client.invalidateQueries({ queryKey: ["assistant", project.id] });
      void client.invalidateQueries({ queryKey: ["budgets", project.id] });
      onSaved(completeSpec(saved.spec));
      notify("Settings saved.");
    },
  });
}
