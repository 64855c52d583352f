/**
 * A list of labels to pick from: radio buttons or check boxes with key caps, colours, suggestions and a filter. Real
 * buttons with one tab stop; a long list is virtualised.
 */
import { IconChevronDown, IconChevronRight, IconQuestionMark } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, useState, type CSSProperties, type KeyboardEvent, type Ref } from "react";
import type { Question } from "../../api/types";
import { count, score as scoreText } from "../../ui/format";
import { Cap, labelCommandId } from "../keycaps";
import { FILTER_FROM } from "./label-commands";
import { filterLabels, type LabelEntry } from "./label-set";
import css from "./labels.module.css";

export interface LabelRow {
  label: LabelEntry;
  depth: number;
  /** Set on a row with children. */
  open?: boolean;
}

export interface LabelListProps {
  question: Question;
  /** Its keys act now. */
  active: boolean;
  labels: readonly LabelEntry[];
  /** The rows while nothing is typed; default: all labels, flat. */
  rows?: readonly LabelRow[];
  kind: "radio" | "checkbox";
  chosen: ReadonlySet<string>;
  suggested: ReadonlyMap<string, number | null>;
  readOnly: boolean;
  onPick(label: LabelEntry): void;
  onToggleOpen?(label: LabelEntry): void;
  onGuideline(label: string): void;
  filterRef?: Ref<HTMLInputElement>;
}

const ROW = 34;
const VIRTUAL_FROM = 60;

export function LabelList(props: LabelListProps) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const flat = typed !== "" || !props.rows;
  const rows = flat ? filterLabels(props.labels, typed).map((label) => ({ label, depth: 0 })) : props.rows!;
  const best = bestOf(props.suggested);
  const current = Math.min(at, Math.max(0, rows.length - 1));
  const virtual = useVirtualizer({
    count: rows.length, getScrollElement: () => list.current, estimateSize: () => ROW, overscan: 8, enabled: rows.length >= VIRTUAL_FROM,
  });
  const focusRow = (index: number) => {
    const next = Math.min(Math.max(index, 0), rows.length - 1);
    setAt(next);
    if (rows.length >= VIRTUAL_FROM) virtual.scrollToIndex(next);
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-row="${next}"]`)?.focus());
  };
  const onKeys = (event: KeyboardEvent) => {
    const target = rowFor(event.key, current, rows.length);
    if (target !== null) focusRow(target);
    else if (event.key === "ArrowRight" || event.key === "ArrowLeft") openOrClose(props, rows[current], event.key === "ArrowRight");
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const show = (row: LabelRow, index: number, style?: CSSProperties) => (
    <Row key={row.label.value} row={row} index={index} style={style} list={props} best={best} stop={index === current} total={rows.length} onFocus={() => setAt(index)} />
  );
  const long = rows.length >= VIRTUAL_FROM;
  return (
    <div className={css.labels} data-quiet={!props.active || undefined}>
      {props.labels.length >= FILTER_FROM ? (
        <Filter
          id={labelCommandId(props.question, "filter")} typed={typed} inputRef={props.filterRef} found={rows.length} total={props.labels.length}
          onType={(text) => { setTyped(text); setAt(0); }}
          onDown={() => focusRow(0)}
          onEnter={() => { if (rows[0]) { props.onPick(rows[0].label); setTyped(""); } }}
        />
      ) : null}
      <div ref={list} className={css.list} role={props.kind === "radio" ? "radiogroup" : "group"} aria-label={props.question.title ?? props.question.name} onKeyDown={onKeys} data-long={long || undefined}>
        {long ? (
          <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
            {virtual.getVirtualItems().map((v) => show(rows[v.index]!, v.index, { position: "absolute", insetInline: 0, top: 0, transform: `translateY(${v.start}px)` }))}
          </div>
        ) : rows.map((row, index) => show(row, index))}
        {rows.length === 0 ? <p className={css.none}>No label contains “{typed}”.</p> : null}
      </div>
    </div>
  );
}

function bestOf(suggested: ReadonlyMap<string, number | null>): number | null {
  const scores = [...suggested.values()].filter((score) => score !== null);
  return scores.length > 0 ? Math.max(...scores) : null;
}

function rowFor(key: string, current: number, total: number): number | null {
  const moves: Record<string, number> = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: total - 1, PageDown: current + 10, PageUp: current - 10 };
  return moves[key] ?? null;
}

function openOrClose(props: LabelListProps, row: LabelRow | undefined, open: boolean): void {
  if (row?.open !== undefined && row.open !== open) props.onToggleOpen?.(row.label);
}

interface RowProps {
  row: LabelRow;
  index: number;
  total: number;
  style?: CSSProperties;
  list: LabelListProps;
  /** The highest score: of several suggestions for one answer only the best is drawn as one. */
  best: number | null;
  stop: boolean;
  onFocus(): void;
}

function Row({ row: { label, depth, open }, index, total, style, list, best, stop, onFocus }: RowProps) {
  const chosen = list.chosen.has(label.value);
  const suggested = list.suggested.has(label.value);
  const score = list.suggested.get(label.value);
  const look = { "--label": label.color, ...style, paddingInlineStart: depth * 16 } as CSSProperties;
  return (
    <div className={css.row} style={look}>
      {open === undefined ? (list.onToggleOpen ? <span className={css.twistie} /> : null) : (
        <button type="button" className={css.twistie} tabIndex={-1} aria-label={`${open ? "Close" : "Open"} ${label.title}`} aria-expanded={open} onClick={() => list.onToggleOpen?.(label)}>
          {open ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
        </button>
      )}
      <button
        type="button" role={list.kind} aria-checked={chosen} {...(list.kind === "radio" ? { "aria-setsize": total, "aria-posinset": index + 1 } : {})} data-row={index}
        className={css.pick} data-label={label.value} data-suggested={(suggested && !chosen && (list.kind === "checkbox" || score === best)) || undefined} disabled={list.readOnly}
        tabIndex={stop ? 0 : -1} onFocus={onFocus} onClick={() => list.onPick(label)}
      >
        <span className={css.mark} data-kind={list.kind} aria-hidden />
        <span className={css.title} title={label.title}>{label.title}</span>
        {suggested ? <span className={css.score}><span className="visually-hidden">suggested </span>{score === null ? "model" : scoreText(score)}</span> : null}
        <Cap id={labelCommandId(list.question, label.value)} of={label.key} />
      </button>
      {label.description ? (
        <button type="button" className={css.info} tabIndex={-1} title={`What “${label.title}” means`} aria-label={`Guideline for ${label.title}`} onClick={() => list.onGuideline(label.value)}>
          <IconQuestionMark size={12} />
        </button>
      ) : null}
    </div>
  );
}

interface FilterProps {
  id: string;
  typed: string;
  found: number;
  total: number;
  inputRef?: Ref<HTMLInputElement>;
  onType(text: string): void;
  onEnter(): void;
  onDown(): void;
}

function Filter({ id, typed, found, total, inputRef, onType, onEnter, onDown }: FilterProps) {
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) onEnter();
    else if (event.key === "ArrowDown") onDown();
    else if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") onType("");
    if (event.key !== "ArrowDown") event.currentTarget.blur();
  };
  return (
    <label className={css.filter}>
      <input ref={inputRef} value={typed} placeholder={`Find among ${count(total)}`} aria-label="Find a label. Enter takes the first." spellCheck={false} autoComplete="off" onChange={(e) => onType(e.target.value)} onKeyDown={onKeyDown} />
      {typed ? <span>{count(found)}</span> : <Cap id={id} of="L" />}
    </label>
  );
}
