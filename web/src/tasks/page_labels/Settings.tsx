/** How many labels a page has, and whether each needs one. */
import { Checkbox } from "@mantine/core";
import layout from "../../ui/layout.module.css";
import type { SettingsProps } from "../types";

export function Settings({ question, onChange }: SettingsProps) {
  const { config } = question;
  const set = (change: Record<string, unknown>) => onChange({ ...question, config: { ...config, ...change } });
  return (
    <div className={`${layout.row} ${layout.wrap}`} style={{ gap: 16 }}>
      <Checkbox label="A page may have several labels" checked={config.multiple === true} onChange={(event) => set({ multiple: event.currentTarget.checked })} />
      <Checkbox label="Each page needs a label" checked={config.every !== false} onChange={(event) => set({ every: event.currentTarget.checked })} />
    </div>
  );
}
