/** Add a model or change one: which plug-in, which question, which settings. */
import { JsonInput, Modal, Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import type { Kinds, Model, Project } from "../../api/types";
import { Button, ErrorNote } from "../../ui";
import layout from "../../ui/layout.module.css";
import { missingPlaces, readConfig, writeConfig } from "./llm/llmConfig";
import { PromptForm } from "./llm/PromptForm";
import { NEW_RULE, readRules, writeRules } from "./rules";
import { RulesEditor } from "./RulesEditor";

export interface ModelDialogProps {
  project: Project;
  kinds: Kinds;
  /** The model to change; null: a new one. */
  model: Model | null;
  onClose(): void;
}

export function ModelDialog({ project, kinds, model, onClose }: ModelDialogProps) {
  const [question, setQuestion] = useState(model?.question ?? project.spec.questions[0]?.name ?? "");
  const usable = kinds.predictors.filter((one) => one.questions.includes(question));
  const [picked, setPlugin] = useState(model?.plugin ?? null);
  const plugin = picked !== null && (model || usable.some((one) => one.name === picked)) ? picked : (usable[0]?.name ?? "");
  const [name, setName] = useState(model?.name ?? "");
  const [fallback, setFallback] = useState<string | null>(typeof model?.config.default === "string" ? model.config.default : null);
  const stored = readRules(model?.config ?? {});
  const [rules, setRules] = useState(stored.rules.length > 0 ? stored.rules : [NEW_RULE]);
  const [text, setText] = useState(() => JSON.stringify(model?.config ?? {}, null, 2));
  const kind = kinds.predictors.find((one) => one.name === plugin);
  const ruled = plugin === "rules";
  const [prompt, setPrompt] = useState(() => readConfig(model?.config ?? {}));
  const config = kind?.asks
    ? writeConfig(model?.config ?? {}, prompt)
    : ruled
      ? writeRules({ ...model?.config, default: fallback }, rules, stored.others)
      : readJson(text);
  const asked = !kind?.asks || (prompt.connection !== "" && missingPlaces(prompt.template).length === 0);
  const save = useSave(project.id, model, onClose);
  return (
    <Modal opened onClose={onClose} title={model ? `Edit ${model.name}` : "Add a model"} size={ruled ? 760 : kind?.asks ? 640 : 560} centered>
      <form
        className={layout.stack}
        onSubmit={(event) => {
          event.preventDefault();
          if (config) save.mutate({ plugin, question, name: name.trim() || freeName(project, question, plugin), config });
        }}
      >
        <div className={layout.two}>
          <Select
            label="Answers the question" disabled={model !== null} value={question} allowDeselect={false} onChange={(value) => value && setQuestion(value)}
            description="Its suggestions appear there." data={project.spec.questions.map((one) => ({ value: one.name, label: one.title ?? one.name }))}
          />
          <Select
            label="Kind of model" disabled={model !== null} value={plugin} allowDeselect={false} onChange={(value) => value && setPlugin(value)}
            data={(model ? kinds.predictors : usable).map((one) => ({ value: one.name, label: one.title }))}
            error={plugin === "" ? "No kind of model can answer this question." : undefined}
            description={kindText(kind)}
          />
        </div>
        <TextInput
          label="Name" description="Letters, digits, _ and -." placeholder={freeName(project, question, plugin)} value={name}
          onChange={(event) => setName(event.currentTarget.value.replace(/[^\w-]/g, "-"))}
        />
        {kind?.asks ? (
          <PromptForm project={project} question={question} form={prompt} onChange={setPrompt} />
        ) : ruled ? (
          <RulesEditor
            rules={rules} question={project.spec.questions.find((one) => one.name === question)} fallback={fallback} onChange={setRules}
            onFallback={setFallback}
          />
        ) : (
          <JsonInput
            label="Settings (JSON)" description="Leave {} for the defaults." autosize minRows={2} maxRows={14} value={text} onChange={setText}
            error={config === null ? "This is not a JSON object." : undefined} styles={{ input: { fontFamily: "var(--mono)" } }} spellCheck={false}
          />
        )}
        <ErrorNote error={save.error} />
        <div className={layout.row} style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" busy={save.isPending} disabled={config === null || question === "" || plugin === "" || !asked}>
            {model ? "Save" : "Add model"}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function kindText(kind: Kinds["predictors"][number] | undefined): string {
  if (kind?.asks) return "Asks a connected model when you run it.";
  return kind?.learns ? "Learns from answers." : "Does not learn; suggests at once.";
}

function freeName(project: Project, question: string, plugin: string): string {
  return (project.spec.questions.length > 1 ? `${plugin}-${question}` : plugin).slice(0, 64);
}

function readJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text || "{}");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

interface Saved {
  plugin: string;
  question: string;
  name: string;
  config: Record<string, unknown>;
}

function useSave(project: number, model: Model | null, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, config, plugin, question }: Saved) =>
      model
        ? api.patch<Model>(`/projects/${project}/models/${model.id}`, { name, config })
        : api.post<Model>(`/projects/${project}/models`, { plugin, name, question, config }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["models", project] });
      onDone();
    },
  });
}
