/** The attributes of things, as a question asks for them: small questions about each thing. */
import type { Question } from "../../api/types";
import { labelsOf, type LabelEntry } from "../labels/label-set";

export interface Attribute {
  name: string;
  type: string;
  title: string;
  help: string | null;
  required: boolean;
  labels: readonly LabelEntry[];
  min: number;
  max: number;
}

interface Raw {
  name: string;
  type?: string;
  title?: string;
  help?: string;
  config?: Record<string, unknown>;
  required?: boolean;
  only?: string[];
}

const rawOf = (question: Question): Raw[] => (Array.isArray(question.config.attributes) ? (question.config.attributes as Raw[]) : []);
const known = new WeakMap<object, Attribute>();

/** What is asked of things of a label. */
export function attributesOf(question: Question, label: string): Attribute[] {
  return rawOf(question)
    .filter((one) => !one.only || one.only.length === 0 || one.only.includes(label))
    .map((one) => known.get(one) ?? read(one));
}

function read(one: Raw): Attribute {
  const config = one.config ?? {};
  const made: Attribute = {
    name: one.name, type: one.type ?? "choice", title: one.title ?? one.name, help: one.help ?? null, required: one.required ?? false,
    labels: labelsOf({ name: one.name, type: "", config }),
    min: typeof config.min === "number" ? config.min : 1, max: typeof config.max === "number" ? config.max : 5,
  };
  known.set(one, made);
  return made;
}

/** What keeps an answer from being sent: a thing without an attribute that is needed. */
export function missingAttribute(question: Question, value: readonly { label: string; attributes?: Record<string, unknown> }[]): string | null {
  if (!rawOf(question).some((one) => one.required)) return null;
  for (const mark of value) {
    const open = attributesOf(question, mark.label).find((one) => one.required && mark.attributes?.[one.name] === undefined);
    if (open) return `A thing labelled “${mark.label}” has no answer for “${open.title}”. Select it and answer beside it.`;
  }
  return null;
}
