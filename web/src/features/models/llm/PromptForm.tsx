/** The settings of a connected language model: what it is told, with which examples, and which signs of confidence are gathered. */
import { Checkbox, NumberInput, SegmentedControl, Select, Switch, Textarea } from "@mantine/core";
import { useId, useState, type ReactNode } from "react";
import type { Project } from "../../../api/types";
import { Button } from "../../../ui";
import { plural } from "../../../ui/format";
import layout from "../../../ui/layout.module.css";
import { CommitteeEditor } from "./CommitteeEditor";
import { ConnectionPick } from "./ConnectionPick";
import { ExamplesEditor } from "./ExamplesEditor";
import css from "./llm.module.css";
import { callsPerItem, type ExampleMode, type LlmConfig, missingPlaces, SIGNALS, TEMPLATE } from "./llmConfig";

export interface PromptFormProps {
  project: Project;
  question: string;
  form: LlmConfig;
  disabled?: boolean;
  onChange(form: LlmConfig): void;
}

const MODES: { value: ExampleMode; label: string }[] = [
  { value: "none", label: "None" },
  { value: "similar", label: "Similar answers" },
  { value: "fixed", label: "Written ones" },
];

export function PromptForm({ project, question, form, disabled = false, onChange }: PromptFormProps) {
  const set = (change: Partial<LlmConfig>) => onChange({ ...form, ...change });
  return (
    <fieldset className={css.form} disabled={disabled}>
      <ConnectionPick project={project} value={form.connection} disabled={disabled} onChange={(connection) => set({ connection })} />
      <Textarea
        label="Instructions" description="What the guidelines do not say and a model should know. The guidelines and the question are sent too."
        autosize minRows={3} maxRows={16} value={form.instructions} onChange={(event) => set({ instructions: event.currentTarget.value })}
      />
      <Examples form={form} disabled={disabled} question={question} project={project} onChange={set} />
      <Switch
        label="Ask for a reason before the answer" description="Shown with the suggestion. Often helps, and costs more tokens." checked={form.reason}
        onChange={(event) => set({ reason: event.currentTarget.checked })}
      />
      <Signals form={form} disabled={disabled} onChange={set} />
      <More title="Template and limits">
        <TemplateField form={form} onChange={set} />
        <div className={layout.two}>
          <NumberInput label="Temperature" description="Empty: the server's own." min={0} max={2} step={0.1} decimalScale={2} value={form.temperature ?? ""} onChange={(value) => set({ temperature: typeof value === "number" ? value : null })} />
          <NumberInput label="Longest answer" description="Tokens." min={1} max={200_000} value={form.max_tokens} onChange={(value) => typeof value === "number" && set({ max_tokens: value })} />
          <NumberInput label="Tries again" description="When an answer does not fit." min={0} max={10} value={form.retries} onChange={(value) => typeof value === "number" && set({ retries: value })} />
        </div>
      </More>
    </fieldset>
  );
}

function Examples({ form, question, project, disabled, onChange }: { form: LlmConfig; question: string; project: Project; disabled: boolean; onChange(change: Partial<LlmConfig>): void }) {
  const { examples } = form;
  const label = useId();
  return (
    <div className={`${layout.stack} ${layout.tight}`} role="group" aria-labelledby={label}>
      <div className={css.label} id={label}>
        Examples in the prompt
      </div>
      <SegmentedControl
        size="xs" data={MODES} value={examples.mode} disabled={disabled} aria-labelledby={label}
        onChange={(mode) => onChange({ examples: { ...examples, mode: mode as ExampleMode } })}
      />
      {examples.mode === "similar" ? (
        <div className={layout.two}>
          <NumberInput
            label="How many" description="Answers of people to the most similar items; never blind ones." min={1} max={32} value={examples.k}
            onChange={(k) => typeof k === "number" && onChange({ examples: { ...examples, k } })}
          />
          <Switch
            mt={22} label="With a reason each" description="The model is asked once why each answer is right." checked={examples.explain}
            onChange={(event) => onChange({ examples: { ...examples, explain: event.currentTarget.checked } })}
          />
        </div>
      ) : null}
      {examples.mode === "fixed" ? (
        <ExamplesEditor project={project} question={question} examples={form.fixed_examples} onChange={(fixed_examples) => onChange({ fixed_examples })} />
      ) : null}
    </div>
  );
}

function Signals({ form, disabled, onChange }: { form: LlmConfig; disabled: boolean; onChange(change: Partial<LlmConfig>): void }) {
  return (
    <div className={`${layout.stack} ${layout.tight}`}>
      <Checkbox.Group
        label="Signs of confidence" value={form.confidence} onChange={(confidence) => onChange({ confidence: confidence as LlmConfig["confidence"] })}
        description={`Turned into one probability of being right, once enough blind answers are there. ${plural(callsPerItem(form), "call")} for each item.`}
      >
        <div className={css.signals}>
          {SIGNALS.map((signal) => (
            <Checkbox key={signal.value} value={signal.value} label={signal.title} description={signal.text} disabled={disabled} size="xs" />
          ))}
        </div>
      </Checkbox.Group>
      {form.confidence.includes("samples") ? (
        <NumberInput label="Answers an item" min={2} max={20} w={160} value={Math.max(3, form.samples)} onChange={(samples) => typeof samples === "number" && onChange({ samples })} />
      ) : null}
      {form.confidence.includes("committee") ? <CommitteeEditor members={form.committee} disabled={disabled} onChange={(committee) => onChange({ committee })} /> : null}
    </div>
  );
}

function TemplateField({ form, onChange }: { form: LlmConfig; onChange(change: Partial<LlmConfig>): void }) {
  const missing = missingPlaces(form.template);
  return (
    <>
      <Select
        label="Template" allowDeselect={false} data={[{ value: "own", label: "My own" }, { value: "usual", label: "The usual one" }]}
        value={form.template === null ? "usual" : "own"} onChange={(value) => onChange({ template: value === "own" ? TEMPLATE : null })}
      />
      {form.template === null ? null : (
        <Textarea
          aria-label="Text of the template" autosize minRows={6} maxRows={24} spellCheck={false} value={form.template} styles={{ input: { fontFamily: "var(--mono)" } }}
          description="Places: {{project}}, {{question}}, {{instructions}}, {{guidelines}}, {{answer}}. The item stands in a turn of its own."
          error={missing.length > 0 ? `The place {{${missing.join("}}, {{")}}} is missing.` : undefined} onChange={(event) => onChange({ template: event.currentTarget.value })}
        />
      )}
    </>
  );
}

function More({ title, children }: { title: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <div className={`${layout.stack} ${layout.tight}`}>
      <div>
        <Button size="small" kind="quiet" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
          {open ? "▾" : "▸"} {title}
        </Button>
      </div>
      <div id={id} hidden={!open}>
        {open ? <div className={layout.stack}>{children}</div> : null}
      </div>
    </div>
  );
}
