/** The types of relations of a question: their names, kinds, and which labels their ends may have. */
import { MultiSelect, Select, TextInput } from "@mantine/core";
import type { Question } from "../../api/types";
import { Button } from "../../ui";
import layout from "../../ui/layout.module.css";
import { labelsOf } from "../labels/label-set";
import { typesOf, type Kind } from "./links";

const KINDS: { value: Kind; label: string }[] = [
  { value: "directed", label: "from one to the other" },
  { value: "undirected", label: "between two, no direction" },
  { value: "chain", label: "chain of the same thing" },
];

type Raw = Record<string, unknown> & { value: string };

export function RelationTypes({ question, onChange }: { question: Question; onChange(question: Question): void }) {
  const { config } = question;
  const labels = labelsOf(question).map((label) => ({ value: label.value, label: label.title }));
  const raw: Raw[] = (Array.isArray(config.relations) ? (config.relations as (string | Raw)[]) : []).map((one) => (typeof one === "string" ? { value: one } : one));
  const types = typesOf(question);
  const set = (relations: Raw[]) => {
    const { relations: _, ...rest } = config;
    onChange({ ...question, config: relations.length > 0 ? { ...rest, relations } : rest });
  };
  const put = (i: number, change: Record<string, unknown>) => set(raw.map((one, j) => (j === i ? { ...one, ...change } : one)));
  return (
    <>
      <strong>Types of relations</strong>
      {raw.map((one, i) => {
        const kind = types[i]?.kind ?? "directed";
        return (
          <div key={i} className={`${layout.row} ${layout.wrap} ${layout.bottom}`}>
            <TextInput label={i === 0 ? "Name" : undefined} aria-label={`Name of type ${i + 1}`} w={150} value={one.value} onChange={(event) => put(i, { value: event.currentTarget.value })} />
            <Select label={i === 0 ? "Kind" : undefined} aria-label={`Kind of type ${i + 1}`} w={210} data={KINDS} value={kind} allowDeselect={false} onChange={(next) => put(i, next === "chain" ? { kind: next, tail: [] } : { kind: next })} />
            <MultiSelect label={i === 0 ? "From" : undefined} aria-label={`From, type ${i + 1}`} w={170} placeholder={types[i]?.head.length ? "" : "any label"} data={labels} value={[...(types[i]?.head ?? [])]} onChange={(head) => put(i, { head })} />
            {kind === "chain" ? null : <MultiSelect label={i === 0 ? "To" : undefined} aria-label={`To, type ${i + 1}`} w={170} placeholder={types[i]?.tail.length ? "" : "any label"} data={labels} value={[...(types[i]?.tail ?? [])]} onChange={(tail) => put(i, { tail })} />}
            <Button size="small" kind="quiet" onClick={() => set(raw.filter((_, j) => j !== i))}>Remove</Button>
          </div>
        );
      })}
      <div><Button size="small" onClick={() => set([...raw, { value: "" }])}>Add a type</Button></div>
    </>
  );
}
