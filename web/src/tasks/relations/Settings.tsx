/** How a question about a text and its relations is set up. */
import { Checkbox } from "@mantine/core";
import layout from "../../ui/layout.module.css";
import { RelationTypes } from "../linking/RelationTypes";
import { KnowledgeSetting } from "../marking/KnowledgeSetting";
import { ReadsSetting } from "../marking/ReadsSetting";
import type { SettingsProps } from "../types";

export function Settings({ question, fields, onChange }: SettingsProps) {
  const { config } = question;
  return (
    <div className={`${layout.stack} ${layout.tight}`}>
      <RelationTypes question={question} onChange={onChange} />
      <Checkbox label="Stretches may overlap" checked={config.overlap !== false} onChange={(event) => onChange({ ...question, config: { ...config, overlap: event.currentTarget.checked } })} />
      <ReadsSetting question={question} fields={fields} onChange={onChange} />
      <KnowledgeSetting question={question} onChange={onChange} />
    </div>
  );
}
