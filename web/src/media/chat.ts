/** Conversations and traces of agents, read from the ways in which they are written. Pure. */
import type { ChatTurn } from "../api/types";

/** A call of a tool, or what came back, inside a turn. */
export interface Step {
  kind: "call" | "result";
  /** What the call and its result have in common. */
  id: string | null;
  name: string | null;
  /** What the tool is given, or what it gave. */
  given: unknown;
}

type Rec = Record<string, unknown>;
const isRec = (value: unknown): value is Rec => typeof value === "object" && value !== null && !Array.isArray(value);
const named = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);

/** A list of turns: objects with a role, and words or calls of tools. */
export function isChat(value: unknown): value is ChatTurn[] {
  const isTurn = (turn: unknown) =>
    isRec(turn) && typeof turn.role === "string" && (turn.content === null || typeof turn.content === "string" || Array.isArray(turn.content) || Array.isArray(turn.tool_calls));
  return Array.isArray(value) && value.length > 0 && value.every(isTurn);
}

/** Whether the whole turn is what a tool gave. */
export const isResult = (turn: ChatTurn): boolean => turn.role === "tool" || turn.role === "function";

/** The steps of a turn, counted as the server counts them: calls and results among the parts of the content, then `tool_calls`. */
export function stepsIn(turn: ChatTurn): Step[] {
  if (isResult(turn)) return [];
  const parts = Array.isArray(turn.content) ? turn.content.flatMap((part) => stepOf(part) ?? []) : [];
  const calls = Array.isArray(turn.tool_calls) ? (turn.tool_calls as unknown[]) : [];
  return [...parts, ...calls.map((call) => callOf(isRec(call) ? call : {}))];
}

function stepOf(part: unknown): Step | null {
  if (!isRec(part)) return null;
  if (part.type === "tool_use" || part.type === "tool_call") return callOf(part);
  if (part.type === "tool_result") return { kind: "result", id: named(part.tool_use_id) ?? named(part.tool_call_id), name: named(part.name), given: Array.isArray(part.content) ? textOf(part.content) : part.content };
  return null;
}

function callOf(call: Rec): Step {
  const inner = isRec(call.function) ? call.function : call;
  return { kind: "call", id: named(call.id), name: named(inner.name) ?? named(call.name), given: inner.arguments ?? call.arguments ?? call.input };
}

/** The name of the tool that each call asked for, by the call's id: results often carry the id alone. */
export function toolNames(turns: readonly ChatTurn[]): Map<string, string> {
  const steps = turns.flatMap(stepsIn);
  return new Map(steps.flatMap((step) => (step.kind === "call" && step.id && step.name ? [[step.id, step.name] as const] : [])));
}

/** The words of a turn's content; parts that are neither text nor steps are named in brackets. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return content === null || content === undefined ? "" : JSON.stringify(content);
  return content.map(partText).filter((part) => part !== "").join("\n\n");
}

function partText(part: unknown): string {
  if (typeof part === "string") return part;
  if (!isRec(part) || stepOf(part)) return "";
  return typeof part.text === "string" ? part.text : `[${String(part.type ?? "something that is no text").replaceAll("_", " ")}]`;
}

/** JSON that was written as text, read; anything else as it is. */
export function read(given: unknown): unknown {
  if (typeof given !== "string") return given;
  const first = given.trimStart()[0];
  if (first !== "{" && first !== "[") return given;
  try {
    return JSON.parse(given) as unknown;
  } catch {
    return given;
  }
}

/** As text: JSON indented. */
export const pretty = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? ""));

/** What a tool is given, as names and values; null if it is no object or an empty one. */
export function argumentsOf(given: unknown): [string, unknown][] | null {
  const value = read(given);
  return isRec(value) && Object.keys(value).length > 0 ? Object.entries(value) : null;
}
