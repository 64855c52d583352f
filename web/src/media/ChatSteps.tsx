/** Calls of tools and what came back: what is given as a list of names and values, long results folded. */
import { IconArrowBackUp, IconTool } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { count } from "../ui/format";
import { argumentsOf, pretty, read, type Step } from "./chat";
import css from "./chat.module.css";

const LINES = 12;
const LETTERS = 1_500;

export function StepView({ step, name, at, current, children }: { step: Step; name: string; at: number; current: boolean; children?: ReactNode }) {
  const title = name === "" ? (step.kind === "call" ? "a tool" : "") : name;
  return (
    <div className={css.call} data-step={at} data-kind={step.kind} data-current={current || undefined} aria-current={current || undefined}>
      <span className={css.callHead}>
        {step.kind === "call" ? <><IconTool size={14} aria-hidden /> calls <code>{title}</code></> : <><IconArrowBackUp size={14} aria-hidden /> result {title ? <>of <code>{title}</code></> : null}</>}
      </span>
      {step.kind === "call" ? <Given given={step.given} name={title} /> : <Result given={step.given} />}
      {children ? <div className={css.stepMarks}>{children}</div> : null}
    </div>
  );
}

/** What a tool is given. */
function Given({ given, name }: { given: unknown; name: string }) {
  const pairs = argumentsOf(given);
  if (given === undefined || given === null || given === "") return null;
  if (!pairs) return <pre dir="auto" tabIndex={0} aria-label={`What ${name} is given`}>{pretty(read(given))}</pre>;
  return (
    <dl className={css.given} aria-label={`What ${name} is given`}>
      {pairs.map(([key, value]) => <div key={key}><dt>{key}</dt><dd dir="auto"><Folded text={pretty(value)} /></dd></div>)}
    </dl>
  );
}

/** What a tool gave. */
export function Result({ given }: { given: unknown }) {
  return <div className={css.result} dir="auto" tabIndex={0} role="group" aria-label="Result of a tool"><Folded text={pretty(read(given))} /></div>;
}

/** A text whose end is behind a button if it is long. */
function Folded({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  const start = beginning(text);
  if (start.length === text.length) return <span className={css.raw}>{text === "" ? "(empty)" : text}</span>;
  return (
    <>
      <span className={css.raw}>{open ? text : `${start}…`}</span>
      <button type="button" className={css.unfold} aria-expanded={open} onClick={() => setOpen(!open)}>{open ? "Show less" : `Show all of ${count(text.length)} characters`}</button>
    </>
  );
}

function beginning(text: string): string {
  let end = -1;
  for (let line = 0; line < LINES; line++) {
    end = text.indexOf("\n", end + 1);
    if (end === -1) break;
  }
  const cut = end === -1 ? text : text.slice(0, end);
  return cut.length > LETTERS * 1.2 ? cut.slice(0, LETTERS).replace(/[\uD800-\uDBFF]$/, "") : cut;
}
