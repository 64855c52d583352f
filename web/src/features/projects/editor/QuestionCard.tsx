/** One question: folded to a line, or open with everything about it. */
import { Checkbox, MultiSelect, Select, Textarea, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconChevronDown, IconChevronRight, IconTrash } from "@tabler/icons-react";
import type { Field, Kinds, Question, Show } from "../../../api/types";
import { IconButton, Note } from "../../../ui";
import layout from "../../../ui/layout.module.css";
import { ConfigEditor } from "./ConfigEditor";
import { labelsOf } from "./draft";
import css from "./editor.module.css";
import { SHOW_CHOICES } from "./show";

export interface QuestionCardProps {
  question: Question;
  at: number;
  earlier: Question[];
  fields: Field[];
  kinds: Kinds;
  open: boolean;
  last: boolean;
  /** What the server said about this question. */
  trouble: string | null;
  onToggle(): void;
  onChange(question: Question): void;
  onMove(by: number): void;
  onRemove(): void;
}

export function QuestionCard(props: QuestionCardProps) {
  const { question, at, kinds, open, last, trouble, onToggle, onMove, onRemove } = props;
  const type = kinds.task_types.find((one) => one.name === question.type);
  const Chevron = open ? IconChevronDown : IconChevronRight;
  return (
    <div className={css.question} data-wrong={trouble !== null || undefined}>
      <div className={css.head}>
        <button type="button" aria-expanded={open} onClick={onToggle}>
          <Chevron size={15} aria-hidden />
          <span className={css.number}>{at + 1}</span>
          <strong className={layout.cut}>{question.title || question.name}</strong>
          <span className={`dim ${layout.cut}`}>
            {type?.title ?? question.type}
            {labelsOf(question).length > 0 ? `, ${labelsOf(question).length} labels` : ""}
            {question.when ? `, only after ${question.when.question}` : ""}
          </span>
        </button>
        <IconButton size="small" label="Move up" disabled={at === 0} onClick={() => onMove(-1)}>
          <IconArrowUp size={14} />
        </IconButton>
        <IconButton size="small" label="Move down" disabled={last} onClick={() => onMove(1)}>
          <IconArrowDown size={14} />
        </IconButton>
        <IconButton size="small" label="Remove question" onClick={onRemove}>
          <IconTrash size={14} />
        </IconButton>
      </div>
      {open ? <QuestionBody {...props} /> : null}
    </div>
  );
}

function QuestionBody({ question, earlier, fields, kinds, trouble, onChange }: QuestionCardProps) {
  const set = (change: Partial<Question>) => onChange({ ...question, ...change });
  const type = kinds.task_types.find((one) => one.name === question.type);
  const marks = type !== undefined && !type.field_kinds.includes("*");
  const fitting = fields.filter((field) => !marks || type.field_kinds.includes(field.kind));
  return (
    <div className={css.body}>
      {trouble ? <Note tone="danger">{trouble}</Note> : null}
      <div className={layout.two}>
        <TextInput
          label="What is asked" placeholder="What is this message about?" value={question.title ?? ""}
          onChange={(event) => set({ title: event.currentTarget.value || undefined })}
        />
        <TextInput
          label="Name in the data" value={question.name} spellCheck={false}
          onChange={(event) => set({ name: event.currentTarget.value.replace(/[^\w-]/g, "_") })}
        />
        <Select
          label="Kind of answer" data={kinds.task_types.map((one) => ({ value: one.name, label: one.title }))} value={question.type}
          allowDeselect={false} onChange={(name) => name && set({ type: name, config: keepLabels(question) })}
        />
        {marks ? (
          <Select
            label="Marks the field" value={question.field ?? fitting[0]?.name ?? null} data={fitting.map((field) => field.name)}
            onChange={(field) => set({ field: field ?? undefined })}
            error={fitting.length === 0 ? `Needs a field of kind ${type.field_kinds.join(" or ")}.` : undefined}
          />
        ) : null}
      </div>
      <ConfigEditor question={question} fields={fields} shape={type?.shape ?? ""} onChange={onChange} />
      <Textarea
        label="Help" description="Shown under the question." autosize minRows={1} value={question.help ?? ""}
        onChange={(event) => set({ help: event.currentTarget.value || undefined })}
      />
      {earlier.length > 0 ? <WhenEditor question={question} earlier={earlier} onChange={onChange} /> : null}
      <div className={`${layout.row} ${layout.wrap} ${layout.bottom}`} style={{ gap: 24 }}>
        <Select
          label="Suggestions for this question" w={260} value={question.show ?? ""} allowDeselect={false}
          data={[{ value: "", label: question.subjective ? "After the first answer" : "As the project says" }, ...SHOW_CHOICES]}
          onChange={(show) => set({ show: (show || undefined) as Show | undefined })}
        />
        <Checkbox
          pb={7} label="People may rightly differ" title="Suggestions then appear only after the person's own first answer, unless chosen otherwise."
          checked={question.subjective === true} onChange={(event) => set({ subjective: event.currentTarget.checked || undefined })}
        />
        <Checkbox
          pb={7} label="Must be answered" checked={question.required !== false}
          onChange={(event) => set({ required: event.currentTarget.checked })}
        />
      </div>
    </div>
  );
}

/** Labels survive a change of the kind of answer where they are a list. */
function keepLabels(question: Question): Record<string, unknown> {
  const labels = labelsOf(question);
  return labels.length > 0 ? { labels } : {};
}

function WhenEditor({ question, earlier, onChange }: { question: Question; earlier: Question[]; onChange(q: Question): void }) {
  const { when } = question;
  const source = earlier.find((other) => other.name === when?.question);
  const known = source ? labelsOf(source).map((label) => ({ value: label.value, label: label.title ?? label.value })) : [];
  const numbers = source && known.length === 0 ? Array.from({ length: 11 }, (_, n) => String(n)) : [];
  const readValue = (value: string) => (known.length === 0 && /^\d+$/.test(value) ? Number(value) : value);
  return (
    <div className={`${layout.row} ${layout.bottom}`}>
      <Select
        label="Ask when" w={260} clearable placeholder="always" value={when?.question ?? null}
        data={earlier.map((other) => ({ value: other.name, label: other.title ?? other.name }))}
        onChange={(name) => onChange({ ...question, when: name ? { question: name, any_of: [] } : undefined })}
      />
      {when ? (
        <MultiSelect
          className={layout.grow} label="was answered with one of" searchable data={known.length > 0 ? known : numbers}
          value={when.any_of.map(String)} error={when.any_of.length === 0 ? "Choose at least one answer." : undefined}
          onChange={(values) => onChange({ ...question, when: { ...when, any_of: values.map(readValue) } })}
        />
      ) : null}
    </div>
  );
}
