/** Examples that are written into the prompt: a text, the right answer, and why. Those made from items keep their text. */
import { Select, Textarea, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import type { Project } from "../../../api/types";
import { Button, IconButton } from "../../../ui";
import { brief } from "../../../ui/format";
import layout from "../../../ui/layout.module.css";
import css from "./llm.module.css";
import type { FixedExample } from "./llmConfig";

interface Props {
  project: Project;
  question: string;
  examples: FixedExample[];
  onChange(examples: FixedExample[]): void;
}

export function ExamplesEditor({ project, question, examples, onChange }: Props) {
  const asked = project.spec.questions.find((one) => one.name === question);
  const raw = Array.isArray(asked?.config.labels) ? (asked.config.labels as (string | { value: string })[]) : [];
  const labels = asked?.type === "choice" ? raw.map((entry) => (typeof entry === "string" ? entry : entry.value)) : [];
  const set = (at: number, change: Partial<FixedExample>) => onChange(examples.map((one, index) => (index === at ? { ...one, ...change } : one)));
  return (
    <div className={`${layout.stack} ${layout.tight}`} role="group" aria-label="Written examples">
      {examples.length === 0 ? <p className={layout.help}>None yet. Write one, or make one from an error on the page “Compare”.</p> : null}
      {examples.map((one, at) => (
        <div key={at} className={css.example}>
          {one.data && Object.keys(one.data).length > 0 ? (
            <p className={css.quote} dir="auto">
              {brief(Object.values(one.data).join(" / "), 400)}
            </p>
          ) : (
            <Textarea aria-label={`Text of example ${at + 1}`} autosize minRows={1} maxRows={5} value={one.text ?? ""} onChange={(event) => set(at, { text: event.currentTarget.value })} />
          )}
          <div className={layout.row}>
            {labels.length > 0 ? (
              <Select aria-label={`Answer of example ${at + 1}`} data={labels} searchable value={typeof one.value === "string" ? one.value : null} onChange={(value) => set(at, { value: value ?? "" })} />
            ) : (
              <TextInput
                className={layout.grow} aria-label={`Answer of example ${at + 1}, as JSON`} defaultValue={JSON.stringify(one.value)}
                onBlur={(event) => set(at, { value: readValue(event.currentTarget.value) })}
              />
            )}
            <TextInput
              className={layout.grow} aria-label={`Why, of example ${at + 1}`} placeholder="why" value={one.why ?? ""}
              onChange={(event) => set(at, { why: event.currentTarget.value })}
            />
            <IconButton label={`Remove example ${at + 1}`} onClick={() => onChange(examples.filter((_, index) => index !== at))}>
              <IconTrash size={15} />
            </IconButton>
          </div>
        </div>
      ))}
      <div>
        <Button size="small" onClick={() => onChange([...examples, { text: "", value: labels[0] ?? "", why: "" }])}>
          Write an example
        </Button>
      </div>
    </div>
  );
}

/** JSON as it is; anything else as a text. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
