/** The document that a question is about. */
import type { Asker } from "../../api/documentQueries";
import type { Field, Item, MediaValue, Question } from "../../api/types";
import { isMedia } from "../../media/prefetch";

/** Kinds of fields that are shown as pages. */
export const PAGED = new Set(["document", "image"]);

export const documentField = (question: Question, fields: readonly Field[]): Field | undefined =>
  fields.find((field) => field.name === question.field) ?? fields.find((field) => PAGED.has(field.kind));

export function documentOf(question: Question, fields: readonly Field[], item: Item): { value: MediaValue; asker: Asker; name: string } | null {
  const field = documentField(question, fields);
  const value = field ? item.data[field.name] : undefined;
  if (!field || !isMedia(value)) return null;
  return { value, asker: { project: item.project_id, item: item.id, field: field.name }, name: field.title ?? field.name };
}
