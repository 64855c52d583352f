/** Of HTML and Markdown: whether the text as shown is marked, or its source. */
import { Select } from "@mantine/core";
import type { SettingsProps } from "../types";
import { textField } from "./useSpans";

export function ReadsSetting({ question, fields, onChange }: SettingsProps) {
  const kind = textField(question, fields)?.kind;
  if (kind !== "html" && kind !== "markdown") return null;
  const set = (reads: string | null) => onChange({ ...question, config: { ...question.config, reads: reads ?? kind } });
  return (
    <Select
      label="What is marked" description="Offsets count in it; answers do not move from one to the other." w={260} allowDeselect={false}
      data={[{ value: kind, label: "the text as shown" }, { value: "source", label: "the source, with its signs" }]}
      value={question.config.reads === "source" ? "source" : kind} onChange={set}
    />
  );
}
