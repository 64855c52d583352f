/** What an item consists of: named fields of a kind. */
import { Select, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { FieldKind, ProjectSpec } from "../../../api/types";
import { Button, IconButton } from "../../../ui";
import layout from "../../../ui/layout.module.css";
import { nameFrom, withField } from "./draft";
import css from "./editor.module.css";

const KINDS: { value: FieldKind; label: string }[] = [
  { value: "text", label: "Text" },
  { value: "image", label: "Image" },
  { value: "audio", label: "Audio" },
  { value: "video", label: "Video" },
  { value: "document", label: "Document (PDF)" },
  { value: "chat", label: "Conversation" },
  { value: "markdown", label: "Markdown" },
  { value: "html", label: "Web page (HTML)" },
  { value: "table", label: "Table or JSON" },
];

export function FieldsEditor({ spec, onChange }: { spec: ProjectSpec; onChange(spec: ProjectSpec): void }) {
  const { fields } = spec;
  const add = () =>
    onChange({ ...spec, fields: [...fields, { name: nameFrom("field", fields.map((field) => field.name)), kind: "text" }] });
  return (
    <div className={`${layout.stack} ${layout.tight}`}>
      {fields.map((field, at) => (
        <div key={at} className={css.field}>
          <TextInput
            label={at === 0 ? "Name in the data" : undefined} aria-label={`Name of field ${at + 1}`} value={field.name} spellCheck={false}
            onChange={(event) => onChange(withField(spec, at, { ...field, name: event.currentTarget.value.replace(/[^\w-]/g, "_") }))}
          />
          <Select
            label={at === 0 ? "Kind" : undefined} aria-label={`Kind of field ${at + 1}`} data={KINDS} value={field.kind} allowDeselect={false}
            onChange={(kind) => kind && onChange(withField(spec, at, { ...field, kind: kind as FieldKind }))}
          />
          <TextInput
            label={at === 0 ? "Title on the screen" : undefined} aria-label={`Title of field ${at + 1}`} value={field.title ?? ""} placeholder={field.name}
            onChange={(event) => onChange(withField(spec, at, { ...field, title: event.currentTarget.value || undefined }))}
          />
          <IconButton
            label={`Remove field ${at + 1}`} disabled={fields.length === 1} style={{ marginBottom: 4 }}
            onClick={() => onChange({ ...spec, fields: fields.filter((other) => other !== field) })}
          >
            <IconTrash size={15} />
          </IconButton>
        </div>
      ))}
      <div>
        <Button icon={<IconPlus size={15} aria-hidden />} onClick={add}>
          Add field
        </Button>
      </div>
    </div>
  );
}
