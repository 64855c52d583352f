/**
 * The text itself: draws lines with their spans, and tells its owner what was selected or clicked. Mouse and keyboard
 * make the same selections; the caret is the browser's own, made visible.
 */
import { memo, useImperativeHandle, useMemo, useRef, useState, type CSSProperties, type KeyboardEvent, type MouseEvent, type PointerEvent, type ReactNode, type Ref } from "react";
import type { Placed } from "../../lib/segments";
import type { TextRange } from "../../lib/words";
import { snapToWords, trimRange } from "../../lib/words";
import { blockAt, passagesOf, type Block, type LineLook, type Passage as Lines, type Shares } from "./document";
import { caretOffset, offsetAt, positionOf, selectedRange } from "./dom";
import { rulerOf, type Ruler } from "./measure";
import type { DrawnSpan } from "./model";
import { LANE, Runs } from "./Runs";
import type { Edge } from "./stepping";
import { useAwake } from "./useAwake";
import css from "./marking.module.css";

export interface TextHandle {
  /** What is selected now, without white space at its ends. */
  range(): TextRange | null;
  select(range: TextRange): void;
  clear(): void;
  /** Brings an offset into sight. */
  reveal(offset: number): void;
  /** The same part of the text as the browser sees it, for marks that are no spans. */
  ranges(parts: readonly TextRange[]): Range[];
}

export interface TextSurfaceProps {
  ref: Ref<TextHandle>;
  name: string;
  text: string;
  blocks: readonly Block[];
  shares: Shares;
  selected: DrawnSpan | null;
  armed: boolean;
  /** The edges of the selected span can be dragged. */
  editable: boolean;
  /** A selection was finished; `exact` when it was made by characters. */
  onRange(range: TextRange | null): void;
  /** A click without selection on the run that begins at an offset. */
  onClick(offset: number): void;
  /** An edge of the selected span is dragged to an offset; all of one drag have the same number. */
  onEdge(edge: Edge, offset: number, exact: boolean, drag: number): void;
  /** Lines stand apart, beside a margin: room for what `overlay` draws over the text, in the place of the scrolled content. */
  roomy?: boolean;
  overlay?: (ruler: Ruler) => ReactNode;
}

interface Press {
  x: number;
  y: number;
  edge: Edge | undefined;
}

/** A press that moved further than this was meant as a selection. */
const SLACK = 4;

export function TextSurface({ ref, name, text, blocks, shares, selected, armed, editable, onRange, onClick, onEdge, roomy, overlay }: TextSurfaceProps) {
  const root = useRef<HTMLDivElement>(null);
  const press = useRef<Press | null>(null);
  const drags = useRef(0);
  const passages = useMemo(() => passagesOf(blocks), [blocks]);
  const awake = useAwake(passages, root);
  const [caret, setCaret] = useState<{ x: number; y: number; h: number } | null>(null);
  const ruler = useMemo(() => rulerOf(root, passages), [passages]);
  const place = (offset: number) => positionOf(root.current!.children[blockAt(passages, offset)]!, offset);
  const select = (range: TextRange) => {
    const from = place(range.start);
    const to = place(range.end);
    if (from && to) document.getSelection()?.setBaseAndExtent(from.node, from.at, to.node, to.at);
  };
  const range = () => {
    const found = root.current && selectedRange(root.current);
    return found ? trimRange(text, found) : null;
  };
  useImperativeHandle(ref, () => ({
    range,
    select,
    clear: () => document.getSelection()?.removeAllRanges(),
    reveal: (offset) => {
      const passage = blockAt(passages, offset);
      awake.wake(passage);
      bringIntoSight(root.current!, root.current!.children[passage] as HTMLElement, offset);
    },
    ranges: (parts) => parts.flatMap((part) => {
      const [from, to] = [place(part.start), place(part.end)];
      if (!from || !to) return [];
      const found = document.createRange();
      found.setStart(from.node, from.at);
      found.setEnd(to.node, to.at);
      return [found];
    }),
  }));
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    const edge = edgeUnder(event.target);
    press.current = { x: event.clientX, y: event.clientY, edge };
    if (edge === undefined) return;
    drags.current += 1;
    event.currentTarget.dataset.dragging = "";
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const edge = press.current?.edge;
    const at = edge === undefined ? null : offsetAt(event.currentTarget, event.clientX, event.clientY);
    if (edge !== undefined && at !== null) onEdge(edge, at, event.shiftKey, drags.current);
  };
  const letGo = () => {
    const before = press.current;
    press.current = null;
    delete root.current?.dataset.dragging;
    return before;
  };
  const onPointerUp = (event: PointerEvent<HTMLDivElement>) => {
    const from = letGo();
    if (event.button !== 0 || from?.edge !== undefined) return;
    const found = range() ?? draggedOver(event.currentTarget, text, from, event);
    const snapped = found && (event.shiftKey ? found : snapToWords(text, found));
    if (snapped) {
      select(snapped);
      onRange(snapped);
      return;
    }
    onRange(null);
    letGoOfNothing();
    const run = (event.target as Element).closest<HTMLElement>("[data-o]");
    if (run) onClick(Number(run.dataset.o));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.altKey || event.metaKey || !moveCaret(event, () => place(selected?.start ?? 0))) return;
    event.preventDefault();
    event.stopPropagation();
    setCaret(caretBox(root.current!));
    onRange(range());
  };
  return (
    <div className={css.scroll} tabIndex={0} role="group" aria-label={`${name}: text to mark. Arrow keys move the caret, Shift selects, a label key marks.`} onKeyDown={onKeyDown} onBlur={() => setCaret(null)} onPointerDown={() => setCaret(null)}>
      <div ref={root} className={css.text} data-armed={armed || undefined} data-roomy={roomy || undefined} onMouseDown={beginAnew} onPointerDown={onPointerDown} onPointerMove={onPointerMove} onPointerUp={onPointerUp} onPointerCancel={letGo}>
        {passages.map((lines, i) => (
          <Passage key={lines.start} text={text} lines={lines} shares={shares} awake={awake.has(i)} selected={touching(lines, selected)} handles={editable} />
        ))}
      </div>
      {overlay?.(ruler)}
      {caret ? <span className={css.caret} aria-hidden style={{ left: caret.x, top: caret.y, height: caret.h }} /> : null}
    </div>
  );
}

