/** Where the candidates are, and how they are shown: the settings that all comparisons share. */
import { Checkbox, MultiSelect, Select } from "@mantine/core";
import type { ReactNode } from "react";
import type { Field } from "../../api/types";
import type { SettingsProps } from "../types";
import css from "./candidates.module.css";
import { liveOf, newLive, tidyLive } from "./live";
import { LiveSettings } from "./LiveSettings";

const FIELDS = "";

export function CandidateSettings({ question, fields, onChange, children, pair = false }: SettingsProps & { children?: ReactNode; pair?: boolean }) {
  const { config } = question;
  const { candidates, from: _from, live: _live, ...rest } = config;
  const live = liveOf(question);
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
      {fields.some((field) => field.name === listed && field.kind === "table") ? (
        <Checkbox
          label="Connected models write them while people work" description="Only where the item has none of its own. They are kept with the item."
          checked={live !== null} onChange={(event) => onChange({ ...question, field: listed, config: event.currentTarget.checked ? { ...rest, live: tidyLive(newLive(usual(fields, listed))) } : rest })}
        />
      ) : null}
      {live ? (
        <LiveSettings
          live={live} fields={fields.filter((field) => field.name !== listed)} pair={pair}
          onChange={(next) => onChange({ ...question, field: listed, config: { ...config, live: next } })}
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

/** The prompt that is tried first: the first field with words. */
function usual(fields: readonly Field[], but: string): string {
  const found = fields.find((field) => field.name !== but && ["text", "markdown", "html", "chat"].includes(field.kind));
  return found ? `{{${found.name}}}` : "";
}
