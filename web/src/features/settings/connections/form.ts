/** The form for a connected model: from a preset or a stored connection, to what the server takes. */
import type { Connection, Provider } from "../../../api/types";

export interface ConnectionForm {
  name: string;
  plugin: string;
  model: string;
  key: string;
  /** The settings of the kind, each as typed: text, or JSON for what is no text. */
  settings: Record<string, string>;
  local: boolean;
  input: number | "";
  output: number | "";
  cached: number | "";
  currency: string;
  concurrency: number | "";
  perMinute: number | "";
  tokensPerMinute: number | "";
  seconds: number | "";
  record: boolean;
}

/** One entry of the list of servers: a preset of a kind, or the kind itself. */
export interface Choice {
  id: string;
  title: string;
  provider: Provider;
  config: Record<string, unknown>;
  needsKey: boolean;
  local: boolean;
  hint: string;
}

const ORDER = ["openai_compatible", "anthropic", "google", "gguf"];

export function choicesOf(providers: Provider[]): Choice[] {
  const place = ({ name }: Provider) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return providers.toSorted((a, b) => place(a) - place(b)).flatMap((provider) =>
    provider.presets.length > 0
      ? provider.presets.map((preset) => ({
          id: `${provider.name}:${preset.name}`, title: preset.title, provider, config: preset.config, needsKey: preset.needs_key, local: preset.local,
          hint: preset.hint,
        }))
      : [{ id: provider.name, title: provider.title, provider, config: {}, needsKey: provider.needs_key, local: provider.local, hint: "" }],
  );
}

export function emptyForm(choice: Choice): ConnectionForm {
  return {
    name: "", plugin: choice.provider.name, model: "", key: "", settings: asTyped({ ...choice.provider.defaults, ...choice.config }), local: choice.local,
    input: "", output: "", cached: "", currency: "USD", concurrency: "", perMinute: "", tokensPerMinute: "", seconds: "", record: false,
  };
}

export function formOf(connection: Connection): ConnectionForm {
  const limits = connection.limits ?? {};
  const { prices } = connection;
  return {
    name: connection.name, plugin: connection.plugin, model: connection.model, key: "", settings: asTyped(connection.config ?? {}), local: connection.local,
    input: number(prices.input), output: number(prices.output), cached: number(prices.cached),
    currency: typeof prices.currency === "string" ? prices.currency : "USD", concurrency: number(limits.concurrency),
    perMinute: number(limits.requests_per_minute), tokensPerMinute: number(limits.tokens_per_minute), seconds: number(limits.seconds),
    record: limits.record === true,
  };
}

/** The body of a request; null where a setting is no JSON though it has to be. `stored` keeps what the form does not show. */
export function bodyOf(form: ConnectionForm, stored: Connection | null): Record<string, unknown> | null {
  const config: Record<string, unknown> = {};
  for (const [name, typed] of Object.entries(form.settings)) {
    const value = fromTyped(typed, stored?.config?.[name]);
    if (value === undefined) return null;
    if (value !== "") config[name] = value;
  }
  const limits = {
    ...stored?.limits, concurrency: form.concurrency, requests_per_minute: form.perMinute, tokens_per_minute: form.tokensPerMinute, seconds: form.seconds,
    record: form.record || "",
  };
  const prices = { ...stored?.prices, input: form.input, output: form.output, cached: form.cached, currency: form.currency === "USD" ? "" : form.currency };
  return {
    name: form.name, ...(stored ? {} : { plugin: form.plugin }), model: form.model, config, local: form.local, limits: filled(limits), prices: filled(prices),
    ...(form.key.trim() ? { key: form.key.trim() } : {}),
  };
}

function filled(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "" && value !== null && value !== undefined));
}

function number(value: unknown): number | "" {
  return typeof value === "number" ? value : "";
}

function asTyped(config: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]));
}

/** A typed setting as a value: JSON where it looks like JSON or the stored one was no text. */
function fromTyped(typed: string, stored: unknown): unknown {
  const text = typed.trim();
  const structured = /^[[{]/.test(text) || /^-?\d+(\.\d+)?$/.test(text) || text === "true" || text === "false";
  if (!structured || typeof stored === "string") return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
