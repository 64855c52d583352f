/** The labels of a question as rows, or as text for long lists and trees. */
import { Select, Textarea, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconTrash } from "@tabler/icons-react";
import { useState, type ClipboardEvent } from "react";
import type { Label } from "../../../api/types";
import { Button, IconButton } from "../../../ui";
import { labelColor, resolveColor } from "../../../ui/labelColor";
import layout from "../../../ui/layout.module.css";
import { labelsToText, moved, replaced, textToLabels } from "./draft";
import css from "./editor.module.css";

/** More rows than this are edited as text. */
const MOST_ROWS = 100;

export interface LabelsEditorProps {
  labels: Label[];
  /** Offer parents: the answer may be a path in a tree. */
  tree: boolean;
  onChange(labels: Label[]): void;
}

export function LabelsEditor({ labels, tree, onChange }: LabelsEditorProps) {
  const [text, setText] = useState<string | null>(null);
  const long = labels.length > MOST_ROWS;
  const asText = text !== null || long;
  const readText = (value: string) => {
    setText(value);
    onChange(textToLabels(value, labels));
  };
  return (
    <div className={css.labels} role="group" aria-label="Labels">
      <div className={layout.row}>
        <h3 className={layout.grow}>Labels {labels.length > 0 ? <span className="dim">{labels.length}</span> : null}</h3>
        <Button size="small" kind="quiet" disabled={long} onClick={() => setText(asText ? null : labelsToText(labels))}>
          {asText ? "Edit as rows" : "Paste or edit as text"}
        </Button>
      </div>
      {asText ? (
        <Textarea
          aria-label="Labels as text" autosize minRows={4} maxRows={16} value={text ?? labelsToText(labels)}
          onChange={(event) => readText(event.currentTarget.value)}
          description={`One label a line${tree ? "; two more spaces at the start make a child" : ""}. After " | " comes a description.`}
          styles={{ input: { fontFamily: "var(--mono)" } }}
        />
      ) : (
        <LabelRows labels={labels} tree={tree} onChange={onChange} />
      )}
    </div>
  );
}

function LabelRows({ labels, tree, onChange }: LabelsEditorProps) {
  const set = (at: number, change: Partial<Label>) => onChange(replaced(labels, at, { ...(labels[at] as Label), ...change }));
  const rename = (at: number, value: string) => {
    const before = labels[at]?.value;
    const next = labels.map((label) => (tree && label.parent === before && before !== "" ? { ...label, parent: value } : label));
    onChange(replaced(next, at, { ...(next[at] as Label), value }));
  };
  const paste = (at: number) => (event: ClipboardEvent) => {
    const added = textToLabels(event.clipboardData.getData("text"));
    if (added.length < 2) return;
    event.preventDefault();
    const known = new Set(labels.map((label) => label.value));
    const kept = labels.filter((label, index) => index !== at || label.value !== "");
    onChange([...kept, ...added.filter((label) => !known.has(label.value))]);
  };
  return (
    <>
      {labels.length > 0 ? (
        <div className={`${css.label} ${css.labelHead}`} data-tree={tree || undefined} aria-hidden>
          <span>Col.</span>
          <span>Label</span>
          {tree ? <span>Under</span> : null}
          <span>Key</span>
          <span>What it means</span>
          <span />
        </div>
      ) : null}
      {labels.map((label, at) => (
        <div key={at} className={css.label} data-tree={tree || undefined}>
          <input
            type="color" className={css.swatch} aria-label={`Colour of label ${at + 1}`}
            value={resolveColor(labelColor(label, at)) || "#888888"}
            onChange={(event) => set(at, { color: event.currentTarget.value })}
          />
          <TextInput
            aria-label={`Label ${at + 1}`} placeholder="for example billing" value={label.value} onPaste={paste(at)}
            onChange={(event) => rename(at, event.currentTarget.value)}
          />
          {tree ? (
            <Select
              aria-label={`Parent of label ${at + 1}`} placeholder="(top)" clearable searchable value={label.parent ?? null}
              data={labels.filter((other) => other.value && other.value !== label.value).map((other) => other.value)}
              onChange={(parent) => set(at, { parent: parent ?? undefined })}
            />
          ) : null}
          <TextInput
            aria-label={`Key of label ${at + 1}`} value={label.key ?? ""} placeholder={at < 10 ? String((at + 1) % 10) : ""}
            onChange={(event) => set(at, { key: event.currentTarget.value.slice(-1) || undefined })}
          />
          <TextInput
            aria-label={`Description of label ${at + 1}`} value={label.description ?? ""}
            onChange={(event) => set(at, { description: event.currentTarget.value || undefined })}
          />
          <div className={layout.row} style={{ gap: 0 }}>
            <IconButton size="small" label={`Move label ${at + 1} up`} disabled={at === 0} onClick={() => onChange(moved(labels, at, -1))}>
              <IconArrowUp size={14} />
            </IconButton>
            <IconButton
              size="small" label={`Move label ${at + 1} down`} disabled={at === labels.length - 1}
              onClick={() => onChange(moved(labels, at, 1))}
            >
              <IconArrowDown size={14} />
            </IconButton>
            <IconButton
              size="small" label={`Remove label ${at + 1}`}
              onClick={() => onChange(labels.filter((other) => other !== label).map((other) => (other.parent === label.value ? { ...other, parent: label.parent } : other)))}
            >
              <IconTrash size={14} />
            </IconButton>
          </div>
        </div>
      ))}
      <div>
        <Button size="small" onClick={() => onChange([...labels, { value: "" }])}>
          Add label
        </Button>
      </div>
    </>
  );
}
