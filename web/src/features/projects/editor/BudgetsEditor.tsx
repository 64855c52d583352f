/** What the models that stand beside people may take, for each role, with what they took so far. */
import { NumberInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { budgetsQuery } from "../../../api/queries";
import type { Allowance, BudgetRole, Policy, RoleUse } from "../../../api/types";
import { Bar } from "../../../ui";
import { count, moneyText, plural } from "../../../ui/format";
import css from "./editor.module.css";
import { Rule } from "./Rule";

const ROLES: readonly { role: BudgetRole; name: string; text: string }[] = [
  { role: "assist", name: "Assistant", text: "All that people ask it." },
  { role: "candidates", name: "Answers to compare", text: "Answers that connected models write while people work, to be compared." },
  { role: "judge", name: "Judges", text: "All that judges say of answers." },
];
const NONE: Allowance = { money: null, tokens: null, day_money: null, day_tokens: null, currency: "USD" };

export interface BudgetsEditorProps {
  budgets: Policy["budgets"];
  /** Where what was used is known; none while a project is being created. */
  project?: number;
  onChange(budgets: Policy["budgets"]): void;
}

export function BudgetsEditor({ budgets, project, onChange }: BudgetsEditorProps) {
  const used = useQuery({ ...budgetsQuery(project ?? 0), enabled: project !== undefined });
  const set = (role: BudgetRole, next: Allowance) => {
    const rest = Object.fromEntries(Object.entries(budgets).filter(([name]) => name !== role)) as Policy["budgets"];
    onChange(isNone(next) ? rest : { ...rest, [role]: next });
  };
  return (
    <div>
      <p className={css.lead}>
        Before each call its worst case is set aside; a call that might not fit is not sent, and the person is told so. Empty: no bound. Runs over many items have budgets of their own.
      </p>
      {ROLES.map(({ role, name, text }) => (
        <Role key={role} name={name} text={text} allowance={budgets[role] ?? NONE} use={used.data?.find((one) => one.role === role)} onChange={(next) => set(role, next)} />
      ))}
    </div>
  );
}

interface RoleProps {
  name: string;
  text: string;
  allowance: Allowance;
  use: RoleUse | undefined;
  onChange(next: Allowance): void;
}

function Role({ name, text, allowance, use, onChange }: RoleProps) {
  const set = (change: Partial<Allowance>) => onChange({ ...allowance, ...change });
  const number = (label: string, key: "money" | "tokens" | "day_money" | "day_tokens") => (
    <NumberInput
      label={label} aria-label={`${name}: ${label.toLowerCase()}`} value={allowance[key] ?? ""} min={0} allowDecimal={key.endsWith("money")} thousandSeparator="," placeholder="No bound"
      onChange={(value) => set({ [key]: typeof value === "number" ? value : null })}
    />
  );
  return (
    <Rule wide name={name} text={text}>
      <div className={css.budget}>
        {number("Tokens in all", "tokens")}
        {number("Tokens a person, day", "day_tokens")}
        {number("Money in all", "money")}
        {number("Money a person, day", "day_money")}
        <TextInput
          label="Currency" aria-label={`${name}: currency`} value={allowance.currency} maxLength={8} disabled={allowance.money === null && allowance.day_money === null}
          onChange={(event) => set({ currency: event.currentTarget.value })}
        />
      </div>
      {use ? <Used use={use} allowance={allowance} name={name} /> : null}
    </Rule>
  );
}

/** What was used of the tighter bound, and today's most eager person. */
function Used({ use, allowance, name }: { use: RoleUse; allowance: Allowance; name: string }) {
  const parts = [
    { share: allowance.money ? use.money / allowance.money : 0, bounded: allowance.money !== null },
    { share: allowance.tokens ? use.tokens / allowance.tokens : 0, bounded: allowance.tokens !== null },
  ].filter((part) => part.bounded);
  const share = Math.min(1, Math.max(0, ...parts.map((part) => part.share)));
  const spent = use.money > 0 ? `${moneyText(use.money, allowance.currency)}, ${count(use.tokens)} tokens` : `${count(use.tokens)} tokens`;
  const [most] = use.today;
  return (
    <div className={css.used}>
      {parts.length > 0 ? <Bar label={`${name}: used`} total={100} parts={[{ n: Math.round(share * 100), title: spent, color: share > 0.9 ? "var(--warn)" : "var(--accent)" }]} /> : null}
      <small>
        {use.tokens === 0 ? "Nothing was used so far." : `Used so far: ${spent}${parts.length > 0 ? ` (${Math.round(share * 100)}%)` : ""}.`}
        {most ? ` Today ${plural(use.today.length, "person", "people")}, most by ${most.user}: ${count(most.tokens)} tokens.` : ""}
      </small>
    </div>
  );
}

const isNone = (one: Allowance) => one.money === null && one.tokens === null && one.day_money === null && one.day_tokens === null;
