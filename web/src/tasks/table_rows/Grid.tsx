/** The table: a line for each row and each suggested one, of which one cell at a time is filled in. */
import { IconCheck, IconX } from "@tabler/icons-react";
import { memo, useEffect, useRef, type ClipboardEvent, type CSSProperties, type KeyboardEvent } from "react";
import type { Question } from "../../api/types";
import { IconButton } from "../../ui";
import { score as scoreText } from "../../ui/format";
import { EntryControl } from "../entries/EntryControl";
import { shown, trouble, type Part } from "../entries/entries";
import { cellOf, lineKey, type Line } from "./rows";
import css from "./rows.module.css";

export interface GridActions {
  choose(line: Line, column: string, editing: boolean): void;
  type(line: Line, part: Part, text: string): void;
  enter(line: Line, part: Part): void;
  step(line: Line, part: Part, by: 1 | -1): boolean;
  climb(line: Line, part: Part, by: 1 | -1): void;
  paste(line: Line, part: Part, text: string): boolean;
  leave(line: Line, part: Part): void;
  accept(line: Line): void;
  reject(line: Line): void;
  hover(line: Line | null): void;
}

export interface GridProps {
  name: string;
  question: Question;
  parts: readonly Part[];
  lines: readonly Line[];
  chosen: Line | null;
  column: string | null;
  editing: boolean;
  readOnly: boolean;
  actions: GridActions;
}

/** Pixels that a column has at least. */
const LEAST: Record<Part["type"], number> = { text: 140, number: 76, amount: 92, date: 104, choice: 104 };
const [NUMBER, DEEDS] = [44, 64];

