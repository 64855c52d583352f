/** Workflows: chains of models, of which the first that is sure enough speaks. */
import { NumberInput, Select, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import type { Workflow, WorkflowStep } from "../../../api/types";
import { Button, IconButton } from "../../../ui";
import layout from "../../../ui/layout.module.css";
import { moved, nameFrom, replaced } from "./draft";
import css from "./editor.module.css";

export interface WorkflowsEditorProps {
  workflows: readonly Workflow[];
  models: readonly string[];
  /** `renamed`: so that what names a workflow can follow. */
  onChange(workflows: Workflow[], renamed?: { from: string; to: string }): void;
}

export function WorkflowsEditor({ workflows, models, onChange }: WorkflowsEditorProps) {
  const add = () => {
    const name = nameFrom("workflow", [...workflows.map((flow) => flow.name), ...models], "workflow");
    onChange([...workflows, { name, steps: models.slice(0, 2).map((predictor, at) => ({ predictor, min_score: at === 0 ? 0.8 : 0 })) }]);
  };
  return (
    <section className={css.workflows} aria-label="Workflows">
      <div className={layout.row}>
        <div className={layout.grow}>
          <h3>Workflows</h3>
          <p>A workflow asks its models in turn; the first that is at least that confident speaks, the others stay silent.</p>
        </div>
        <Button size="small" icon={<IconPlus size={14} aria-hidden />} disabled={models.length === 0} onClick={add}>
          Add workflow
        </Button>
      </div>
      {models.length === 0 ? <p>There is no model yet to build one from; models are added on the Models page.</p> : null}
      {workflows.map((flow, at) => (
        <Chain
          key={at} flow={flow} models={models} taken={[...models, ...workflows.filter((_, other) => other !== at).map((other) => other.name)]}
          onChange={(next) => onChange(replaced(workflows, at, next), next.name === flow.name ? undefined : { from: flow.name, to: next.name })}
          onRemove={() => onChange(workflows.filter((_, other) => other !== at))}
        />
      ))}
    </section>
  );
}

interface ChainProps {
  flow: Workflow;
  models: readonly string[];
  /** Names that others have. */
  taken: readonly string[];
  onChange(flow: Workflow): void;
  onRemove(): void;
}

function Chain({ flow, models, taken, onChange, onRemove }: ChainProps) {
  const { name, steps } = flow;
  const set = (next: WorkflowStep[]) => onChange({ ...flow, steps: next });
  const wrong = name === "" ? "Give it a name." : taken.includes(name) ? "This name is taken by another workflow or a model." : undefined;
  return (
    <div className={css.workflow}>
      <div className={layout.row}>
        <TextInput
          className={layout.grow} aria-label="Name of the workflow" value={name} error={wrong} spellCheck={false}
          onChange={(event) => onChange({ ...flow, name: event.currentTarget.value.replace(/\s+/g, "_") })}
        />
        <IconButton size="small" label={`Remove the workflow ${name}`} onClick={onRemove}>
          <IconTrash size={14} />
        </IconButton>
      </div>
      <ol>
        {steps.map((step, at) => (
          <Step
            key={at} step={step} at={at} last={at === steps.length - 1} models={models} onChange={(next) => set(replaced(steps, at, next))}
            onMove={(by) => set(moved(steps, at, by))} onRemove={() => set(steps.filter((_, other) => other !== at))}
          />
        ))}
      </ol>
      <div className={layout.row}>
        <Button size="small" kind="quiet" onClick={() => set([...steps, { predictor: models.find((model) => steps.every((step) => step.predictor !== model)) ?? models[0] ?? "", min_score: 0 }])}>
          Add model
        </Button>
        <span className={layout.help}>{inWords(steps)}</span>
      </div>
    </div>
  );
}

/** The chain as a sentence, so that one sees what was set up. */
function inWords(steps: readonly WorkflowStep[]): string {
  if (steps.length === 0) return "Without a model, nothing is suggested.";
  const parts = steps.map((step) => (step.min_score > 0 ? `${step.predictor} from ${Math.round(step.min_score * 100)}%` : step.predictor));
  const end = (steps.at(-1)?.min_score ?? 0) > 0 ? ", else nothing" : "";
  return `${parts.join(", else ")}${end}.`;
}

interface StepProps {
  step: WorkflowStep;
  at: number;
  last: boolean;
  models: readonly string[];
  onChange(step: WorkflowStep): void;
  onMove(by: number): void;
  onRemove(): void;
}

function Step({ step, at, last, models, onChange, onMove, onRemove }: StepProps) {
  const known = models.includes(step.predictor);
  return (
    <li>
      <Select
        aria-label={`Model ${at + 1}`} data={known ? [...models] : [...models, step.predictor].filter(Boolean)} value={step.predictor || null} allowDeselect={false}
        error={known || step.predictor === "" ? undefined : "There is no model of this name (any more)."} onChange={(predictor) => predictor && onChange({ ...step, predictor })}
      />
      <NumberInput
        aria-label={`Least confidence of model ${at + 1}`} value={Math.round(step.min_score * 1000) / 10} min={0} max={100} step={5} prefix="from " suffix=" %" decimalScale={1}
        onChange={(next) => typeof next === "number" && onChange({ ...step, min_score: next / 100 })}
      />
      <div className={layout.row} style={{ gap: 0 }}>
        <IconButton size="small" label={`Ask model ${at + 1} earlier`} disabled={at === 0} onClick={() => onMove(-1)}>
          <IconArrowUp size={14} />
        </IconButton>
        <IconButton size="small" label={`Ask model ${at + 1} later`} disabled={last} onClick={() => onMove(1)}>
          <IconArrowDown size={14} />
        </IconButton>
        <IconButton size="small" label={`Take model ${at + 1} out`} onClick={onRemove}>
          <IconTrash size={14} />
        </IconButton>
      </div>
    </li>
  );
}
