/** Write the prompt, see what would be sent, and keep what was written as a version. */
import { TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../../api/client";
import { promptsQuery } from "../../../api/modelQueries";
import type { Model, Project, Prompt } from "../../../api/types";
import { manages } from "../../../lib/rights";
import { Button, ErrorNote, Panel, Skeleton } from "../../../ui";
import layout from "../../../ui/layout.module.css";
import { notify } from "../../../ui/notify";
import { missingPlaces, readConfig, writeConfig } from "../llm/llmConfig";
import { PromptForm } from "../llm/PromptForm";
import { DiffView } from "./DiffView";
import { configChanges } from "../../../lib/diff";
import { PreviewPanel } from "./PreviewPanel";
import css from "./studio.module.css";
import { VersionList } from "./VersionList";

export function PromptTab({ project, model }: { project: Project; model: Model }) {
  const prompts = useQuery(promptsQuery(project.id, model.id));
  const [picked, setPicked] = useState<number | null>(null);
  const current = prompts.data?.find((one) => one.in_use) ?? prompts.data?.[0];
  const shown = prompts.data?.find((one) => one.version === picked) ?? current;
  return (
    <div className={css.prompt}>
      {prompts.error ? <div className={css.across}><ErrorNote error={prompts.error} onRetry={() => void prompts.refetch()} /></div> : null}
      {prompts.isPending ? <div className={css.across}><Skeleton height={320} /></div> : null}
      {prompts.data && shown && current ? (
        <>
          <VersionList project={project} model={model} prompts={prompts.data} shown={shown} onShow={setPicked} />
          <Draft key={shown.version} project={project} model={model} shown={shown} current={current} onSaved={() => setPicked(null)} />
        </>
      ) : null}
    </div>
  );
}

interface DraftProps {
  project: Project;
  model: Model;
  shown: Prompt;
  current: Prompt;
  onSaved(): void;
}

function Draft({ project, model, shown, current, onSaved }: DraftProps) {
  const [form, setForm] = useState(() => readConfig(shown.config));
  const [note, setNote] = useState("");
  const config = writeConfig(shown.config, form);
  const changes = configChanges(writeConfig(shown.config, readConfig(shown.config)), config);
  const apart = shown.version === current.version ? [] : configChanges(current.config, shown.config);
  const edit = manages(project.my_role);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => api.post<Prompt>(`/projects/${project.id}/models/${model.id}/prompts`, { config, note }),
    onSuccess: (made) => {
      notify(`Saved as version ${made.version}. It is used from the next run on.`);
      onSaved();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["models", project.id] }),
  });
  const ready = changes.length > 0 && missingPlaces(form.template).length === 0 && form.connection !== "";
  return (
    <>
      <div className={layout.stack}>
        {apart.length > 0 ? (
          <Panel title={`Version ${shown.version} against the one in use (${current.version})`}>
            <DiffView changes={apart} />
          </Panel>
        ) : null}
        <Panel title={edit ? "Prompt" : `Prompt, version ${shown.version}`}>
          <div className={layout.stack}>
            <PromptForm project={project} question={model.question} form={form} onChange={setForm} disabled={!edit} />
            {changes.length > 0 ? <DiffView changes={changes} title="Not saved yet" /> : null}
            <ErrorNote error={save.error} />
            {edit ? (
              <form
                className={`${layout.row} ${layout.bottom}`}
                onSubmit={(event) => {
                  event.preventDefault();
                  if (ready) save.mutate();
                }}
              >
                <TextInput
                  className={layout.grow} label="What changed, and why" placeholder="shorter; says what to do with returns" value={note} maxLength={500}
                  onChange={(event) => setNote(event.currentTarget.value)}
                />
                <Button type="submit" kind="primary" disabled={!ready} busy={save.isPending}>
                  Save as a new version
                </Button>
              </form>
            ) : null}
          </div>
        </Panel>
      </div>
      <PreviewPanel project={project} model={model} config={config} />
    </>
  );
}
