/** What is asked about turns: labels or a rating, on whose turns, and whether each needs a mark. */
import { Checkbox, NumberInput, SegmentedControl, TagsInput } from "@mantine/core";
import layout from "../../ui/layout.module.css";
import type { SettingsProps } from "../types";
import { isRated, stepsOf } from "./marks";

export function Settings({ question, onChange }: SettingsProps) {
  const { config } = question;
  const set = (change: Record<string, unknown>) => onChange({ ...question, config: { ...config, ...change } });
  const { labels: _labels, multiple: _multiple, min: _min, max: _max, ...rest } = config;
  const rated = isRated(question);
  const steps = stepsOf(question);
  return (
    <div className={`${layout.stack} ${layout.tight}`}>
      <div className={`${layout.row} ${layout.wrap} ${layout.bottom}`} style={{ gap: 16 }}>
        <SegmentedControl
          aria-label="Each turn gets" data={[{ value: "labels", label: "Labels" }, { value: "rating", label: "A rating" }]} value={rated ? "rating" : "labels"}
          onChange={(kind) => onChange({ ...question, config: kind === "rating" ? { ...rest, min: 1, max: 5 } : { ...rest, labels: [{ value: "good" }, { value: "bad" }] } })}
        />
        {rated ? (
          <>
            <NumberInput label="From" w={90} allowDecimal={false} value={steps[0] ?? 1} onChange={(min) => typeof min === "number" && set({ min })} />
            <NumberInput label="To" w={90} allowDecimal={false} value={steps.at(-1) ?? 5} onChange={(max) => typeof max === "number" && set({ max })} />
          </>
        ) : (
          <Checkbox pb={7} label="A turn may have several labels" checked={config.multiple === true} onChange={(event) => set({ multiple: event.currentTarget.checked })} />
        )}
        <Checkbox pb={7} label="Calls of tools and results too" checked={config.steps === true} onChange={(event) => set({ steps: event.currentTarget.checked })} />
        <Checkbox pb={7} label="Each of them needs a mark" checked={config.every !== false} onChange={(event) => set({ every: event.currentTarget.checked })} />
      </div>
      <TagsInput
        label="Whose turns" description="Roles such as assistant, user, tool; none means all turns." data={["assistant", "user", "tool", "system"]}
        value={Array.isArray(config.roles) ? (config.roles as string[]) : ["assistant"]} onChange={(roles) => set({ roles })}
      />
    </div>
  );
}
