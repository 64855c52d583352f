/** Which data may reach which model: nothing may, until it is said here. */
import { Checkbox, MultiSelect, Select, Switch } from "@mantine/core";
import type { DataRules, Field } from "../../../api/types";
import layout from "../../../ui/layout.module.css";
import { useConnectionChoices, WIDE_CHOICES } from "./connections";
import css from "./editor.module.css";
import { Rule } from "./Rule";

const MASKS: readonly { value: DataRules["mask"][number]; label: string }[] = [
  { value: "email", label: "E-mail addresses" },
  { value: "phone", label: "Telephone numbers" },
  { value: "card", label: "Payment cards" },
  { value: "iban", label: "Bank accounts (IBAN)" },
  { value: "ip", label: "Network addresses" },
  { value: "key", label: "Keys and passwords" },
];

export interface DataRulesEditorProps {
  rules: DataRules;
  fields: readonly Field[];
  onChange(rules: DataRules): void;
}

export function DataRulesEditor({ rules, fields, onChange }: DataRulesEditorProps) {
  const set = (change: Partial<DataRules>) => onChange({ ...rules, ...change });
  const named = useConnectionChoices([...rules.models, ...Object.values(rules.fields).flat()]);
  const choices = [...WIDE_CHOICES, ...named];
  return (
    <div>
      <Rule wide name="Models that may be asked" text="Only these ever see data of this project. A local model runs on this machine, or on an address that its owner marked as local.">
        <MultiSelect
          aria-label="Models that may be asked" data={choices} value={rules.models} searchable clearable
          placeholder={rules.models.length === 0 ? "None" : undefined} onChange={(models) => set({ models })}
        />
      </Rule>
      <Rule name="Narrower rules for single fields" text="A field can be kept from some of these models, or from all.">
        <div className={css.fieldRules}>
          {fields.map((field) => (
            <FieldRule
              key={field.name} field={field.title ?? field.name} allowed={rules.fields[field.name]} choices={choices}
              onChange={(allowed) => set({ fields: changed(rules.fields, field.name, allowed) })}
            />
          ))}
        </div>
      </Rule>
      <Rule
        name="Masked before a call"
        text="Found by pattern and checksum, replaced by placeholders such as [EMAIL_1], and put back in the answer. Names and postal addresses are not found; pictures, sound and documents cannot be masked."
      >
        <Checkbox.Group value={rules.mask} onChange={(mask) => set({ mask: mask as DataRules["mask"] })} aria-label="Masked before a call">
          <div className={css.masks}>{MASKS.map((one) => <Checkbox key={one.value} value={one.value} label={one.label} />)}</div>
        </Checkbox.Group>
      </Rule>
      {rules.mask.length > 0 ? (
        <Rule name="Mask for local models too" text="Data that stays on your machines usually need not be masked.">
          <Switch aria-label="Mask for local models too" checked={rules.mask_local} onChange={(event) => set({ mask_local: event.currentTarget.checked })} />
        </Rule>
      ) : null}
      <Rule name="Keep what was sent" text="Every call is on record with who, when, which item and fields, tokens and cost. Only with this switch are the words themselves kept as well, as they were sent.">
        <Switch aria-label="Keep what was sent" checked={rules.keep_content} onChange={(event) => set({ keep_content: event.currentTarget.checked })} />
      </Rule>
    </div>
  );
}

type How = "all" | "local" | "none" | "some";
const HOWS: readonly { value: How; label: string }[] = [
  { value: "all", label: "Any of these models" },
  { value: "local", label: "Local models only" },
  { value: "none", label: "No model" },
  { value: "some", label: "Only some models" },
];

interface FieldRuleProps {
  field: string;
  /** undefined: no rule of its own. */
  allowed: readonly string[] | undefined;
  choices: { value: string; label: string }[];
  onChange(allowed: string[] | undefined): void;
}

function FieldRule({ field, allowed, choices, onChange }: FieldRuleProps) {
  const how = howOf(allowed);
  return (
    <div className={layout.stack} style={{ gap: 6 }}>
      <Select
        label={field} data={HOWS} value={how} allowDeselect={false}
        onChange={(next) => onChange(next === "all" ? undefined : next === "local" ? ["local"] : next === "none" ? [] : choices.slice(WIDE_CHOICES.length, WIDE_CHOICES.length + 1).map((c) => c.value))}
      />
      {how === "some" ? <MultiSelect aria-label={`Models for ${field}`} data={choices} value={[...(allowed ?? [])]} searchable onChange={onChange} /> : null}
    </div>
  );
}

export function howOf(allowed: readonly string[] | undefined): How {
  if (allowed === undefined) return "all";
  if (allowed.length === 0) return "none";
  return allowed.length === 1 && allowed[0] === "local" ? "local" : "some";
}

function changed(rules: DataRules["fields"], field: string, allowed: string[] | undefined): DataRules["fields"] {
  const others = Object.fromEntries(Object.entries(rules).filter(([name]) => name !== field));
  return allowed === undefined ? others : { ...others, [field]: allowed };
}
