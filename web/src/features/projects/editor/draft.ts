/** A project while it is being written: pure changes to a ProjectSpec. */
import type { Field, Label, Policy, ProjectSpec, Question } from "../../../api/types";

export const DEFAULT_POLICY: Policy = {
  overlap: 1,
  order: "random",
  explore: 0.2,
  blind_share: 0.05,
  show: "shown",
  suggest_from: null,
  annotators_choose: true,
  workflows: [],
  lease_minutes: 30,
  instant_submit: true,
  train_every: 10,
  window: 500,
  data: { models: [], fields: {}, mask: [], mask_local: false, keep_content: false },
  assistant: { connection: null, offers: ["draft", "explain", "guide", "check", "rewrite"], fields: null, instructions: "", max_tokens: 1024 },
  budgets: {},
  hidden: [],
  resolve: { aggregator: "merge", least: 2, certain: 0.8, questions: {} },
  review: { blind: true, conflicts: true, alarms: true, errors: true, sample: 0 },
  adaptive: null,
  gold_share: 0,
  planted_share: 0,
  planted_tell: "after",
  qualification: { items: 0, pass_mark: 0.8, feedback: "each", on_fail: "stop" },
};

export function emptySpec(): ProjectSpec {
  return {
    name: "",
    description: "",
    guidelines: "",
    fields: [{ name: "text", kind: "text" }],
    questions: [],
    policy: DEFAULT_POLICY,
    predictors: [],
  };
}

/** A spec from a recipe or a file, completed by what the form needs. */
export function completeSpec(spec: Partial<ProjectSpec>): ProjectSpec {
  const policy = { ...DEFAULT_POLICY, ...spec.policy };
  const data = { ...DEFAULT_POLICY.data, ...policy.data };
  return { ...emptySpec(), ...spec, policy: { ...policy, data, assistant: { ...DEFAULT_POLICY.assistant, ...policy.assistant } } };
}

/** "My question?" -> "my_question": a name that the server accepts. */
export function nameFrom(title: string, taken: readonly string[] = [], fallback = "question"): string {
  const plain = title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "");
  const start = plain.slice(0, 60) || fallback;
  let name = start;
  for (let n = 2; taken.includes(name); n += 1) name = `${start}_${n}`;
  return name;
}

/** Moves the entry at `from` by `by` places; stays within the list. */
export function moved<T>(list: readonly T[], from: number, by: number): T[] {
  const to = Math.min(list.length - 1, Math.max(0, from + by));
  const copy = [...list];
  const [entry] = copy.splice(from, 1);
  if (entry !== undefined) copy.splice(to, 0, entry);
  return copy;
}

export function replaced<T>(list: readonly T[], at: number, entry: T): T[] {
  return list.map((old, index) => (index === at ? entry : old));
}

/** Renames a question and keeps conditions pointing at it. */
export function withQuestion(questions: readonly Question[], at: number, next: Question): Question[] {
  const before = questions[at]?.name;
  return replaced(questions, at, next).map((question) =>
    question.when && question.when.question === before && before !== next.name
      ? { ...question, when: { ...question.when, question: next.name } }
      : question,
  );
}

/** Removes a question and the conditions that depended on it. */
export function withoutQuestion(questions: readonly Question[], at: number): Question[] {
  const gone = questions[at]?.name;
  return questions
    .filter((_, index) => index !== at)
    .map((question) => (question.when?.question === gone ? { ...question, when: undefined } : question));
}

/** Renames a field and keeps questions pointing at it. */
export function withField(spec: ProjectSpec, at: number, next: Field): ProjectSpec {
  const before = spec.fields[at]?.name;
  return {
    ...spec,
    fields: replaced(spec.fields, at, next),
    questions: spec.questions.map((q) => (q.field !== undefined && q.field === before ? { ...q, field: next.name } : q)),
  };
}

/** The labels of a question; a plain text stands for a label with that value. */
export function labelsOf(question: Question): Label[] {
  const labels = question.config.labels;
  if (!Array.isArray(labels)) return [];
  return labels.map((label: string | Label) => (typeof label === "string" ? { value: label } : label));
}

/** Labels as text: one a line, two spaces of indent per level of the tree, " | " before the description. */
export function labelsToText(labels: readonly Label[]): string {
  const depth = new Map<string, number>();
  return labels
    .map((label) => {
      const level = label.parent === undefined || label.parent === null ? 0 : (depth.get(label.parent) ?? -1) + 1;
      depth.set(label.value, level);
      return "  ".repeat(level) + label.value + (label.description ? ` | ${label.description.replaceAll("\n", " ")}` : "");
    })
    .join("\n");
}

/** Reads what `labelsToText` writes, also a pasted list. Repeats are dropped; colours and keys of known labels stay. */
export function textToLabels(text: string, known: readonly Label[] = []): Label[] {
  const before = new Map(known.map((label) => [label.value, label]));
  const found = new Map<string, Label>();
  const path: { indent: number; value: string }[] = [];
  for (const line of text.split(/\r?\n/)) {
    const indent = line.length - line.trimStart().length;
    const bare = line.trim().replace(/^[-*•]\s+/, "");
    const cut = bare.indexOf(" | ");
    const value = (cut < 0 ? bare : bare.slice(0, cut)).trim();
    if (value === "" || found.has(value)) continue;
    while (path.length > 0 && (path.at(-1)?.indent ?? 0) >= indent) path.pop();
    const parent = path.at(-1)?.value;
    path.push({ indent, value });
    found.set(value, {
      ...before.get(value),
      value,
      parent,
      description: cut < 0 ? undefined : bare.slice(cut + 3).trim(),
    });
  }
  return [...found.values()];
}

/** Labels without empty parts, as the server stores them. */
export function tidyLabels(labels: readonly Label[]): Label[] {
  return labels
    .filter((label) => label.value.trim() !== "")
    .map((label) => Object.fromEntries(Object.entries(label).filter(([, v]) => v !== "" && v !== undefined && v !== null)) as unknown as Label);
}

/** The spec as it is sent: label rows that were left empty are dropped. */
export function tidySpec(spec: ProjectSpec): ProjectSpec {
  const questions = spec.questions.map((question) =>
    Array.isArray(question.config.labels)
      ? { ...question, config: { ...question.config, labels: tidyLabels(labelsOf(question)) } }
      : question,
  );
  return { ...spec, name: spec.name.trim(), questions };
}

/** Whether an error's place lies at or under `prefix`: "questions.topic.config.labels[0]" is under "questions.topic". */
export function isUnder(place: string | null, prefix: string): boolean {
  return place !== null && (place === prefix || place.startsWith(`${prefix}.`) || place.startsWith(`${prefix}[`));
}