const edgeUnder = (target: EventTarget) => (target as Element).closest<HTMLElement>("[data-edge]")?.dataset.edge as Edge | undefined;

/** A press inside the present selection would drag the words away; it is to begin a new selection instead. */
function beginAnew(event: MouseEvent): void {
  if (edgeUnder(event.target)) event.preventDefault();
  else if (event.button === 0 && !event.shiftKey) document.getSelection()?.removeAllRanges();
}

/** Nothing but white space is selected: no selection is left to look like one, but the caret stays. */
function letGoOfNothing(): void {
  const selection = document.getSelection();
  if (selection && !selection.isCollapsed) selection.collapseToEnd();
}

/** What the pointer went over, where the browser itself selected nothing (it does so at fractions of a pixel). */
function draggedOver(root: Element, text: string, from: Press | null, to: PointerEvent): TextRange | null {
  if (!from || Math.abs(from.x - to.clientX) + Math.abs(from.y - to.clientY) <= SLACK) return null;
  const a = offsetAt(root, from.x, from.y);
  const b = offsetAt(root, to.clientX, to.clientY);
  return a === null || b === null ? null : trimRange(text, { start: Math.min(a, b), end: Math.max(a, b) });
}

const asleep: readonly (readonly Placed<DrawnSpan>[])[] = [];
const nothing: readonly Placed<DrawnSpan>[] = [];

const touching = (part: { start: number; end: number }, span: DrawnSpan | null) =>
  span && span.start < part.end && part.start < span.end ? span : null;

interface PassageProps {
  text: string;
  lines: Lines;
  shares: Shares;
  /** Drawn with its spans. */
  awake: boolean;
  selected: DrawnSpan | null;
  handles: boolean;
}

/** Characters in a row of text, roughly: how high a passage is that was not laid out yet. */
const ROW = 78;

const Passage = memo(function Passage({ text, lines, shares, awake, selected, handles }: PassageProps) {
  const rows = lines.blocks.reduce((sum, block) => sum + Math.max(1, Math.ceil((block.end - block.start) / ROW)), 0);
  const size = { "--rows": rows } as CSSProperties;
  // Far from the screen its words are there to be found, in one piece: thousands of lines need not be made before the first is seen.
  if (!awake && lines.blocks.every((block) => !block.look)) {
    return <div className={`${css.passage} ${css.asleep}`} style={size}><span data-o={lines.start}>{text.slice(lines.start, lines.end)}</span></div>;
  }
  return (
    <div className={css.passage} style={size}>
      {lines.blocks.map((block, i) => (
        <Line key={block.start} text={text} block={block} shares={awake ? shares[lines.first + i]! : asleep} selected={touching(block, selected)} handles={handles} />
      ))}
    </div>
  );
}, (before, now) =>
  before.text === now.text && before.lines === now.lines && before.awake === now.awake && before.selected === now.selected && before.handles === now.handles
  && (!now.awake || now.lines.blocks.every((_, i) => before.shares[now.lines.first + i] === now.shares[now.lines.first + i])));

