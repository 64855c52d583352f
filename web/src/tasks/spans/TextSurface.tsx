/**
 * The text itself: draws lines with their spans, and tells its owner what was selected or clicked. Mouse and keyboard
 * make the same selections; the caret is the browser's own, made visible.
 */
import { memo, useImperativeHandle, useRef, useState, type KeyboardEvent, type MouseEvent, type PointerEvent, type Ref } from "react";
import type { Placed } from "../../lib/segments";
import type { TextRange } from "../../lib/words";
import { snapToWords, trimRange } from "../../lib/words";
import { blockAt, type Block, type Shares } from "./document";
import { caretOffset, positionOf, selectedRange } from "./dom";
import type { DrawnSpan } from "./model";
import { LANE, Runs } from "./Runs";
import { useAwake } from "./useAwake";
import css from "./spans.module.css";

export interface TextHandle {
  /** What is selected now, without white space at its ends. */
  range(): TextRange | null;
  select(range: TextRange): void;
  clear(): void;
  /** Brings an offset into sight. */
  reveal(offset: number): void;
}

export interface TextSurfaceProps {
  ref: Ref<TextHandle>;
  name: string;
  text: string;
  blocks: readonly Block[];
  shares: Shares;
  selected: DrawnSpan | null;
  armed: boolean;
  /** A selection was finished; `exact` when it was made by characters. */
  onRange(range: TextRange | null): void;
  /** A click without selection on the run that begins at an offset. */
  onClick(offset: number): void;
}

export function TextSurface({ ref, name, text, blocks, shares, selected, armed, onRange, onClick }: TextSurfaceProps) {
  const root = useRef<HTMLDivElement>(null);
  const awake = useAwake(blocks, root);
  const [caret, setCaret] = useState<{ x: number; y: number; h: number } | null>(null);
  const place = (offset: number) => positionOf(root.current!.children[blockAt(blocks, offset)]!, offset);
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
      const block = blockAt(blocks, offset);
      awake.wake(block);
      bringIntoSight(root.current!, root.current!.children[block] as HTMLElement, offset);
    },
  }));
  const onPointerUp = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const found = range();
    const snapped = found && (event.shiftKey ? found : snapToWords(text, found));
    if (snapped) {
      select(snapped);
      onRange(snapped);
      return;
    }
    onRange(null);
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
      <div ref={root} className={css.text} data-armed={armed || undefined} onMouseDown={beginAnew} onPointerUp={onPointerUp}>
        {blocks.map((block, i) => (
          <Line key={block.start} text={text} block={block} shares={awake.has(i) ? shares[i]! : asleep} selected={touching(block, selected)} />
        ))}
      </div>
      {caret ? <span className={css.caret} aria-hidden style={{ left: caret.x, top: caret.y, height: caret.h }} /> : null}
    </div>
  );
}

/** A press inside the present selection would drag the words away; it is to begin a new selection instead. */
function beginAnew(event: MouseEvent): void {
  if (event.button === 0 && !event.shiftKey) document.getSelection()?.removeAllRanges();
}

const asleep: readonly (readonly Placed<DrawnSpan>[])[] = [];
const nothing: readonly Placed<DrawnSpan>[] = [];

const touching = (part: { start: number; end: number }, span: DrawnSpan | null) =>
  span && span.start < part.end && part.start < span.end ? span : null;

interface LineProps {
  text: string;
  block: Block;
  shares: readonly (readonly Placed<DrawnSpan>[])[];
  selected: DrawnSpan | null;
}

const Line = memo(function Line({ text, block, shares, selected }: LineProps) {
  const depth = Math.max(2, ...shares.map((share) => share.reduce((most, p) => Math.max(most, p.depth), 0)));
  return (
    <div className={css.block} dir="auto" style={depth > 2 ? { lineHeight: `${34 + (depth - 2) * LANE * 2}px` } : undefined}>
      {block.chunks.map((chunk, c) => (
        <Runs key={chunk.start} text={text} chunk={chunk} spans={shares[c] ?? nothing} selected={touching(chunk, selected)?.key ?? null} />
      ))}
    </div>
  );
});

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
function bringIntoSight(root: HTMLElement, block: HTMLElement, offset: number): void {
  const at = positionOf(block, offset);
  if (!at) return;
  const range = document.createRange();
  range.setStart(at.node, at.at);
  const box = range.getClientRects()[0] ?? block.getBoundingClientRect();
  const scroll = root.parentElement!;
  const frame = scroll.getBoundingClientRect();
  const top = Math.max(frame.top, 0);
  const bottom = Math.min(frame.bottom, window.innerHeight);
  if (box.top >= top + 20 && box.bottom <= bottom - 20) return;
  if (scroll.scrollHeight > scroll.clientHeight + 1) scroll.scrollTop += box.top - frame.top - scroll.clientHeight / 3;
  else block.scrollIntoView({ block: "center" });
}
