/** The arms of a study: ready-made ones, each of which can be changed. The first is the comparison. */
import { Checkbox, Select, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { modelsQuery } from "../../api/queries";
import type { Arm, Project, Show } from "../../api/types";
import { Button, IconButton } from "../../ui";
import layout from "../../ui/layout.module.css";
import css from "./studies.module.css";
import { describe, PRESETS } from "./studyWords";

const SHOWS: { value: Show; label: string }[] = [
  { value: "hidden", label: "no suggestions" },
  { value: "shown", label: "suggestions shown" },
  { value: "on_demand", label: "suggestions on demand" },
  { value: "after_first_answer", label: "suggestions after the first answer" },
];

interface Props {
  project: Project;
  arms: Arm[];
  onChange(arms: Arm[]): void;
}

export function ArmsEditor({ project, arms, onChange }: Props) {
  const models = useQuery(modelsQuery(project.id)).data ?? [];
  const sources = [...project.spec.policy.workflows.map((w) => w.name), ...models.map((m) => m.name)];
  const put = (at: number, part: Partial<Arm>) => onChange(arms.map((arm, k) => (k === at ? { ...arm, ...part } : arm)));
  const free = PRESETS.filter((preset) => !arms.some((arm) => arm.name === preset.name));
  return (
    <div className={layout.stack}>
      <ol className={css.arms}>
        {arms.map((arm, at) => (
          <li key={at} className={css.arm}>
            <div className={css.armHead}>
              <TextInput aria-label={`Name of arm ${at + 1}`} value={arm.name} onChange={(event) => put(at, { name: event.currentTarget.value })} />
              <span className={layout.help}>{at === 0 ? "the comparison: " : ""}{describe(arm)}</span>
              {arms.length > 2 ? <IconButton label={`Remove ${arm.name}`} size="small" onClick={() => onChange(arms.filter((_, k) => k !== at))}><IconTrash size={15} aria-hidden /></IconButton> : null}
            </div>
            <div className={css.armParts}>
              <Select aria-label={`Suggestions in ${arm.name}`} allowDeselect={false} data={SHOWS} value={arm.show} onChange={(show) => show && put(at, { show: show as Show })} />
              {arm.show === "hidden" ? null : (
                <Select
                  aria-label={`Whose suggestions in ${arm.name}`} placeholder="as the project says" clearable data={[...new Set(sources)]} value={arm.source}
                  onChange={(source) => put(at, { source })}
                />
              )}
              <Checkbox label="Assistant" checked={arm.assistant} onChange={(event) => put(at, { assistant: event.currentTarget.checked })} />
              <Checkbox label="Live judge" checked={arm.judge} onChange={(event) => put(at, { judge: event.currentTarget.checked })} />
            </div>
          </li>
        ))}
      </ol>
      {arms.length < 6 ? (
        <div className={`${layout.row} ${layout.wrap}`}>
          {free.map((preset) => (
            <Button key={preset.name} size="small" onClick={() => onChange([...arms, { ...preset }])}>Add {preset.name}</Button>
          ))}
        </div>
      ) : null}
    </div>
  );
}
