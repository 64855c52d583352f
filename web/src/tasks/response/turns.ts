/** Written turns: the empty form of what a question asks for, and what still keeps it from being sent. Pure. */
import type { Question } from "../../api/types";

export interface Turn {
  role: string;
  content: string;
}

export interface Form {
  roles: string[];
  least: number;
  most: number;
  system: "no" | "optional" | "required";
  shortest: number;
  longest: number;
}

const whole = (value: unknown, otherwise: number): number => (typeof value === "number" ? value : otherwise);

export function formOf({ config }: Question): Form {
  const roles = Array.isArray(config.roles) && config.roles.length > 0 ? (config.roles as string[]) : ["assistant"];
  const least = whole(config.min_rounds, 1);
  const system = config.system === "optional" || config.system === "required" ? config.system : "no";
  return { roles, least, most: Math.max(least, whole(config.max_rounds, 1)), system, shortest: whole(config.min_length, 1), longest: whole(config.max_length, 20_000) };
}

export const isTurns = (value: unknown): value is Turn[] =>
  Array.isArray(value) && value.length > 0 && value.every((turn) => typeof turn?.role === "string" && typeof turn?.content === "string");

/** The turns to write on: those of the value, and empty ones for what is still to come. */
export function sheetOf(value: readonly Turn[] | undefined, form: Form): Turn[] {
  const given = value ?? [];
  const first = given[0]?.role === "system" ? [given[0]] : form.system === "no" ? [] : [{ role: "system", content: "" }];
  const rest = given.filter((turn) => turn.role !== "system");
  const wanted = Math.max(form.least, Math.ceil(rest.length / form.roles.length)) * form.roles.length;
  const missing = Array.from({ length: Math.max(0, wanted - rest.length) }, (_, i) => ({ role: form.roles[(rest.length + i) % form.roles.length]!, content: "" }));
  return [...first, ...rest, ...missing];
}

/** The value of a sheet: nothing where nothing is written; an optional system prompt only where it says something. */
export function valueOf(sheet: readonly Turn[], form: Form): Turn[] | undefined {
  if (sheet.every((turn) => turn.content === "")) return undefined;
  return sheet.filter((turn) => turn.role !== "system" || turn.content !== "" || form.system === "required");
}

export const roundsIn = (sheet: readonly Turn[], form: Form): number => sheet.filter((turn) => turn.role !== "system").length / form.roles.length;

/** How long a text is: in characters as people and the server count them. */
export const lengthOf = (text: string): number => [...text].length;

const NAMES: Record<string, string> = { system: "System prompt", user: "Prompt", assistant: "Response" };

export const roleName = (role: string): string => NAMES[role] ?? role;

/** What keeps the turns from being sent. */
export function trouble(value: readonly Turn[], form: Form): string | null {
  const sheet = sheetOf(value, form);
  for (const [at, turn] of sheet.entries()) {
    const length = lengthOf(turn.content);
    const name = roundsIn(sheet, form) > 1 && turn.role !== "system" ? `${roleName(turn.role)} in turn ${at + 1}` : roleName(turn.role);
    if (turn.content.trim() === "") {
      if (turn.role === "system" && form.system === "optional") continue;
      return `${name}: nothing is written yet.`;
    }
    if (length < form.shortest) return `${name}: ${length} characters; at least ${form.shortest} are asked for.`;
    if (length > form.longest) return `${name}: ${length.toLocaleString("en")} characters; at most ${form.longest.toLocaleString("en")} are allowed.`;
  }
  return null;
}
