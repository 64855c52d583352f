/** The whole project on one page; the wizard and the settings share it. */
import { Textarea, TextInput } from "@mantine/core";
import { ApiError } from "../../api/client";
import type { Kinds, ProjectSpec } from "../../api/types";
import { Panel } from "../../ui";
import layout from "../../ui/layout.module.css";
import { AssistantEditor } from "./editor/AssistantEditor";
import { BudgetsEditor } from "./editor/BudgetsEditor";
import { DataRulesEditor } from "./editor/DataRulesEditor";
import { FieldsEditor } from "./editor/FieldsEditor";
import { GuidelinesEditor } from "./editor/GuidelinesEditor";
import { PolicyEditor } from "./editor/PolicyEditor";
import { QuestionsEditor } from "./editor/QuestionsEditor";

export interface SpecEditorProps {
  spec: ProjectSpec;
  kinds: Kinds;
  /** The server's last refusal, shown where it belongs. */
  error: unknown;
  /** Names of the models that suggestions can come from. */
  models: readonly string[];
  /** The project that keeps pictures of the guidelines; none while it is being created. */
  project?: number;
  onChange(spec: ProjectSpec): void;
}

export function SpecEditor({ spec, kinds, error, models, project, onChange }: SpecEditorProps) {
  const set = (change: Partial<ProjectSpec>) => onChange({ ...spec, ...change });
  const nameError = error instanceof ApiError && error.place === "name" ? error.message : undefined;
  return (
    <>
      <Panel title="General" id="general">
        <div className={layout.stack}>
          <TextInput
            label="Name" value={spec.name} required withAsterisk={false} error={nameError} id="project-name"
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <Textarea
            label="Description" description="For the list of projects." autosize minRows={1} value={spec.description}
            onChange={(event) => set({ description: event.currentTarget.value })}
          />
        </div>
      </Panel>
      <Panel title="What an item consists of" id="fields">
        <FieldsEditor spec={spec} onChange={onChange} />
      </Panel>
      <Panel title="Questions" id="questions">
        <QuestionsEditor
          questions={spec.questions} fields={spec.fields} kinds={kinds} error={error} onChange={(questions) => set({ questions })}
        />
      </Panel>
      <Panel title="Guidelines" id="guidelines">
        <GuidelinesEditor project={project} text={spec.guidelines} onChange={(guidelines) => set({ guidelines })} />
      </Panel>
      <Panel title="Policy" id="policy">
        <PolicyEditor policy={spec.policy} models={models} onChange={(policy) => set({ policy })} />
      </Panel>
      <Panel title="What models may see" id="data">
        <DataRulesEditor rules={spec.policy.data} fields={spec.fields} onChange={(data) => set({ policy: { ...spec.policy, data } })} />
      </Panel>
      <Panel title="Assistant" id="assistant">
        <AssistantEditor
          policy={spec.policy.assistant} allowed={spec.policy.data.models} fields={spec.fields}
          onChange={(assistant) => set({ policy: { ...spec.policy, assistant } })}
        />
      </Panel>
      <Panel title="Budgets" id="budgets">
        <BudgetsEditor budgets={spec.policy.budgets} project={project} onChange={(budgets) => set({ policy: { ...spec.policy, budgets } })} />
      </Panel>
    </>
  );
}
