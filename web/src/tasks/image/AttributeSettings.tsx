/** The attributes of a question's things: small questions that are asked of each of them, or of those with certain labels. */
import { Checkbox, MultiSelect, NumberInput, Select, TagsInput, TextInput } from "@mantine/core";
import { Button } from "../../ui";
import layout from "../../ui/layout.module.css";
import { labelsOf } from "../labels/label-set";
import type { SettingsProps } from "../types";
import { asList, labelled, nameFor, type RawAttribute } from "./attribute-draft";

const TYPES = [
  { value: "choice", label: "one of some answers" },
  { value: "choices", label: "any of some answers" },
  { value: "rating", label: "a number" },
  { value: "text", label: "words" },
];

export function AttributeSettings({ question, onChange }: SettingsProps) {
  const list = asList(question.config.attributes);
  const labels = labelsOf(question).map((label) => ({ value: label.value, label: label.title }));
  const set = (attributes: RawAttribute[]) => {
    const { attributes: _old, ...rest } = question.config;
    onChange({ ...question, config: attributes.length > 0 ? { ...rest, attributes } : rest });
  };
  const put = (at: number, change: Partial<RawAttribute>) => set(list.map((one, i) => (i === at ? { ...one, ...change } : one)));
  return (
    <div className={`${layout.stack} ${layout.tight}`} role="group" aria-label="Attributes">
      <strong>Attributes of each thing</strong>
      {list.map((one, i) => (
        <div key={i} className={`${layout.row} ${layout.wrap} ${layout.bottom}`}>
          <TextInput
            label={i === 0 ? "Asked" : undefined} aria-label={`Title of attribute ${i + 1}`} w={150} value={one.title ?? one.name}
            onChange={(event) => put(i, { title: event.currentTarget.value, name: nameFor(event.currentTarget.value, list.filter((_, j) => j !== i)) })}
          />
          <Select
            label={i === 0 ? "Answered by" : undefined} aria-label={`Kind of attribute ${i + 1}`} w={170} allowDeselect={false} data={TYPES} value={one.type ?? "choice"}
            onChange={(type) => type && put(i, { type, config: type === "rating" ? { min: 1, max: 5 } : type === "text" ? {} : { labels: labelled(one) } })}
          />
          <Answers one={one} first={i === 0} at={i} onSet={(config) => put(i, { config })} />
          <MultiSelect
            label={i === 0 ? "Only of" : undefined} aria-label={`Labels of attribute ${i + 1}`} w={160} placeholder={one.only?.length ? "" : "all labels"} data={labels} value={one.only ?? []}
            onChange={(only) => put(i, { only })}
          />
          <Checkbox pb={7} label="Needed" checked={one.required === true} onChange={(event) => put(i, { required: event.currentTarget.checked })} />
          <Button size="small" kind="quiet" onClick={() => set(list.filter((_, j) => j !== i))}>Remove</Button>
        </div>
      ))}
      <div><Button size="small" onClick={() => set([...list, { name: nameFor("", list), title: "", type: "choice", config: { labels: [] } }])}>Add an attribute</Button></div>
    </div>
  );
}

/** What can be answered, by the kind of attribute. */
function Answers({ one, first, at, onSet }: { one: RawAttribute; first: boolean; at: number; onSet(config: Record<string, unknown>): void }) {
  const config = one.config ?? {};
  if (one.type === "text") return null;
  if (one.type !== "rating") {
    return <TagsInput label={first ? "Answers" : undefined} aria-label={`Answers of attribute ${at + 1}`} w={230} placeholder="Type one, then Enter" value={labelled(one)} onChange={(labels) => onSet({ ...config, labels })} />;
  }
  const number = (name: "min" | "max", title: string, fallback: number) => (
    <NumberInput label={first ? title : undefined} aria-label={`${title}, attribute ${at + 1}`} w={80} value={typeof config[name] === "number" ? config[name] : fallback} onChange={(n) => typeof n === "number" && onSet({ ...config, [name]: n })} />
  );
  return <>{number("min", "From", 1)}{number("max", "To", 5)}</>;
}
