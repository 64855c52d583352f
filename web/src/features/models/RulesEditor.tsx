/** Rows of keyword and pattern rules. */
import { NumberInput, Select, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import type { Question } from "../../api/types";
import { Button, IconButton } from "../../ui";
import layout from "../../ui/layout.module.css";
import css from "./models.module.css";
import { NEW_RULE, patternTrouble, type Rule } from "./rules";

const KINDS = [
  { value: "keyword", label: "Words" },
  { value: "regex", label: "Pattern" },
];

export interface RulesEditorProps {
  rules: Rule[];
  question: Question | undefined;
  /** The label of items that no rule matches. */
  fallback: string | null;
  onChange(rules: Rule[]): void;
  onFallback(label: string | null): void;
}

export function RulesEditor({ rules, question, fallback, onChange, onFallback }: RulesEditorProps) {
  const raw = Array.isArray(question?.config.labels) ? (question.config.labels as (string | { value: string })[]) : [];
  const labels = raw.map((entry) => (typeof entry === "string" ? entry : entry.value));
  const set = (at: number, change: Partial<Rule>) => onChange(rules.map((rule, index) => (index === at ? { ...rule, ...change } : rule)));
  return (
    <div className={`${layout.stack} ${layout.tight}`} role="group" aria-label="Rules">
      <p className={layout.help}>
        Words: any of them, whole words, upper or lower case, separated by commas. Pattern: a regular expression. Several rules may match; the most
        weight wins.
      </p>
      {rules.map((rule, at) => (
        <div key={at} className={css.rule}>
          <Select
            aria-label={`Kind of rule ${at + 1}`} data={KINDS} value={rule.kind} allowDeselect={false}
            onChange={(kind) => kind && set(at, { kind: kind as Rule["kind"] })}
          />
          <TextInput
            aria-label={`What rule ${at + 1} looks for`} placeholder={rule.kind === "keyword" ? "invoice, payment, refund" : "order\\s+#\\d+"}
            value={rule.pattern} spellCheck={false} error={patternTrouble(rule)} onChange={(event) => set(at, { pattern: event.currentTarget.value })}
          />
          <Select
            aria-label={`Label of rule ${at + 1}`} placeholder="label" searchable data={labels} value={rule.label || null}
            onChange={(label) => set(at, { label: label ?? "" })}
          />
          <NumberInput
            aria-label={`Confidence of rule ${at + 1}`} placeholder="conf." min={0} max={1} step={0.05} decimalScale={2} value={rule.score ?? ""}
            onChange={(score) => set(at, { score: typeof score === "number" ? score : null })}
          />
          <IconButton label={`Remove rule ${at + 1}`} onClick={() => onChange(rules.filter((other) => other !== rule))} style={{ marginTop: 4 }}>
            <IconTrash size={15} />
          </IconButton>
        </div>
      ))}
      <div className={layout.row}>
        <Button size="small" onClick={() => onChange([...rules, NEW_RULE])}>
          Add rule
        </Button>
        <span className={layout.grow} />
        <span className="dim">When no rule matches:</span>
        <Select
          aria-label="Label when no rule matches" size="xs" w={170} placeholder="no suggestion" clearable data={labels} value={fallback}
          onChange={onFallback}
        />
      </div>
    </div>
  );
}
