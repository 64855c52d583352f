/** The versions of a prompt, newest first: look at one, use it again, or take back everything that it wrote. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../../api/client";
import type { Model, Project, Prompt } from "../../../api/types";
import { manages } from "../../../lib/rights";
import { Button, ErrorNote, Panel } from "../../../ui";
import { ago, count, plural } from "../../../ui/format";
import layout from "../../../ui/layout.module.css";
import { notify } from "../../../ui/notify";
import css from "./studio.module.css";

interface Props {
  project: Project;
  model: Model;
  prompts: Prompt[];
  shown: Prompt;
  onShow(version: number): void;
}

type Verb = "use" | "undo" | "redo";

export function VersionList({ project, model, prompts, shown, onShow }: Props) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: ({ version, verb }: { version: number; verb: Verb }) => api.post(`/projects/${project.id}/models/${model.id}/prompts/${version}/${verb}`),
    onSuccess: (_, { version, verb }) => {
      const again = () => act.mutate({ version, verb: verb === "undo" ? "redo" : "undo" });
      if (verb === "use") notify(`Version ${version} is in use again.`);
      else if (verb === "undo") notify(`Everything that version ${version} suggested is taken back.`, { text: "Redo", run: again });
      else notify(`What version ${version} suggested is there again.`);
    },
    onSettled: () => {
      for (const key of ["models", "runs", "items", "item", "project", "facets"]) void client.invalidateQueries({ queryKey: [key, project.id] });
    },
  });
  const edit = manages(project.my_role);
  const busy = (version: number, verb: Verb) => act.isPending && act.variables.version === version && act.variables.verb === verb;
  return (
    <Panel title="Versions" flush>
      <ErrorNote error={act.error} />
      <ol className={css.versions} aria-label="Versions">
        {prompts.map((one) => (
          <li key={one.version} data-shown={one.version === shown.version || undefined}>
            <button type="button" className={css.version} aria-pressed={one.version === shown.version} onClick={() => onShow(one.version)}>
              <span className={layout.row}>
                <strong>Version {one.version}</strong>
                {one.in_use ? <span className={css.badge}>in use</span> : null}
              </span>
              {one.note ? <span>{one.note}</span> : null}
              <span className={layout.help}>
                {one.author ?? "project file"}, {ago(one.at)}
              </span>
              {one.runs > 0 ? (
                <span className={layout.help}>
                  {plural(one.runs, "run")}, {one.on === 0 ? "all taken back" : `${count(one.items)} suggested`}
                </span>
              ) : null}
            </button>
            {edit && (!one.in_use || one.runs > 0) ? (
              <div className={css.versionTools}>
                {one.in_use ? null : (
                  <Button size="small" busy={busy(one.version, "use")} aria-label={`Use version ${one.version}`} onClick={() => act.mutate({ version: one.version, verb: "use" })}>
                    Use
                  </Button>
                )}
                {one.on > 0 ? (
                  <Button
                    size="small" busy={busy(one.version, "undo")} aria-label={`Undo all it wrote: version ${one.version}`}
                    onClick={() => act.mutate({ version: one.version, verb: "undo" })}
                  >
                    Undo all it wrote
                  </Button>
                ) : null}
                {one.runs > 0 && one.on === 0 ? (
                  <Button size="small" busy={busy(one.version, "redo")} aria-label={`Redo version ${one.version}`} onClick={() => act.mutate({ version: one.version, verb: "redo" })}>
                    Redo
                  </Button>
                ) : null}
              </div>
            ) : null}
          </li>
        ))}
      </ol>
    </Panel>
  );
}
