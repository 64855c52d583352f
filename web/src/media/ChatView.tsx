/** A conversation: who says what, in Markdown; calls of tools and what came back, readable; nothing in it is fetched or run. */
import { lazy, Suspense, useMemo, type ReactNode } from "react";
import type { ChatTurn } from "../api/types";
import { pointed } from "../lib/pointed";
import { isResult, stepsIn, textOf, toolNames } from "./chat";
import css from "./chat.module.css";
import { Result, StepView } from "./ChatSteps";
import { Highlighted } from "./Highlighted";

export { isChat, textOf } from "./chat";

const Markdown = lazy(() => import("../ui/Markdown"));

export interface ChatViewProps {
  turns: readonly ChatTurn[];
  /** Words to mark, for search hits. */
  highlight?: string | undefined;
  /** What stands under a turn, or under a step in it: the controls of a question about it. */
  under?: (turn: ChatTurn, place: number, step?: number) => ReactNode;
  /** The turn that has the keyboard; with `currentStep` the step in it. */
  current?: number | undefined;
  currentStep?: number | undefined;
  onPoint?: (place: number, step?: number) => void;
}

export function ChatView({ turns, highlight, under, current, currentStep, onPoint }: ChatViewProps) {
  const names = useMemo(() => toolNames(turns), [turns]);
  return (
    <ol className={css.chat}>
      {turns.map((turn, place) => {
        const own = place === current && currentStep === undefined;
        const name = turn.name ?? names.get(turn.tool_call_id ?? "");
        return (
          <li key={place} data-role={turn.role} data-turn={place} aria-current={own || undefined} data-current={own || undefined} onClick={onPoint ? (event) => pointed(event) && onPoint(place, stepAt(event.target)) : undefined}>
            <span className={css.role}>{turn.role}{name ? <span className={css.name}>{name}</span> : null}</span>
            {isResult(turn) ? <Result given={textOf(turn.content)} /> : <TurnWords turn={turn} highlight={highlight} />}
            {under?.(turn, place)}
            {stepsIn(turn).map((step, k) => (
              <StepView key={k} at={k} step={step} name={step.name ?? names.get(step.id ?? "") ?? ""} current={place === current && currentStep === k}>{under?.(turn, place, k)}</StepView>
            ))}
          </li>
        );
      })}
    </ol>
  );
}

/** The step that something on the page belongs to. */
function stepAt(target: EventTarget): number | undefined {
  const at = target instanceof Element ? target.closest<HTMLElement>("[data-step]")?.dataset.step : undefined;
  return at === undefined ? undefined : Number(at);
}

function TurnWords({ turn, highlight }: { turn: ChatTurn; highlight?: string | undefined }) {
  const text = textOf(turn.content);
  if (text === "" && stepsIn(turn).length > 0) return null;
  return <div className={css.turn} dir="auto">{highlight ? <Highlighted text={text} words={highlight} /> : <Words text={text} />}</div>;
}

/** Markdown where there is any; plain words as they are, with their line breaks. */
export function Words({ text }: { text: string }) {
  if (text.trim() === "") return <span className={css.none}>(empty)</span>;
  const plain = <div className={css.plain} dir="auto">{text}</div>;
  return hasMarkdown(text) ? <Suspense fallback={plain}><Markdown text={text} /></Suspense> : plain;
}

const hasMarkdown = (text: string) => /[*_`#>|[\]~]|^\s*(?:[-+]|\d+[.)])\s/m.test(text);
