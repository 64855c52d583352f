/** One model: what it does, how far it is, how good it is as far as that is known, and what to do with it. */
import { Menu, Switch } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { Job, Model, Project } from "../../api/types";
import { Button, ErrorNote, IconButton } from "../../ui";
import { Confirm } from "../../ui/Confirm";
import { ago, count } from "../../ui/format";
import layout from "../../ui/layout.module.css";
import { notify } from "../../ui/notify";
import css from "./models.module.css";
import { nextTraining, STATE_WORDS } from "./modelWords";
import { Fact, QualityPart } from "./parts";
import { TrustPanel } from "./TrustPanel";

export interface ModelCardProps {
  project: Project;
  model: Model;
  onEdit(): void;
}

function useModelActions(project: number, model: Model) {
  const client = useQueryClient();
  const path = `/projects/${project}/models/${model.id}`;
  const onSettled = () => {
    for (const key of ["models", "jobs", "runs"]) void client.invalidateQueries({ queryKey: [key, project] });
  };
  return {
    train: useMutation({ mutationFn: () => api.post<Job>(`${path}/train`), onSettled, onSuccess: () => notify("Training has begun.") }),
    suggest: useMutation({
      mutationFn: () => api.post<Job>(`${path}/suggest`, { all: true }),
      onSettled,
      onSuccess: () => notify("Suggestions for all items are being made. You can go on working."),
    }),
    enable: useMutation({ mutationFn: (enabled: boolean) => api.patch<Model>(path, { enabled }), onSettled }),
    remove: useMutation({ mutationFn: () => api.delete(path), onSettled }),
  };
}

export function ModelCard({ project, model, onEdit }: ModelCardProps) {
  const { train, suggest, enable, remove } = useModelActions(project.id, model);
  const [asking, setAsking] = useState(false);
  const [trust, setTrust] = useState(false);
  const question = project.spec.questions.find((one) => one.name === model.question);
  return (
    <article className={css.card} data-off={!model.enabled || undefined} aria-label={model.name}>
      <header className={css.head}>
        <div className={layout.grow}>
          <h2>{model.name}</h2>
          <p className={layout.help}>
            {model.plugin_title}, answers “{question?.title ?? model.question}”
          </p>
        </div>
        <span className={css.state} data-state={model.enabled ? model.state : undefined}>
          {model.enabled ? STATE_WORDS[model.state] : "Off"}
        </span>
        <Menu>
          <Menu.Target>
            <IconButton size="small" label={`More for ${model.name}`}>
              <IconDots size={16} />
            </IconButton>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={onEdit}>Edit…</Menu.Item>
            <Menu.Item color="red" onClick={() => setAsking(true)}>
              Delete…
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </header>
      {model.message ? <p className={model.state === "failed" ? undefined : "dim"}>{model.message}</p> : null}
      <dl className={css.facts}>
        <Fact name="Version" value={model.version > 0 ? String(model.version) : "–"} />
        <Fact name="Learned from" value={model.learns ? `${count(model.n_labels)} labels` : "–"} />
        <Fact name="Trains next" value={nextTraining(model)} />
      </dl>
      <QualityPart model={model} onTrust={() => setTrust(true)} />
      {trust ? <TrustPanel project={project} model={model} onClose={() => setTrust(false)} /> : null}
      <ErrorNote error={train.error ?? suggest.error ?? enable.error ?? remove.error} />
      <footer className={css.foot}>
        {model.learns ? (
          <Button size="small" busy={train.isPending || model.state === "training"} disabled={!model.enabled} onClick={() => train.mutate()}>
            Train now
          </Button>
        ) : null}
        <Button size="small" busy={suggest.isPending} disabled={!model.enabled || (model.learns && model.version === 0)} onClick={() => suggest.mutate()}>
          Suggest for all
        </Button>
        <span className={layout.grow}>
          {model.last_run?.finished_at ? <span className={layout.help}>last run {ago(model.last_run.finished_at)}</span> : null}
        </span>
        <Switch
          size="sm" label="On" checked={model.enabled} disabled={enable.isPending} onChange={(event) => enable.mutate(event.currentTarget.checked)}
        />
      </footer>
      <Confirm
        open={asking} title={`Delete “${model.name}”?`} action="Delete model"
        text="Its suggestions disappear. Answers that people gave with its help stay."
        onConfirm={() => remove.mutate()} onClose={() => setAsking(false)}
      />
    </article>
  );
}
