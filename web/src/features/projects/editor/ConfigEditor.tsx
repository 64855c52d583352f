/** The settings of a question, chosen by the shape of its answers; never by the name of a task type. Widgets may bring more. */
import { Checkbox, NumberInput, TextInput } from "@mantine/core";
import type { Field, Question } from "../../../api/types";
import { widgets } from "../../../tasks";
import layout from "../../../ui/layout.module.css";
import { labelsOf } from "./draft";
import { LabelsEditor } from "./LabelsEditor";

type Config = Record<string, unknown>;

interface PartProps {
  config: Config;
  set(change: Config): void;
}

interface ConfigEditorProps {
  question: Question;
  fields: readonly Field[];
  shape: string;
  onChange(question: Question): void;
}

/** Shapes whose settings are no list of labels. */
const UNLABELLED = new Set(["", "number", "text", "ranks", "scores", "turns", "fields"]);

export function ConfigEditor({ question, fields, shape, onChange }: ConfigEditorProps) {
  const { config } = question;
  const set = (change: Config) => onChange({ ...question, config: { ...config, ...change } });
  const labelled = !UNLABELLED.has(shape) && !(shape === "turn_marks" && !Array.isArray(config.labels));
  const Settings = widgets[question.type]?.Settings;
  return (
    <>
      {Settings ? <Settings question={question} fields={fields} onChange={onChange} /> : null}
      {labelled ? (
        <LabelsEditor labels={labelsOf(question)} tree={shape === "labels"} onChange={(labels) => set({ labels })} />
      ) : null}
      {shape === "labels" ? <ManyPart config={config} set={set} /> : null}
      {shape === "number" ? <NumberPart config={config} set={set} /> : null}
      {shape === "text" ? <TextPart config={config} set={set} /> : null}
      {shape === "spans" ? (
        <Checkbox
          label="Stretches may overlap" checked={config.overlap !== false}
          onChange={(event) => set({ overlap: event.currentTarget.checked })}
        />
      ) : null}
    </>
  );
}

function asNumber(value: unknown): number | "" {
  return typeof value === "number" ? value : "";
}

function ManyPart({ config, set }: PartProps) {
  return (
    <div className={`${layout.row} ${layout.wrap} ${layout.bottom}`} style={{ gap: 16 }}>
      <NumberInput
        label="At least" w={110} min={0} value={asNumber(config.min ?? 0)}
        onChange={(value) => set({ min: typeof value === "number" ? value : 0 })}
      />
      <NumberInput
        label="At most" w={110} min={1} placeholder="no limit" value={asNumber(config.max)}
        onChange={(value) => set({ max: typeof value === "number" ? value : null })}
      />
      <Checkbox
        pb={7} label="Only the ends of branches may be chosen" checked={config.leaf_only === true}
        onChange={(event) => set({ leaf_only: event.currentTarget.checked })}
      />
    </div>
  );
}

function NumberPart({ config, set }: PartProps) {
  const low = typeof config.min === "number" ? config.min : 1;
  const high = typeof config.max === "number" ? config.max : 5;
  const words = (config.labels ?? {}) as Record<string, string>;
  const scores = Array.from({ length: Math.min(11, Math.max(0, high - low + 1)) }, (_, index) => String(low + index));
  const setWord = (score: string, word: string) => {
    const { [score]: _old, ...rest } = words;
    set({ labels: word ? { ...rest, [score]: word } : rest });
  };
  return (
    <>
      <div className={layout.row} style={{ gap: 16 }}>
        <NumberInput label="From" w={110} value={low} onChange={(value) => set({ min: Number(value) || 0, labels: {} })} />
        <NumberInput label="To" w={110} value={high} onChange={(value) => set({ max: Number(value) || 0, labels: {} })} />
      </div>
      <div className={`${layout.row} ${layout.wrap}`} role="group" aria-label="Words for the scores">
        {scores.map((score) => (
          <TextInput
            key={score} label={score} w={120} placeholder="word (optional)" value={words[score] ?? ""}
            onChange={(event) => setWord(score, event.currentTarget.value)}
          />
        ))}
      </div>
    </>
  );
}

function TextPart({ config, set }: PartProps) {
  return (
    <div className={`${layout.row} ${layout.wrap} ${layout.bottom}`} style={{ gap: 16 }}>
      <TextInput
        className={layout.grow} label="Shown while empty" value={typeof config.placeholder === "string" ? config.placeholder : ""}
        onChange={(event) => set({ placeholder: event.currentTarget.value })}
      />
      <NumberInput
        label="Longest, in characters" w={170} min={1} placeholder="200,000" value={asNumber(config.max_length)}
        onChange={(value) => set({ max_length: typeof value === "number" ? value : 200_000 })}
      />
      <Checkbox
        pb={7} label="Several lines" checked={config.multiline !== false}
        onChange={(event) => set({ multiline: event.currentTarget.checked })}
      />
    </div>
  );
}
