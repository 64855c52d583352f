/** One picker per field, one for the key, and what to do with the rest. */
import { MultiSelect, SegmentedControl, Select } from "@mantine/core";
import type { Field, LabelColumn, Mapping, Question } from "../../api/types";
import layout from "../../ui/layout.module.css";
import { mappingLines, withColumn, withLabels } from "./mapping";

export interface MappingEditorProps {
  fields: Field[];
  questions: Question[];
  columns: string[];
  guess: Mapping;
  mapping: Mapping;
  onChange(mapping: Mapping): void;
}

export function MappingEditor({ fields, questions, columns, guess, mapping, onChange }: MappingEditorProps) {
  const used = new Set([...Object.values(mapping.fields), ...Object.values(mapping.labels ?? {}).map((label) => label.column), mapping.key]);
  const free = columns.filter((column) => !used.has(column));
  return (
    <div className={layout.stack}>
      <div className={layout.two}>
        {mappingLines(fields, mapping, guess).map(({ field, column, guessed }) => (
          <Select
            key={field.name} label={field.title ?? field.name} description={`${field.kind}${guessed ? ", guessed from the data" : ""}`}
            placeholder="none" clearable searchable data={columns} value={column}
            onChange={(next) => onChange(withColumn(mapping, field.name, next))}
          />
        ))}
        <Select
          label="Key" description="Your own id, to find items again. Optional." placeholder="none" clearable searchable data={columns}
          value={mapping.key} onChange={(key) => onChange({ ...mapping, key })}
        />
      </div>
      <div className={`${layout.row} ${layout.wrap}`}>
        <span>Other columns:</span>
        <SegmentedControl
          aria-label="Other columns" size="xs" value={mapping.meta === "rest" ? "rest" : "some"}
          data={[
            { value: "rest", label: "keep all as metadata" },
            { value: "some", label: "keep only these" },
          ]}
          onChange={(value) => onChange({ ...mapping, meta: value === "rest" ? "rest" : [] })}
        />
        {mapping.meta !== "rest" ? (
          <MultiSelect
            className={layout.grow} aria-label="Columns kept as metadata" placeholder="none" data={free} value={mapping.meta}
            onChange={(meta) => onChange({ ...mapping, meta })}
          />
        ) : (
          <span className={layout.help}>{free.slice(0, 8).join(", ")}</span>
        )}
      </div>
      <LabelColumns questions={questions} columns={columns} mapping={mapping} onChange={onChange} />
    </div>
  );
}

const ROLES: { value: LabelColumn["role"]; label: string }[] = [
  { value: "answer", label: "as answers" },
  { value: "gold", label: "as gold answers" },
  { value: "suggestion", label: "as suggestions" },
];

function LabelColumns({ questions, columns, mapping, onChange }: Omit<MappingEditorProps, "fields" | "guess">) {
  return (
    <div className={layout.two}>
      {questions.map((question) => {
        const label = mapping.labels?.[question.name] ?? null;
        const set = (change: Partial<LabelColumn>) => label && onChange(withLabels(mapping, question.name, { ...label, ...change }));
        return (
          <div key={question.name} className={`${layout.row} ${layout.bottom}`}>
            <Select
              className={layout.grow} label={`Labels for “${question.title ?? question.name}”`} description="If the data is labelled already."
              placeholder="none" clearable searchable data={columns} value={label?.column ?? null}
              onChange={(column) => onChange(withLabels(mapping, question.name, column ? { column, role: label?.role ?? "answer" } : null))}
            />
            {label ? (
              <Select
                aria-label="Taken in as" w={150} data={ROLES} value={label.role ?? "answer"} allowDeselect={false}
                onChange={(role) => role && set({ role: role as LabelColumn["role"] })}
              />
            ) : null}
          </div>
        );
      })}
    </div>
  );
}
