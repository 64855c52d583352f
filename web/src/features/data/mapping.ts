/** From columns of a file to fields of the project: what was guessed, what is missing, what becomes metadata. */
import type { Field, LabelColumn, Mapping } from "../../api/types";

export interface MappingLine {
  field: Field;
  column: string | null;
  /** As the server guessed it, not changed by hand. */
  guessed: boolean;
}

export function mappingLines(fields: readonly Field[], mapping: Mapping, guess: Mapping): MappingLine[] {
  return fields.map((field) => {
    const column = mapping.fields[field.name] ?? null;
    return { field, column, guessed: column !== null && guess.fields[field.name] === column };
  });
}

/** Why the import cannot start with this mapping, or null. */
export function mappingTrouble(fields: readonly Field[], mapping: Mapping): string | null {
  const filled = fields.filter((field) => mapping.fields[field.name]);
  if (filled.length > 0) return null;
  const names = fields.map((field) => field.title ?? field.name).join(" or ");
  return `Say which column holds ${names}.`;
}

/** The mapping with one field on another column (null: none). */
export function withColumn(mapping: Mapping, field: string, column: string | null): Mapping {
  const { [field]: _old, ...rest } = mapping.fields;
  return { ...mapping, fields: column === null ? rest : { ...rest, [field]: column } };
}

/** The mapping with labels of a question taken from a column (null: none). */
export function withLabels(mapping: Mapping, question: string, label: LabelColumn | null): Mapping {
  const { [question]: _old, ...rest } = mapping.labels ?? {};
  return { ...mapping, labels: label === null ? rest : { ...rest, [question]: label } };
}

/** What each column becomes, for the head of the preview table. */
export function columnUse(column: string, fields: readonly Field[], mapping: Mapping): string {
  const uses = fields.filter((field) => mapping.fields[field.name] === column).map((field) => field.title ?? field.name);
  if (mapping.key === column) uses.push("key");
  for (const [question, label] of Object.entries(mapping.labels ?? {})) {
    if (label.column === column) uses.push(`${label.role ?? "answer"} to ${question}`);
  }
  if (uses.length > 0) return uses.join(", ");
  const kept = mapping.meta === "rest" || mapping.meta.includes(column);
  return kept ? "metadata" : "left out";
}

/** Bad rows as CSV text, safe to open in a spreadsheet. */
export function badRowsCsv(rows: readonly { line: number | null; source?: string; reason: string; raw?: string }[]): string {
  const cell = (value: unknown) => {
    const text = String(value ?? "");
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return `"${safe.replaceAll('"', '""')}"`;
  };
  const lines = rows.map((row) => [row.source, row.line, row.reason, row.raw].map(cell).join(","));
  return ["source,line,reason,raw", ...lines].join("\r\n");
}