interface LineProps {
  text: string;
  block: Block;
  shares: readonly (readonly Placed<DrawnSpan>[])[];
  selected: DrawnSpan | null;
  handles: boolean;
}

const Line = memo(function Line({ text, block, shares, selected, handles }: LineProps) {
  const depth = Math.max(2, ...shares.map((share) => share.reduce((most, p) => Math.max(most, p.depth), 0)));
  const tall = depth > 2 ? { lineHeight: `calc(var(--line) + ${(depth - 2) * LANE * 2}px)` } : undefined;
  const { look } = block;
  const runs = block.chunks.map((chunk, c) => {
    const drawn = <Runs key={chunk.start} text={text} chunk={chunk} styles={block.styles} spans={shares[c] ?? nothing} selected={touching(chunk, selected)} handles={handles} />;
    return look?.look === "row" ? <span key={chunk.start} className={css.cell} dir="auto" style={{ gridColumn: look.column + c + 1 }}>{drawn}</span> : drawn;
  });
  if (!look) return <div className={css.block} dir={block.dir} style={tall}>{runs}</div>;
  return (
    <div
      className={css.block} dir={block.dir} style={{ ...tall, ...placeOf(look) }} role={look.look.startsWith("h") ? "heading" : undefined} aria-level={look.look.startsWith("h") ? Number(look.look[1]) : undefined}
      data-look={look.look} data-first={look.first || undefined} data-head={look.head || undefined} data-bullet={look.bullet || undefined} data-quote={look.quote || undefined}
    >
      {runs}
    </div>
  );
});

/** How deep it lies in lists and quotations, and of a row its columns. */
function placeOf({ look, depth, quote, columns }: LineLook): Record<string, string | number> {
  const place = { "--depth": depth, "--quote": quote };
  return look === "row" ? { ...place, gridTemplateColumns: `repeat(${Math.max(1, columns)}, minmax(0, 1fr))` } : place;
}

const MOVES: Record<string, [direction: "forward" | "backward", unit: string]> = {
  ArrowRight: ["forward", "character"],
  ArrowLeft: ["backward", "character"],
  ArrowDown: ["forward", "line"],
  ArrowUp: ["backward", "line"],
  End: ["forward", "lineboundary"],
  Home: ["backward", "lineboundary"],
};

/** Moves or (with Shift) extends the browser's own caret. False if the key means something else. */
function moveCaret(event: KeyboardEvent<HTMLDivElement>, home: () => { node: Node; at: number } | null): boolean {
  const move = MOVES[event.key];
  const selection = document.getSelection();
  if (!move || !selection) return false;
  if (caretOffset(event.currentTarget) === null) {
    const start = home();
    if (start) selection.collapse(start.node, start.at);
    return true;
  }
  const unit = event.ctrlKey && move[1] === "character" ? "word" : move[1];
  const sideways = event.key === "ArrowRight" ? "right" : event.key === "ArrowLeft" ? "left" : move[0];
  selection.modify(event.shiftKey ? "extend" : "move", sideways, unit);
  return true;
}

/** Where the caret is drawn, in the coordinates of the scrolled content. */
function caretBox(root: HTMLElement): { x: number; y: number; h: number } | null {
  const selection = document.getSelection();
  const scroll = root.parentElement!;
  if (!selection?.focusNode || !root.contains(selection.focusNode)) return null;
  const range = document.createRange();
  range.setStart(selection.focusNode, selection.focusOffset);
  const box = range.getClientRects()[0] ?? (selection.focusNode.parentElement ?? root).getBoundingClientRect();
  const frame = scroll.getBoundingClientRect();
  const y = box.top - frame.top + scroll.scrollTop;
  if (y < scroll.scrollTop || y + box.height > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = y - scroll.clientHeight / 2;
  return { x: box.left - frame.left - 1, y, h: box.height };
}

/** Scrolls only if the place is out of sight. */
function bringIntoSight(root: HTMLElement, passage: HTMLElement, offset: number): void {
  const at = positionOf(passage, offset);
  if (!at) return;
  const range = document.createRange();
  range.setStart(at.node, at.at);
  const box = range.getClientRects()[0] ?? passage.getBoundingClientRect();
  const scroll = root.parentElement!;
  const frame = scroll.getBoundingClientRect();
  const top = Math.max(frame.top, 0);
  const bottom = Math.min(frame.bottom, window.innerHeight);
  if (box.top >= top + 20 && box.bottom <= bottom - 20) return;
  if (scroll.scrollHeight > scroll.clientHeight + 1) scroll.scrollTop += box.top - frame.top - scroll.clientHeight / 3;
  else (at.node.parentElement ?? passage).scrollIntoView({ block: "center" });
}
