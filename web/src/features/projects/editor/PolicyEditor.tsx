/** The rules of work, each explained in one sentence. */
import { NumberInput, Select, Switch, TagsInput } from "@mantine/core";
import type { Order, Policy, Show, Workflow } from "../../../api/types";
import { ChecksEditor } from "./ChecksEditor";
import { Rule as Row } from "./Rule";
import { ReviewRules } from "./ReviewRules";
import { SHOW_CHOICES } from "./show";
import { WorkflowsEditor } from "./WorkflowsEditor";

const ORDERS: { value: Order; label: string }[] = [
  { value: "random", label: "Random" },
  { value: "imported", label: "As imported" },
  { value: "uncertainty", label: "Least certain first" },
];

export interface PolicyEditorProps {
  policy: Policy;
  /** Names of the project's models; empty while there are none. */
  models: readonly string[];
  onChange(policy: Policy): void;
}

export function PolicyEditor({ policy, models, onChange }: PolicyEditorProps) {
  const set = (change: Partial<Policy>) => onChange({ ...policy, ...change });
  const sources = sourcesOf(policy, models);
  return (
    <div>
      <Row name="People per item" text="How many different people answer each item before it is done.">
        <Whole label="People per item" value={policy.overlap} min={1} max={100} onChange={(overlap) => set({ overlap })} />
      </Row>
      <ReviewRules policy={policy} onChange={set} />
      <Row name="Order" text="Which items come first. Least certain first asks where the model learns most.">
        <Select
          aria-label="Order" data={ORDERS} value={policy.order} allowDeselect={false}
          onChange={(order) => order && set({ order: order as Order })}
        />
      </Row>
      {policy.order === "uncertainty" ? (
        <Row name="Random share" text="Share of the queue that is drawn at random all the same, so that the model's quality can be measured.">
          <Share label="Random share" value={policy.explore} onChange={(explore) => set({ explore })} />
        </Row>
      ) : null}
      <Row
        name="Blind slice"
        text="Share of items on which nobody is shown a suggestion. They tell how good the model is and whether its suggestions sway people. Fixed at import."
      >
        <Share label="Blind slice" value={policy.blind_share} onChange={(blind_share) => set({ blind_share })} />
      </Row>
      <Row name="Suggestions" text="When suggestions are on the screen. A question can have its own rule.">
        <Select
          aria-label="Suggestions" data={SHOW_CHOICES} value={policy.show} allowDeselect={false}
          onChange={(show) => show && set({ show: show as Show })}
        />
      </Row>
      <Row name="Suggestions from" text="Whose suggestions are shown: those of all models, of one model, or what a workflow below finds.">
        <Select
          aria-label="Suggestions from" data={sources} value={policy.suggest_from ?? ALL} allowDeselect={false}
          onChange={(from) => set({ suggest_from: from === ALL ? null : from })}
        />
      </Row>
      <Row name="Annotators may choose" text="Each person may pick another model or workflow while labelling.">
        <Switch
          aria-label="Annotators may choose" checked={policy.annotators_choose}
          onChange={(event) => set({ annotators_choose: event.currentTarget.checked })}
        />
      </Row>
      <WorkflowsEditor
        workflows={policy.workflows} models={models}
        onChange={(workflows, renamed) => set({ workflows, suggest_from: followed(policy, workflows, renamed) })}
      />
      <Row name="Instant submit" text="Where only one decision is asked, the key that answers also submits. Ctrl+Z takes it back.">
        <Switch
          aria-label="Instant submit" checked={policy.instant_submit}
          onChange={(event) => set({ instant_submit: event.currentTarget.checked })}
        />
      </Row>
      <Row name="Train every" text="A model that learns is trained again after this many new answers.">
        <Whole label="Train every" value={policy.train_every} min={1} max={100_000} suffix=" answers" onChange={(train_every) => set({ train_every })} />
      </Row>
      <Row name="Suggest ahead" text="After each training, suggestions are made for this many of the next items. “Suggest for all” on the Models page covers the rest.">
        <Whole label="Suggest ahead" value={policy.window} min={10} max={100_000} suffix=" items" onChange={(window) => set({ window })} />
      </Row>
      <Row name="Hidden from annotators" text="A field (model_a), a key inside one (answers.source), all metadata (meta) or one of them (meta.model). Managers and exports see all of it.">
        <TagsInput
          aria-label="Hidden from annotators" placeholder={policy.hidden.length === 0 ? "nothing" : ""} value={policy.hidden} splitChars={[",", " "]}
          onChange={(hidden) => set({ hidden })}
        />
      </Row>
      <ChecksEditor policy={policy} onChange={set} />
      <Row name="Lend items for" text="An item that was opened but not answered goes back to the queue after this time.">
        <Whole label="Lend items for" value={policy.lease_minutes} min={1} max={20_160} suffix=" minutes" onChange={(lease_minutes) => set({ lease_minutes })} />
      </Row>
    </div>
  );
}

const ALL = "";

/** What the choice of a source offers; a source that is gone stays visible, so that it can be changed. */
function sourcesOf(policy: Policy, models: readonly string[]) {
  const flows = policy.workflows.map((flow) => flow.name).filter((name) => name !== "" && !models.includes(name));
  const from = policy.suggest_from;
  const unknown = from !== null && !models.includes(from) && !flows.includes(from) ? [from] : [];
  const groups = [
    { group: "Models", items: [...new Set(models)] },
    { group: "Workflows", items: [...new Set(flows)] },
    { group: "Not there", items: unknown },
  ];
  return [{ value: ALL, label: "All models" }, ...groups.filter((one) => one.items.length > 0)];
}

/** The source after a change of the workflows: it follows a new name, and falls back to all models when its workflow is gone. */
function followed(policy: Policy, workflows: readonly Workflow[], renamed?: { from: string; to: string }): string | null {
  const from = policy.suggest_from;
  if (from === null || !policy.workflows.some((flow) => flow.name === from)) return from;
  if (renamed?.from === from) return renamed.to;
  return workflows.some((flow) => flow.name === from) ? from : null;
}

interface WholeProps {
  label: string;
  value: number;
  min: number;
  max: number;
  suffix?: string;
  onChange(value: number): void;
}

function Whole({ label, value, min, max, suffix, onChange }: WholeProps) {
  return (
    <NumberInput
      aria-label={label} value={value} min={min} max={max} allowDecimal={false} thousandSeparator="," suffix={suffix}
      onChange={(next) => typeof next === "number" && onChange(next)}
    />
  );
}

function Share({ label, value, onChange }: { label: string; value: number; onChange(value: number): void }) {
  return (
    <NumberInput
      aria-label={label} value={Math.round(value * 1000) / 10} min={0} max={100} suffix=" %" decimalScale={1}
      onChange={(next) => typeof next === "number" && onChange(next / 100)}
    />
  );
}
