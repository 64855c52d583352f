/** The criteria of a rubric: names, what they mean, and the levels, one a line. */
import { Checkbox, NumberInput, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { Button, IconButton } from "../../ui";
import type { SettingsProps } from "../types";
import { criteriaOf, type Criterion, type Level } from "./rubric";
import css from "./rubric.module.css";

export function Settings({ question, onChange }: SettingsProps) {
  const criteria = criteriaOf(question);
  const set = (change: Record<string, unknown>) => onChange({ ...question, config: { ...question.config, ...change } });
  const put = (at: number, change: Partial<Criterion>) => set({ criteria: criteria.map((one, i) => (i === at ? { ...one, ...change } : one)) });
  return (
    <div className={css.settings} role="group" aria-label="Criteria">
      {criteria.map((one, at) => (
        <div key={at} className={css.own}>
          <div className={css.criterion}>
            <TextInput label="Criterion" value={one.name} onChange={(event) => put(at, { name: event.currentTarget.value, title: one.title === one.name.replaceAll("_", " ") ? "" : one.title })} />
            <TextInput label="What it means" value={one.description} onChange={(event) => put(at, { description: event.currentTarget.value })} />
            <NumberInput label="Weight" min={0} max={1000} value={one.weight} onChange={(weight) => typeof weight === "number" && put(at, { weight })} />
            <IconButton label={`Remove ${one.title}`} disabled={criteria.length === 1} onClick={() => set({ criteria: criteria.filter((_, i) => i !== at) })}><IconTrash size={15} /></IconButton>
          </div>
          <Levels levels={one.levels} onChange={(levels) => put(at, { levels })} />
        </div>
      ))}
      <div>
        <Button icon={<IconPlus size={15} aria-hidden />} onClick={() => set({ criteria: [...criteria, { name: freshName(criteria), levels: criteria.at(-1)?.levels }] })}>Add criterion</Button>
      </div>
      <Checkbox label="Criteria that do not apply may be left without a score" checked={question.config.partial === true} onChange={(event) => set({ partial: event.currentTarget.checked })} />
    </div>
  );
}

/** Written as lines: "1: poor". What cannot be read yet stays as it is typed. */
function Levels({ levels, onChange }: { levels: readonly Level[]; onChange(levels: Level[]): void }) {
  const [text, setText] = useState<string | null>(null);
  const read = (next: string) => {
    setText(next);
    const found = levelsFrom(next);
    if (found) onChange(found);
  };
  return (
    <Textarea
      label="Levels, one a line: score, colon, description" autosize minRows={2} maxRows={12} mt={8} value={text ?? levels.map((level) => `${level.score}: ${level.description}`).join("\n")}
      onChange={(event) => read(event.currentTarget.value)} onBlur={() => setText(null)} error={text !== null && !levelsFrom(text) ? "Write at least two lines such as “1: poor”, scores ascending." : undefined}
    />
  );
}

/** The levels in a text; null where it does not make a scale. */
export function levelsFrom(text: string): Level[] | null {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const found = lines.map((line) => /^\s*(-?\d+)\s*[:.)-]?\s*(.*)$/.exec(line));
  if (found.length < 2 || found.some((match) => match === null)) return null;
  const levels = found.map((match) => ({ score: Number(match![1]), description: match![2]!.trim() }));
  return levels.every((level, i) => i === 0 || level.score > levels[i - 1]!.score) ? levels : null;
}

function freshName(criteria: readonly Criterion[]): string {
  const taken = new Set(criteria.map((one) => one.name));
  for (let n = criteria.length + 1; ; n++) if (!taken.has(`criterion_${n}`)) return `criterion_${n}`;
}
