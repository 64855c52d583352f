/** Where the candidates are, and how they are shown: the settings that all comparisons share. */
import { Checkbox, MultiSelect, Select } from "@mantine/core";
import type { ReactNode } from "react";
import type { SettingsProps } from "../types";
import css from "./candidates.module.css";

const FIELDS = "";

export function CandidateSettings({ question, fields, onChange, children }: SettingsProps & { children?: ReactNode }) {
  const { config } = question;
  const { candidates, from: _from, ...rest } = config;
  const names = Array.isArray(candidates) ? (candidates as string[]) : [];
  const lists = fields.filter((field) => field.kind === "table" || field.kind === "chat");
  const listed = question.field ?? (candidates === undefined && lists[0] ? lists[0].name : FIELDS);
  const choose = (name: string) => {
    if (name === FIELDS) onChange({ ...question, field: undefined, config: { ...rest, candidates: names } });
    else onChange({ ...question, field: name, config: rest });
  };
  return (
    <div className={css.settings}>
      <Select
        label="The answers to compare are" allowDeselect={false} value={listed} onChange={(name) => choose(name ?? FIELDS)}
        data={[{ value: FIELDS, label: "fields of their own" }, ...lists.map((field) => ({ value: field.name, label: field.kind === "chat" ? `the last turns of “${field.name}”` : `the entries of “${field.name}”` }))]}
      />
      {listed === FIELDS ? (
        <MultiSelect
          label="Fields with an answer each" data={fields.map((field) => field.name)} value={names}
          onChange={(next) => onChange({ ...question, field: undefined, config: { ...rest, candidates: next } })}
        />
      ) : null}
      {children}
      <Checkbox
        label="Blind: who made an answer is not sent to those who compare" checked={config.blind !== false}
        onChange={(event) => onChange({ ...question, config: { ...config, blind: event.currentTarget.checked } })}
      />
      <Checkbox
        label="Shuffled: each person sees an order of their own, which is stored" checked={config.shuffle !== false}
        onChange={(event) => onChange({ ...question, config: { ...config, shuffle: event.currentTarget.checked } })}
      />
    </div>
  );
}
