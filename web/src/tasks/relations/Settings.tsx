/** The types of relations of a question: their names, kinds, and which labels their ends may have. */
import { Checkbox, MultiSelect, Select, TextInput } from "@mantine/core";
import { Button } from "../../ui";
import layout from "../../ui/layout.module.css";
import { labelsOf } from "../labels/label-set";
import { KnowledgeSetting } from "../marking/KnowledgeSetting";
import { ReadsSetting } from "../marking/ReadsSetting";
import type { SettingsProps } from "../types";
import { typesOf, type Kind } from "./model";

const KINDS: { value: Kind; label: string }[] = [
  { value: "directed", label: "from one to the other" },
  { value: "undirected", label: "between two, no direction" },
  { value: "chain", label: "chain of the same thing" },
];

type Raw = Record<string, unknown> & { value: string };

export function Settings({ question, fields, onChange }: SettingsProps) {
  const { config } = question;
  const labels = labelsOf(question).map((label) => ({ value: label.value, label: label.title }));
  const raw: Raw[] = (Array.isArray(config.relations) ? (config.relations as (string | Raw)[]) : []).map((one) => (typeof one === "string" ? { value: one } : one));
  const types = typesOf(question);
  const set = (change: Record<string, unknown>) => onChange({ ...question, config: { ...config, ...change } });
  const put = (i: number, change: Record<string, unknown>) => set({ relations: raw.map((one, j) => (j === i ? { ...one, ...change } : one)) });
  return (
    <div className={`${layout.stack} ${layout.tight}`}>
      <strong>Types of relations</strong>
      {raw.map((one, i) => {
        const kind = types[i]?.kind ?? "directed";
        return (
          <div key={i} className={`${layout.row} ${layout.wrap} ${layout.bottom}`}>
            <TextInput label={i === 0 ? "Name" : undefined} aria-label={`Name of type ${i + 1}`} w={150} value={one.value} onChange={(event) => put(i, { value: event.currentTarget.value })} />
            <Select label={i === 0 ? "Kind" : undefined} aria-label={`Kind of type ${i + 1}`} w={210} data={KINDS} value={kind} allowDeselect={false} onChange={(next) => put(i, next === "chain" ? { kind: next, tail: [] } : { kind: next })} />
            <MultiSelect label={i === 0 ? "From" : undefined} aria-label={`From, type ${i + 1}`} w={170} placeholder={types[i]?.head.length ? "" : "any label"} data={labels} value={[...(types[i]?.head ?? [])]} onChange={(head) => put(i, { head })} />
            {kind === "chain" ? null : <MultiSelect label={i === 0 ? "To" : undefined} aria-label={`To, type ${i + 1}`} w={170} placeholder={types[i]?.tail.length ? "" : "any label"} data={labels} value={[...(types[i]?.tail ?? [])]} onChange={(tail) => put(i, { tail })} />}
            <Button size="small" kind="quiet" onClick={() => set({ relations: raw.filter((_, j) => j !== i) })}>Remove</Button>
          </div>
        );
      })}
      <div><Button size="small" onClick={() => set({ relations: [...raw, { value: "" }] })}>Add a type</Button></div>
      <Checkbox label="Stretches may overlap" checked={config.overlap !== false} onChange={(event) => set({ overlap: event.currentTarget.checked })} />
      <ReadsSetting question={question} fields={fields} onChange={onChange} />
      <KnowledgeSetting question={question} onChange={onChange} />
    </div>
  );
}
