/** One criterion: its title, what it looks at, its weight, and each level of its scale in words, with the mark to reach. */
import { NumberInput, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconMinus, IconPlus, IconTrash } from "@tabler/icons-react";
import type { Criterion } from "../../api/types";
import { Button, IconButton } from "../../ui";
import layout from "../../ui/layout.module.css";
import css from "./rubric.module.css";
import { nameFrom, resized } from "./rubricDraft";

interface CriterionProps {
  criterion: Criterion;
  place: number;
  last: number;
  may: boolean;
  onChange(next: Criterion): void;
  onMove(by: -1 | 1): void;
  onRemove(): void;
}

export function CriterionEditor({ criterion, place, last, may, onChange, onMove, onRemove }: CriterionProps) {
  const title = criterion.title || `Criterion ${place + 1}`;
  const fresh = criterion.name.startsWith("criterion-") || criterion.name === nameFrom(criterion.title);
  const retitle = (next: string) => onChange({ ...criterion, title: next, name: fresh && nameFrom(next) ? nameFrom(next) : criterion.name });
  return (
    <section className={css.criterion} aria-label={title}>
      <header className={css.head}>
        <h2 className={layout.grow}>{title}</h2>
        {may ? (
          <>
            <IconButton size="small" label={`Move ${title} up`} disabled={place === 0} onClick={() => onMove(-1)}><IconArrowUp size={15} /></IconButton>
            <IconButton size="small" label={`Move ${title} down`} disabled={place === last} onClick={() => onMove(1)}><IconArrowDown size={15} /></IconButton>
            <IconButton size="small" label={`Remove ${title}`} onClick={onRemove}><IconTrash size={15} /></IconButton>
          </>
        ) : null}
      </header>
      <div className={css.fields}>
        <TextInput label="Title" value={criterion.title} disabled={!may} onChange={(event) => retitle(event.currentTarget.value)} />
        <TextInput
          label="What it looks at" value={criterion.description} disabled={!may}
          onChange={(event) => onChange({ ...criterion, description: event.currentTarget.value })}
        />
        <NumberInput
          label="Weight" min={0} max={100} step={0.5} value={criterion.weight} disabled={!may}
          onChange={(value) => onChange({ ...criterion, weight: typeof value === "number" ? value : criterion.weight })}
        />
      </div>
      <Levels criterion={criterion} may={may} onChange={onChange} />
    </section>
  );
}

function Levels({ criterion, may, onChange }: Pick<CriterionProps, "criterion" | "may" | "onChange">) {
  const describe = (at: number, description: string) =>
    onChange({ ...criterion, levels: criterion.levels.map((l, k) => (k === at ? { ...l, description } : l)) });
  return (
    <fieldset className={css.levels}>
      <legend>Scale, from worst to best</legend>
      {criterion.levels.map((level, k) => (
        <div key={level.score} className={css.level} data-below={(criterion.pass_mark !== null && level.score < criterion.pass_mark) || undefined}>
          <label className={css.mark} title="An answer below this level raises an alarm">
            <input
              type="radio" name={`mark-${criterion.name}`} checked={criterion.pass_mark === level.score} disabled={!may || k === 0}
              aria-label={`Good enough from ${level.score}`} onChange={() => onChange({ ...criterion, pass_mark: level.score })}
            />
            <span>{level.score}</span>
          </label>
          <TextInput
            size="xs" aria-label={`Level ${level.score} in words`} placeholder="What does an answer at this level look like?" value={level.description} disabled={!may}
            onChange={(event) => describe(k, event.currentTarget.value)}
          />
        </div>
      ))}
      <div className={css.levelTools}>
        <span className={layout.grow}>{criterion.pass_mark === null ? "No mark of its own; only the weighted mean counts." : `Good enough from ${criterion.pass_mark}; below it raises an alarm.`}</span>
        {may && criterion.pass_mark !== null ? <Button size="small" kind="quiet" onClick={() => onChange({ ...criterion, pass_mark: null })}>No mark</Button> : null}
        {may ? (
          <>
            <IconButton size="small" label="One level less" disabled={criterion.levels.length <= 2} onClick={() => onChange(resized(criterion, -1))}><IconMinus size={15} /></IconButton>
            <IconButton size="small" label="One level more" disabled={criterion.levels.length >= 11} onClick={() => onChange(resized(criterion, 1))}><IconPlus size={15} /></IconButton>
          </>
        ) : null}
      </div>
    </fieldset>
  );
}
