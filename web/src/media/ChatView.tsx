/** A conversation: who says what, in Markdown; calls of tools and what came back, readable; nothing in it is fetched or run. */
import { IconTool } from "@tabler/icons-react";
import { lazy, Suspense, type ReactNode } from "react";
import type { ChatTurn, ToolCall } from "../api/types";
import css from "./chat.module.css";
import { Highlighted } from "./Highlighted";

const Markdown = lazy(() => import("../ui/Markdown"));

/** A list of turns: objects with a role, and words or calls of tools. */
export function isChat(value: unknown): value is ChatTurn[] {
  const isTurn = (turn: unknown) => {
    if (typeof turn !== "object" || turn === null) return false;
    const { role, content, tool_calls } = turn as Record<string, unknown>;
    return typeof role === "string" && (content === null || typeof content === "string" || Array.isArray(content) || Array.isArray(tool_calls));
  };
  return Array.isArray(value) && value.length > 0 && value.every(isTurn);
}

export interface ChatViewProps {
  turns: readonly ChatTurn[];
  /** Words to mark, for search hits. */
  highlight?: string | undefined;
  /** What stands under a turn: the controls of a question about it. */
  under?: (turn: ChatTurn, place: number) => ReactNode;
  /** The turn that has the keyboard. */
  current?: number | undefined;
  onPoint?: (place: number) => void;
}

export function ChatView({ turns, highlight, under, current, onPoint }: ChatViewProps) {
  return (
    <ol className={css.chat}>
      {turns.map((turn, place) => (
        <li
          key={place} data-role={turn.role} data-turn={place} aria-current={place === current || undefined} data-current={place === current || undefined}
          onPointerDown={onPoint ? () => onPoint(place) : undefined}
        >
          <span className={css.role}>{turn.role}{turn.name ? <span className={css.name}>{turn.name}</span> : null}</span>
          <TurnBody turn={turn} highlight={highlight} />
          {under?.(turn, place)}
        </li>
      ))}
    </ol>
  );
}

function TurnBody({ turn, highlight }: { turn: ChatTurn; highlight?: string | undefined }) {
  const text = textOf(turn.content);
  const calls = Array.isArray(turn.tool_calls) ? turn.tool_calls : [];
  if (turn.role === "tool" || turn.role === "function") return <pre className={css.result} dir="auto" tabIndex={0} aria-label="Result of a tool">{pretty(text)}</pre>;
  return (
    <>
      {text === "" && calls.length > 0 ? null : (
        <div className={css.turn} dir="auto">{highlight ? <Highlighted text={text} words={highlight} /> : <Words text={text} />}</div>
      )}
      {calls.map((call, i) => <Call key={call.id ?? i} call={call} />)}
    </>
  );
}

/** Markdown where there is any; plain words as they are, with their line breaks. */
export function Words({ text }: { text: string }) {
  if (text.trim() === "") return <span className={css.none}>(empty)</span>;
  const plain = <div className={css.plain} dir="auto">{text}</div>;
  return hasMarkdown(text) ? <Suspense fallback={plain}><Markdown text={text} /></Suspense> : plain;
}

const hasMarkdown = (text: string) => /[*_`#>|[\]~]|^\s*(?:[-+]|\d+[.)])\s/m.test(text);

function Call({ call }: { call: ToolCall }) {
  const name = call.function?.name ?? call.name ?? "a tool";
  const given = call.function?.arguments ?? call.arguments;
  return (
    <div className={css.call}>
      <span className={css.callHead}><IconTool size={14} aria-hidden /> calls <code>{name}</code></span>
      {given === undefined || given === "" ? null : <pre dir="auto" tabIndex={0} aria-label={`What ${name} is given`}>{typeof given === "string" ? pretty(given) : JSON.stringify(given, null, 2)}</pre>}
    </div>
  );
}

/** The words of a turn's content; parts that are no text are named in brackets. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return content === null || content === undefined ? "" : JSON.stringify(content);
  return content.map(partText).filter((part) => part !== "").join("\n\n");
}

function partText(part: unknown): string {
  if (typeof part === "string") return part;
  if (typeof part !== "object" || part === null) return "";
  const { type, text } = part as { type?: unknown; text?: unknown };
  return typeof text === "string" ? text : `[${String(type ?? "something that is no text").replaceAll("_", " ")}]`;
}

/** JSON indented; anything else as it is. */
function pretty(text: string): string {
  const first = text.trimStart()[0];
  if (first !== "{" && first !== "[") return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