export function Grid({ name, question, parts, lines, chosen, column, editing, readOnly, actions }: GridProps) {
  const frame = useRef<HTMLDivElement>(null);
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  const here = chosen && column ? `${lineKey(chosen)}:${column}` : null;
  useEffect(() => {
    if (here) frame.current?.querySelector(`[data-cell="${CSS.escape(here)}"]`)?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [here]);
  const grid = {
    "--columns": `${NUMBER}px ${parts.map((part) => `minmax(${LEAST[part.type]}px, ${part.type === "text" ? 3 : 1}fr)`).join(" ")} ${DEEDS}px`,
    "--least": `${parts.reduce((sum, part) => sum + LEAST[part.type], NUMBER + DEEDS)}px`,
  } as CSSProperties;
  return (
    <div ref={frame} className={css.frame} style={grid} role="grid" aria-label={name} aria-rowcount={lines.length + 1} aria-colcount={parts.length}>
      <div className={css.head} role="row">
        <span aria-hidden />
        {parts.map((part) => <span key={part.name} role="columnheader" title={part.help ?? undefined} style={{ "--label": part.color } as CSSProperties} data-number={part.type === "number" || part.type === "amount" || undefined}>{part.title}{part.required ? <sup title="Needed">*</sup> : null}</span>)}
        <span aria-hidden />
      </div>
      {lines.map((line) => (
        <RowLine
          key={lineKey(line)} question={question} parts={parts} line={line} column={chosen && lineKey(chosen) === lineKey(line) ? column : null} editing={editing && chosen !== null && lineKey(chosen) === lineKey(line)}
          readOnly={readOnly} actions={latest}
        />
      ))}
    </div>
  );
}

interface RowLineProps extends Pick<GridProps, "question" | "parts" | "column" | "editing" | "readOnly"> {
  line: Line;
  actions: { readonly current: GridActions };
}

const RowLine = memo(function RowLine({ question, parts, line, column, editing, readOnly, actions }: RowLineProps) {
  const suggested = line.at === null && line.offer !== null;
  const open = line.offer !== null && parts.some((part) => cellOf(line, part).offered);
  const what = line.at === null ? (line.offer ? "suggested row" : "new row") : `row ${line.at + 1}`;
  return (
    <div
      className={css.row} role="row" data-suggested={suggested || undefined} data-active={column !== null || undefined} data-row={line.at ?? undefined}
      onPointerEnter={() => actions.current.hover(line)} onPointerLeave={() => actions.current.hover(null)}
    >
      <span role="rowheader" className={css.number}>{line.at !== null ? line.at + 1 : line.offer ? <span title={`suggested by ${line.offer.source}`}>{scoreText(line.offer.score) || "?"}</span> : ""}</span>
      {parts.map((part) => <CellBox key={part.name} question={question} part={part} line={line} what={what} active={column === part.name} editing={editing && column === part.name} readOnly={readOnly} actions={actions} />)}
      <span className={css.deeds}>
        {open && !readOnly ? (
          <>
            <IconButton size="small" tabIndex={-1} label={`Accept ${what}`} onMouseDown={keepFocus} onClick={() => actions.current.accept(line)}><IconCheck size={14} /></IconButton>
            <IconButton size="small" tabIndex={-1} label={`Reject what is suggested for ${what}`} onMouseDown={keepFocus} onClick={() => actions.current.reject(line)}><IconX size={14} /></IconButton>
          </>
        ) : null}
      </span>
    </div>
  );
}, (a, b) => a.question === b.question && a.parts === b.parts && a.column === b.column && a.editing === b.editing && a.readOnly === b.readOnly && a.line.at === b.line.at && a.line.row === b.line.row && a.line.offer?.key === b.line.offer?.key && a.line.before === b.line.before);

const keepFocus = (event: { preventDefault(): void }) => event.preventDefault();

interface CellBoxProps extends Pick<RowLineProps, "question" | "line" | "editing" | "readOnly" | "actions"> {
  part: Part;
  what: string;
  active: boolean;
}

function CellBox({ question, part, line, what, active, editing, readOnly, actions }: CellBoxProps) {
  const { entry, offered } = cellOf(line, part);
  const wrong = line.at !== null && Object.keys(line.row).length > 0 ? trouble(part, entry, question) : null;
  const number = part.type === "number" || part.type === "amount";
  const shell = { className: css.cell, role: "gridcell", "data-cell": `${lineKey(line)}:${part.name}`, "data-offered": offered !== undefined || undefined, "data-active": active || undefined, "data-wrong": (wrong !== null && !offered && (entry !== undefined || !active)) || undefined, "data-number": number || undefined, title: wrong ?? (entry?.text !== undefined && entry.text !== shown(entry) ? `as written: ${entry.text}` : undefined), dir: "auto" as const };
  if (editing && !readOnly) {
    return (
      <span {...shell} onPaste={(event: ClipboardEvent) => actions.current.paste(line, part, event.clipboardData.getData("text")) && event.preventDefault()}>
        <Focused
          id={`cell-${question.name}-${lineKey(line)}-${part.name}`} label={`${part.title}, ${what}`} part={part} entry={entry} invalid={wrong !== null && entry !== undefined} readOnly={false}
          hint={entry?.value === null ? "not said" : offered ? `${shown(offered)}  ⏎` : ""}
          onFocus={() => undefined} onType={(text) => actions.current.type(line, part, text)} onPick={(text) => actions.current.type(line, part, text)} onEnter={() => actions.current.enter(line, part)}
          onKey={(event) => moves(event, part, (by) => actions.current.step(line, part, by), (by) => actions.current.climb(line, part, by))} onBlur={() => actions.current.leave(line, part)}
        />
      </span>
    );
  }
  return (
    <span
      {...shell} onMouseDown={(event) => {
        event.preventDefault();
        actions.current.choose(line, part.name, true);
      }}
    >
      {entry === undefined ? (offered ? shown(offered) : "") : entry.value === null ? <em>not said</em> : shown(entry)}
    </span>
  );
}

/** The control of the cell that is being filled in: it has the caret from the start. */
function Focused({ onBlur, ...props }: Omit<Parameters<typeof EntryControl>[0], "control"> & { onBlur(): void }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus({ preventScroll: true }), []);
  return <span className={css.control} onBlur={onBlur}><EntryControl {...props} control={input} /></span>;
}

/** Tab to the next cell, arrows up and down, and to the sides where the caret is at the end of the text or all of it is selected. */
function moves(event: KeyboardEvent<HTMLElement>, part: Part, step: (by: 1 | -1) => boolean, climb: (by: 1 | -1) => void): void {
  const input = event.currentTarget as HTMLInputElement;
  const { selectionStart: from, selectionEnd: to, value } = input;
  const whole = from === 0 && to === value.length;
  const done = () => {
    event.preventDefault();
    event.stopPropagation();
  };
  if (event.key === "Tab") {
    if (step(event.shiftKey ? -1 : 1)) done();
  } else if (event.shiftKey) return;
  else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && part.type !== "choice") {
    done();
    climb(event.key === "ArrowUp" ? -1 : 1);
  } else if (event.key === "ArrowLeft" && (whole || to === 0)) {
    if (step(-1)) done();
  } else if (event.key === "ArrowRight" && (whole || from === value.length)) {
    if (step(1)) done();
  }
}
