/** Whether marked text is linked to entries of a knowledge base, and to which one. */
import { TextInput } from "@mantine/core";
import type { SettingsProps } from "../types";

export function KnowledgeSetting({ question, onChange }: Pick<SettingsProps, "question" | "onChange">) {
  const { knowledge, ...rest } = question.config;
  const set = (name: string) => onChange({ ...question, config: name.trim() === "" ? rest : { ...rest, knowledge: name.trim() } });
  return (
    <TextInput
      label="Link to a knowledge base" description="Its name, as it stands in the project's settings; empty: marks are linked to nothing." w={260}
      value={typeof knowledge === "string" ? knowledge : ""} onChange={(event) => set(event.currentTarget.value)}
    />
  );
}
