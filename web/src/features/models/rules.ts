/** Labelling rules as rows of a form, and as the settings that are stored. */

export interface Rule {
  kind: "keyword" | "regex";
  pattern: string;
  label: string;
  /** 0..1; null: the rule states no confidence. */
  score: number | null;
}

export const NEW_RULE: Rule = { kind: "keyword", pattern: "", label: "", score: null };

/** Rules out of a stored config; kinds that a browser may not write are left as they are in `others`. */
export function readRules(config: Record<string, unknown>): { rules: Rule[]; others: unknown[] } {
  const all = Array.isArray(config.rules) ? (config.rules as Record<string, unknown>[]) : [];
  const rules: Rule[] = [];
  const others: unknown[] = [];
  for (const entry of all) {
    if (entry.kind !== "keyword" && entry.kind !== "regex") {
      others.push(entry);
      continue;
    }
    const pattern = Array.isArray(entry.pattern) ? entry.pattern.join(", ") : String(entry.pattern ?? "");
    rules.push({ kind: entry.kind, pattern, label: String(entry.label ?? ""), score: typeof entry.score === "number" ? entry.score : null });
  }
  return { rules, others };
}

/** The config to store: keywords become a list, empty rows are dropped. */
export function writeRules(config: Record<string, unknown>, rules: readonly Rule[], others: readonly unknown[]): Record<string, unknown> {
  const kept = rules
    .filter((rule) => rule.pattern.trim() !== "" && rule.label !== "")
    .map(({ kind, pattern, label, score }) => ({
      kind,
      pattern: kind === "keyword" ? pattern.split(",").map((word) => word.trim()).filter(Boolean) : pattern,
      label,
      ...(score === null ? {} : { score }),
    }));
  return { ...config, rules: [...kept, ...others] };
}

/** Why a pattern cannot work, or null. The server has its own, richer syntax check. */
export function patternTrouble(rule: Rule): string | null {
  if (rule.kind !== "regex" || rule.pattern === "") return null;
  const brackets = rule.pattern.replace(/\\./g, "").replace(/\[[^\]]*\]/g, "");
  const open = (brackets.match(/\(/g) ?? []).length;
  const closed = (brackets.match(/\)/g) ?? []).length;
  return open === closed ? null : "The brackets do not match.";
}
