/** The settings of a connected language model as a form holds them, and as they are stored. What a form does not know stays. */

export type Signal = "logprob" | "samples" | "order" | "stated" | "committee";
export type ExampleMode = "none" | "similar" | "fixed";

export interface FixedExample {
  value: unknown;
  data?: Record<string, string>;
  text?: string;
  why?: string;
}

export interface Member {
  connection: string;
  instructions: string | null;
}

export interface LlmConfig {
  connection: string;
  fallback: string[];
  instructions: string;
  template: string | null;
  examples: { mode: ExampleMode; k: number; explain: boolean };
  fixed_examples: FixedExample[];
  reason: boolean;
  confidence: Signal[];
  samples: number;
  committee: Member[];
  temperature: number | null;
  max_tokens: number;
  retries: number;
  fields: string[] | null;
}

export const DEFAULTS: LlmConfig = {
  connection: "", fallback: [], instructions: "", template: null, examples: { mode: "none", k: 4, explain: false }, fixed_examples: [],
  reason: true, confidence: ["stated"], samples: 1, committee: [], temperature: null, max_tokens: 1024, retries: 2, fields: null,
};

/** What a project sends where no other template is set. Places stand between double braces. */
export const TEMPLATE = `You label data for the project "{{project}}". You answer one question about one item.

# Question

{{question}}

{{instructions}}

{{guidelines}}

# Answer

{{answer}}`;

export const SIGNALS: { value: Signal; title: string; text: string }[] = [
  { value: "logprob", title: "Probability of the answer's words", text: "The best single sign, where the server tells it. Costs nothing." },
  { value: "stated", title: "A number that the model states", text: "Often too high, so it is never shown as it is. Costs a few tokens." },
  { value: "samples", title: "Several answers to the same item", text: "How often they agree. Costs as many calls." },
  { value: "order", title: "The labels in another order", text: "Whether the answer stays. Costs one more call." },
  { value: "committee", title: "Other models or instructions", text: "How far they agree. Costs a call for each." },
];

/** What a signal is called where it is listed, those included that are always there. */
export function signalName(name: string): string {
  if (name === "valid") return "whether the answer fitted at the first attempt";
  return SIGNALS.find((one) => one.value === name)?.title.toLowerCase() ?? name;
}

/** A stored config with its defaults. */
export function readConfig(raw: Record<string, unknown>): LlmConfig {
  const given = raw as Partial<LlmConfig>;
  return { ...DEFAULTS, ...given, examples: { ...DEFAULTS.examples, ...given.examples } };
}

/** The config to store: the form's settings over whatever else was stored. Signals that need a number get one that works. */
export function writeConfig(stored: Record<string, unknown>, form: LlmConfig): Record<string, unknown> {
  const sampled = form.confidence.includes("samples");
  const asked = form.confidence.includes("committee");
  const committee = form.committee.filter((member) => member.connection !== "" || (member.instructions ?? "").trim() !== "");
  return {
    ...stored,
    ...form,
    template: form.template === null || form.template.trim() === "" || form.template === TEMPLATE ? null : form.template,
    samples: sampled ? Math.max(3, form.samples) : 1,
    confidence: asked && committee.length === 0 ? form.confidence.filter((signal) => signal !== "committee") : form.confidence,
    committee: asked ? committee.map((member) => ({ ...member, instructions: member.instructions?.trim() ? member.instructions : null })) : [],
  };
}

/** All connections that are asked. */
export function connectionNames(form: LlmConfig): string[] {
  return [form.connection, ...form.fallback, ...form.committee.map((one) => one.connection)].filter((name) => name !== "");
}

/** Calls for one item if every first answer fits. */
export function callsPerItem(form: LlmConfig): number {
  const extra = Number(form.confidence.includes("order")) + (form.confidence.includes("committee") ? form.committee.length : 0);
  return (form.confidence.includes("samples") ? Math.max(3, form.samples) : 1) + extra;
}

/** Places that the template must keep, and does not. */
export function missingPlaces(template: string | null): string[] {
  if (template === null || template.trim() === "") return [];
  return ["question", "answer"].filter((place) => !template.includes(`{{${place}}}`));
}
