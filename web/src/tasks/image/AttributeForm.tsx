/** The small form beside a selected thing: each attribute answered with one click, or by Tab and Space. */
import { useState, type CSSProperties } from "react";
import type { Attribute } from "./attributes";
import css from "./image.module.css";

export interface AttributeFormProps {
  attributes: readonly Attribute[];
  values: Record<string, unknown>;
  readOnly: boolean;
  onAnswer(name: string, value: unknown): void;
}

/** More labels than this become a list to choose from. */
const CHIPS = 8;

export function AttributeForm({ attributes, values, readOnly, onAnswer }: AttributeFormProps) {
  return (
    <div className={css.attributes} role="group" aria-label="Attributes">
      {attributes.map((one) => (
        <fieldset key={one.name} disabled={readOnly} title={one.help ?? undefined}>
          <legend>{one.title}{one.required ? <em data-open={values[one.name] === undefined || undefined}> needed</em> : null}</legend>
          <Answer attribute={one} value={values[one.name]} onAnswer={(value) => onAnswer(one.name, value)} />
        </fieldset>
      ))}
    </div>
  );
}

function Answer({ attribute, value, onAnswer }: { attribute: Attribute; value: unknown; onAnswer(value: unknown): void }) {
  if (attribute.type === "text") return <Words key={String(value)} title={attribute.title} value={typeof value === "string" ? value : ""} onAnswer={onAnswer} />;
  if (attribute.type === "rating") {
    const steps = Array.from({ length: attribute.max - attribute.min + 1 }, (_, i) => attribute.min + i);
    return <Chips options={steps.map((n) => ({ value: n, title: String(n), color: null }))} chosen={[value]} onToggle={(n) => onAnswer(n === value ? undefined : n)} />;
  }
  const options = attribute.labels.map((label) => ({ value: label.value, title: label.title, color: label.color }));
  if (attribute.type === "choices") {
    const now = Array.isArray(value) ? (value as unknown[]) : [];
    const toggle = (one: unknown) => {
      const next = now.includes(one) ? now.filter((v) => v !== one) : [...now, one];
      onAnswer(next.length > 0 ? next : undefined);
    };
    return <Chips options={options} chosen={now} onToggle={toggle} />;
  }
  if (options.length <= CHIPS) return <Chips options={options} chosen={[value]} onToggle={(one) => onAnswer(one === value ? undefined : one)} />;
  return (
    <select value={typeof value === "string" ? value : ""} aria-label={attribute.title} onChange={(event) => onAnswer(event.currentTarget.value || undefined)}>
      <option value="">Not answered</option>
      {options.map((one) => <option key={one.value} value={one.value}>{one.title}</option>)}
    </select>
  );
}

interface Option {
  value: unknown;
  title: string;
  color: string | null;
}

function Chips({ options, chosen, onToggle }: { options: readonly Option[]; chosen: readonly unknown[]; onToggle(value: unknown): void }) {
  return (
    <div className={css.chips}>
      {options.map((one) => (
        <button key={String(one.value)} type="button" aria-pressed={chosen.includes(one.value)} style={one.color ? ({ "--label": one.color } as CSSProperties) : undefined} onClick={() => onToggle(one.value)}>{one.title}</button>
      ))}
    </div>
  );
}

function Words({ title, value, onAnswer }: { title: string; value: string; onAnswer(value: unknown): void }) {
  const [text, setText] = useState(value);
  const commit = () => text !== value && onAnswer(text === "" ? undefined : text);
  return (
    <input
      value={text} aria-label={title} spellCheck={false} onChange={(event) => setText(event.currentTarget.value)} onBlur={commit}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
        commit();
        event.stopPropagation();
      }}
    />
  );
}
