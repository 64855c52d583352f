/** What is to be written: whose turns, how many, how long. */
import { Checkbox, NumberInput, Select, TextInput } from "@mantine/core";
import layout from "../../ui/layout.module.css";
import type { SettingsProps } from "../types";
import { formOf } from "./turns";

const ROLES = [
  { value: "assistant", label: "a response to the item" },
  { value: "user,assistant", label: "a prompt and its response" },
  { value: "user", label: "a prompt" },
];
const SYSTEM = [
  { value: "no", label: "not asked for" },
  { value: "optional", label: "may be written" },
  { value: "required", label: "must be written" },
];

export function Settings({ question, fields, onChange }: SettingsProps) {
  const { config } = question;
  const form = formOf(question);
  const set = (change: Record<string, unknown>) => onChange({ ...question, config: { ...config, ...change } });
  return (
    <div className={`${layout.stack} ${layout.tight}`}>
      <div className={layout.two}>
        <Select label="To be written" data={ROLES} value={form.roles.join(",")} allowDeselect={false} onChange={(value) => value && set({ roles: value.split(",") })} />
        <Select label="System prompt" data={SYSTEM} value={form.system} allowDeselect={false} onChange={(value) => value && set({ system: value })} />
        <Select
          label="It answers the field" clearable placeholder="none, or all of them" value={question.field ?? null} data={fields.map((field) => field.name)}
          onChange={(field) => onChange({ ...question, field: field ?? undefined })}
        />
        <TextInput label="Shown while empty" value={typeof config.placeholder === "string" ? config.placeholder : ""} onChange={(event) => set({ placeholder: event.currentTarget.value })} />
      </div>
      <div className={`${layout.row} ${layout.wrap} ${layout.bottom}`} style={{ gap: 16 }}>
        <NumberInput label="Rounds at least" w={130} min={1} max={50} allowDecimal={false} value={form.least} onChange={(value) => typeof value === "number" && set({ min_rounds: value, max_rounds: Math.max(value, form.most) })} />
        <NumberInput label="at most" w={130} min={1} max={50} allowDecimal={false} value={form.most} onChange={(value) => typeof value === "number" && set({ max_rounds: value })} />
        <NumberInput label="Shortest turn" w={130} min={1} max={200_000} allowDecimal={false} value={form.shortest} onChange={(value) => typeof value === "number" && set({ min_length: value })} />
        <NumberInput label="Longest turn" w={130} min={1} max={200_000} thousandSeparator="," allowDecimal={false} value={form.longest} onChange={(value) => typeof value === "number" && set({ max_length: value })} />
        <Checkbox pb={7} label="Preview beside the text" checked={config.preview !== false} onChange={(event) => set({ preview: event.currentTarget.checked })} />
      </div>
    </div>
  );
}
