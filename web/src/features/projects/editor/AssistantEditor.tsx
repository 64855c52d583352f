/** The real-time assistant of a project: whom it asks, what it offers, and what it may see. */
import { Checkbox, MultiSelect, NumberInput, Select, Textarea } from "@mantine/core";
import type { AssistantPolicy, AssistKind, Field } from "../../../api/types";
import { Note } from "../../../ui";
import { useConnectionChoices } from "./connections";
import css from "./editor.module.css";
import { Rule } from "./Rule";

const OFFERS: readonly { value: AssistKind; label: string }[] = [
  { value: "draft", label: "Draft an answer" },
  { value: "explain", label: "Explain a suggestion" },
  { value: "guide", label: "Answer from the guidelines" },
  { value: "check", label: "Check an answer against the guidelines" },
  { value: "rewrite", label: "Rewrite a text" },
];
const NONE = "";

export interface AssistantEditorProps {
  policy: AssistantPolicy;
  /** Models that the rules on data allow. */
  allowed: readonly string[];
  fields: readonly Field[];
  onChange(policy: AssistantPolicy): void;
}

export function AssistantEditor({ policy, allowed, fields, onChange }: AssistantEditorProps) {
  const set = (change: Partial<AssistantPolicy>) => onChange({ ...policy, ...change });
  const choices = useConnectionChoices(policy.connection ? [policy.connection] : []);
  const covered = policy.connection === null || allowed.includes("*") || allowed.includes(policy.connection) || allowed.includes("local");
  return (
    <div>
      <Rule name="Model" text="The connected model that the assistant asks. It proposes only: an answer changes by the annotator's own key.">
        <Select
          aria-label="Model of the assistant" data={[{ value: NONE, label: "No assistant" }, ...choices]} value={policy.connection ?? NONE} allowDeselect={false}
          onChange={(name) => set({ connection: name === NONE ? null : name })}
        />
      </Rule>
      {policy.connection !== null ? (
        <>
          {covered ? null : <Note tone="warn">The rules on data above do not allow this model. Add it to the models that may be asked.</Note>}
          <Rule name="What it offers" text="Where suggestions for a question are never shown, it neither drafts nor explains.">
            <Checkbox.Group value={policy.offers} onChange={(offers) => set({ offers: offers as AssistKind[] })} aria-label="What it offers">
              <div className={css.masks}>{OFFERS.map((one) => <Checkbox key={one.value} value={one.value} label={one.label} />)}</div>
            </Checkbox.Group>
          </Rule>
          <Rule wide name="Fields that it sees" text="Empty: all that the rules on data let this model see.">
            <MultiSelect
              aria-label="Fields that it sees" data={fields.map((f) => ({ value: f.name, label: f.title ?? f.name }))} value={policy.fields ?? []} clearable
              placeholder={policy.fields === null ? "All allowed ones" : undefined} onChange={(names) => set({ fields: names.length > 0 ? names : null })}
            />
          </Rule>
          <Rule name="Longest answer" text="In tokens; a word has one or two.">
            <NumberInput
              aria-label="Longest answer" value={policy.max_tokens} min={16} max={32_000} allowDecimal={false} thousandSeparator="," suffix=" tokens"
              onChange={(n) => typeof n === "number" && set({ max_tokens: n })}
            />
          </Rule>
          <Rule wide name="Instructions" text="Said to the assistant each time, beside the guidelines.">
            <Textarea
              aria-label="Instructions for the assistant" autosize minRows={2} maxRows={12} value={policy.instructions}
              placeholder="Answer in German. Name the number of the rule." onChange={(event) => set({ instructions: event.currentTarget.value })}
            />
          </Rule>
        </>
      ) : null}
    </div>
  );
}
