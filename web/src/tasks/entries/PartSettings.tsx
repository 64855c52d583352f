/** The fields of a form, or the columns of a table: names, types, which are needed, and how numbers and dates are written. */
import { ActionIcon, Button, Checkbox, Select, TagsInput, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import layout from "../../ui/layout.module.css";
import type { SettingsProps } from "../types";

type Raw = Record<string, unknown> & { name: string };

const TYPES = ["text", "number", "date", "amount", "choice"];

export interface PartSettingsProps extends SettingsProps {
  /** The setting that lists them. */
  listed: "fields" | "columns";
}

export function PartSettings({ question, listed, onChange }: PartSettingsProps) {
  const { config } = question;
  const noun = listed === "fields" ? "field" : "column";
  const set = (change: Record<string, unknown>) => onChange({ ...question, config: { ...config, ...change } });
  const raw = (Array.isArray(config[listed]) ? config[listed] : []) as (string | Raw)[];
  const fields = raw.map((one): Raw => (typeof one === "string" ? { name: one } : one));
  const change = (at: number, more: Record<string, unknown>) => set({ [listed]: fields.map((one, i) => (i === at ? tidy({ ...one, ...more }) : one)) });
  return (
    <div className={`${layout.stack} ${layout.tight}`}>
      {fields.map((one, at) => (
        <div key={at} className={`${layout.row} ${layout.wrap} ${layout.bottom}`} style={{ gap: 8 }} role="group" aria-label={`${noun === "field" ? "Field" : "Column"} ${at + 1}`}>
          <TextInput label={at === 0 ? "Name" : undefined} aria-label="Name" w={140} value={one.name} onChange={(e) => change(at, { name: e.currentTarget.value })} />
          <TextInput label={at === 0 ? "Title" : undefined} aria-label="Title" w={150} value={typeof one.title === "string" ? one.title : ""} onChange={(e) => change(at, { title: e.currentTarget.value })} />
          <Select label={at === 0 ? "Type" : undefined} aria-label="Type" w={110} allowDeselect={false} data={TYPES} value={typeof one.type === "string" ? one.type : "text"} onChange={(type) => change(at, { type, labels: type === "choice" ? (one.labels ?? ["yes", "no"]) : undefined, tolerance: undefined })} />
          {one.type === "choice" ? <TagsInput aria-label="Choices" w={200} value={labelValues(one.labels)} onChange={(labels) => change(at, { labels })} /> : null}
          <Checkbox pb={8} label="needed" checked={one.required === true} onChange={(e) => change(at, { required: e.currentTarget.checked })} />
          <ActionIcon variant="subtle" mb={4} aria-label={`Remove the ${noun} ${one.name}`} onClick={() => set({ [listed]: fields.filter((_, i) => i !== at) })}><IconTrash size={16} /></ActionIcon>
        </div>
      ))}
      <div><Button variant="default" size="xs" leftSection={<IconPlus size={14} />} onClick={() => set({ [listed]: [...fields, { name: `${noun}_${fields.length + 1}` }] })}>Add a {noun}</Button></div>
      <div className={`${layout.row} ${layout.wrap} ${layout.bottom}`} style={{ gap: 16 }}>
        <Select label="3/4/2014 is" w={170} allowDeselect={false} data={[{ value: "dmy", label: "3 April 2014" }, { value: "mdy", label: "March 4, 2014" }]} value={typeof config.dates === "string" ? config.dates : "dmy"} onChange={(dates) => set({ dates })} />
        <Select label="Decimals are parted off by" w={190} allowDeselect={false} data={[{ value: "auto", label: "what fits the number" }, { value: ".", label: "a point" }, { value: ",", label: "a comma" }]} value={typeof config.decimal === "string" ? config.decimal : "auto"} onChange={(decimal) => set({ decimal })} />
        <Select label="Places on the page" w={190} allowDeselect={false} data={[{ value: "optional", label: "kept where given" }, { value: "needed", label: "needed with each value" }, { value: "none", label: "not kept" }]} value={typeof config.place === "string" ? config.place : "optional"} onChange={(place) => set({ place })} />
      </div>
    </div>
  );
}

const labelValues = (labels: unknown): string[] => (Array.isArray(labels) ? labels : []).map((l: string | { value: string }) => (typeof l === "string" ? l : l.value));

/** Without what is not said. */
function tidy(field: Raw): Raw {
  return Object.fromEntries(Object.entries(field).filter(([, v]) => v !== undefined && v !== "" && v !== false && v !== null)) as Raw;
}
