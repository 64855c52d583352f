/** The settings of a ranking. */
import { Checkbox } from "@mantine/core";
import { CandidateSettings } from "../candidates/Settings";
import type { SettingsProps } from "../types";

export function Settings(props: SettingsProps) {
  const { question, onChange } = props;
  return (
    <CandidateSettings {...props}>
      <Checkbox
        label="Answers may share a rank" checked={question.config.ties !== false}
        onChange={(event) => onChange({ ...question, config: { ...question.config, ties: event.currentTarget.checked } })}
      />
    </CandidateSettings>
  );
}
