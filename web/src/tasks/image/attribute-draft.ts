/** Attributes as they stand in a question's settings, and as its form writes them. Pure. */

export interface RawAttribute {
  name: string;
  type?: string;
  title?: string | null;
  help?: string | null;
  config?: Record<string, unknown>;
  required?: boolean;
  only?: string[];
}

export const asList = (value: unknown): RawAttribute[] => (Array.isArray(value) ? (value as RawAttribute[]) : []);

/** The answers of an attribute; what else the file says of them (colours, keys) is kept as long as they are not edited. */
export function labelled(one: RawAttribute): string[] {
  const labels = one.config?.labels;
  return Array.isArray(labels) ? labels.map((label: string | { value: string }) => (typeof label === "string" ? label : label.value)) : [];
}

/** A name as it is stored for what a person wrote: letters, digits and underscores, different from all others. */
export function nameFor(title: string, others: readonly RawAttribute[]): string {
  const plain = title.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").replace(/^(\d)/, "n$1").slice(0, 50) || "attribute";
  const taken = new Set(others.map((one) => one.name));
  for (let n = 1; ; n++) {
    const name = n === 1 ? plain : `${plain}_${n}`;
    if (!taken.has(name)) return name;
  }
}
