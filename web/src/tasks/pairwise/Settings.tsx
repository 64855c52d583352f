/** The settings of a comparison of two. */
import { Checkbox, NumberInput } from "@mantine/core";
import { CandidateSettings } from "../candidates/Settings";
import type { SettingsProps } from "../types";

export function Settings(props: SettingsProps) {
  const { question, onChange } = props;
  const { config } = question;
  const set = (change: Record<string, unknown>) => onChange({ ...question, config: { ...config, ...change } });
  return (
    <CandidateSettings {...props} pair>
      <Checkbox label="“Equally good” may be said" checked={config.tie !== false} onChange={(event) => set({ tie: event.currentTarget.checked })} />
      <NumberInput
        label="Steps of strength" description="How far the better one is ahead; 0 does not ask." w={260} min={0} max={9} allowDecimal={false}
        value={typeof config.strength === "number" ? config.strength : 0} onChange={(value) => set({ strength: typeof value === "number" ? value : 0 })}
      />
    </CandidateSettings>
  );
}
