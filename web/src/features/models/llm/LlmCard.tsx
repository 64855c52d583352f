/** A connected language model: which prompt it follows, how good it is, how sure one can be of it, and what it has cost. */
import { Menu, Switch } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../../api/client";
import { confidenceQuery, connectionsQuery } from "../../../api/modelQueries";
import { runsQuery } from "../../../api/queries";
import type { Model, Project } from "../../../api/types";
import { manages } from "../../../lib/rights";
import { Button, buttonLook, ErrorNote, IconButton, Note } from "../../../ui";
import { Confirm } from "../../../ui/Confirm";
import layout from "../../../ui/layout.module.css";
import css from "../models.module.css";
import { STATE_WORDS } from "../modelWords";
import { Fact, QualityPart } from "../parts";
import { TrustPanel } from "../TrustPanel";
import { currencyOf, isAllowed } from "./connections";
import { readConfig } from "./llmConfig";
import { RunDialog } from "./RunDialog";
import { RunPanel } from "./RunPanel";
import { calibrated, spentText } from "./runWords";

export function LlmCard({ project, model }: { project: Project; model: Model }) {
  const client = useQueryClient();
  const path = `/projects/${project.id}/models/${model.id}`;
  const onSettled = () => {
    for (const key of ["models", "jobs", "runs"]) void client.invalidateQueries({ queryKey: [key, project.id] });
  };
  const enable = useMutation({ mutationFn: (enabled: boolean) => api.patch<Model>(path, { enabled }), onSettled });
  const remove = useMutation({ mutationFn: () => api.delete(path), onSettled });
  const connections = useQuery(connectionsQuery).data;
  const confidence = useQuery({ ...confidenceQuery(project.id, model.id), retry: false }).data;
  const runs = (useQuery(runsQuery(project.id)).data ?? []).filter((run) => run.predictor_id === model.id && run.kind === "annotate");
  const [trust, setTrust] = useState(false);
  const [running, setRunning] = useState(false);
  const [asking, setAsking] = useState(false);
  const config = readConfig(model.config);
  const connection = connections?.find((one) => one.name === config.connection);
  const question = project.spec.questions.find((one) => one.name === model.question);
  const boss = manages(project.my_role);
  const last = runs[0];
  const studio = { to: "/p/$projectId/models/$modelId", params: { projectId: project.id, modelId: model.id } } as const;
  return (
    <article className={css.card} data-wide data-off={!model.enabled || undefined} aria-label={model.name}>
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
        {boss ? (
          <Menu>
            <Menu.Target>
              <IconButton size="small" label={`More for ${model.name}`}>
                <IconDots size={16} />
              </IconButton>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item color="red" onClick={() => setAsking(true)}>
                Delete…
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        ) : null}
      </header>
      <dl className={css.facts}>
        <Fact name="Asks" value={connection?.model ? `${config.connection} (${connection.model})` : config.connection || "–"} />
        <Fact name="Prompt" value={`version ${Math.max(1, model.version)}`} />
        <Fact name="Spent so far" value={spentText(runs, currencyOf(connection))} />
      </dl>
      {connection?.plugin === "scripted" ? <Note>A rehearsal: its answers come from a script, right and wrong ones. No language model is asked, and nothing is sent anywhere.</Note> : null}
      {connection && !isAllowed(project, connection) ? (
        <Note tone="warn">The project’s rules do not let “{connection.name}” see its data. Allow it in the prompt studio or in the settings.</Note>
      ) : null}
      <QualityPart model={model} onTrust={() => setTrust(true)} />
      {trust ? <TrustPanel project={project} model={model} onClose={() => setTrust(false)} /> : null}
      <p className={layout.help}>
        {calibrated(confidence)}{" "}
        <Link {...studio} search={{ tab: "confidence" }} aria-label={`Details of the confidence of ${model.name}`} style={{ textDecoration: "underline" }}>
          Details
        </Link>
      </p>
      {last ? <RunPanel project={project} run={last.id} edit={boss} /> : <p className={layout.help}>It suggests when you run it. Before that you see what it will take.</p>}
      <ErrorNote error={enable.error ?? remove.error} />
      <footer className={css.foot}>
        {boss ? (
          <Button size="small" kind={last ? "plain" : "primary"} disabled={!model.enabled} onClick={() => setRunning(true)}>
            Run…
          </Button>
        ) : null}
        <Link {...studio} {...buttonLook("plain", "small")}>
          Prompt studio
        </Link>
        <span className={layout.grow} />
        <Switch
          size="sm" label="On" checked={model.enabled} disabled={enable.isPending || !boss} aria-label={`${model.name} on`}
          onChange={(event) => enable.mutate(event.currentTarget.checked)}
        />
      </footer>
      {running ? <RunDialog project={project} model={model} connection={connection} onClose={() => setRunning(false)} /> : null}
      <Confirm
        open={asking} title={`Delete “${model.name}”?`} action="Delete model"
        text="Its suggestions and its prompt versions disappear. Answers that people gave with its help stay."
        onConfirm={() => remove.mutate()} onClose={() => setAsking(false)}
      />
    </article>
  );
}
