/**
 * What is marked on a page, and the gestures that mark: drag over words (they snap), drag a rectangle, pick, move, resize. It stands
 * alone because forms and boxes mark pages in the same way; what a gesture means is theirs. Places are points of the page.
 */
import { useQuery } from "@tanstack/react-query";
import { useRef, useState, type CSSProperties, type PointerEvent } from "react";
import { NO_WORDS, wordsQuery } from "../../api/documentQueries";
import { contains, handleAt, HANDLES, handlePoint, moved, resized, type Handle, type Point, type Rect, type Size } from "../../lib/geometry";
import { onPage, rectOf, wordsIn, type Word } from "../../lib/pages";
import css from "./marks.module.css";
import type { Viewer } from "./viewer";

export interface PageMark {
  key: string;
  rects: readonly Rect[];
  color: string;
  /** Nothing is written where this is empty. */
  title: string;
  dashed?: boolean;
  selected?: boolean;
}

/** What a drag does: takes the words that it covers, makes a rectangle, or nothing but picking. */
export type Gesture = "words" | "draw" | "select";

export interface MarkLayerProps {
  viewer: Viewer;
  page: number;
  size: Size;
  scale: number;
  marks: readonly PageMark[];
  gesture: Gesture;
  color: string;
  readOnly: boolean;
  /** A rectangle was drawn over these words; `more`: with Shift held. */
  onDrag(page: number, rect: Rect, words: readonly Word[], more: boolean): void;
  onPick(key: string | null): void;
  /** The selected mark was moved or resized. */
  onEdit?(key: string, rect: Rect): void;
}

type Action = { kind: "drag"; from: Point; to: Point; moved: boolean } | { kind: "move"; key: string; start: Rect; from: Point; to: Point } | { kind: "resize"; key: string; start: Rect; handle: Handle; to: Point };

/** Pixels on the screen: less is a click. */
const CLICK = 4;
const REACH = 9;
/** A lower or narrower mark has handles at its corners only, so that what it marks can be read. */
const ROOM = 34;

export function MarkLayer({ viewer, page, size, scale, marks, gesture, color, readOnly, onDrag, onPick, onEdit }: MarkLayerProps) {
  const asked = useQuery(wordsQuery(viewer.media, page, viewer.asker));
  const words = asked.data?.words ?? NO_WORDS;
  const host = useRef<HTMLDivElement>(null);
  const [action, setAction] = useState<Action | null>(null);
  const [over, setOver] = useState<Word | null>(null);
  const at = (event: PointerEvent): Point => {
    const box = host.current!.getBoundingClientRect();
    return { x: (event.clientX - box.left) / scale, y: (event.clientY - box.top) / scale };
  };
  const selected = marks.find((mark) => mark.selected && mark.rects.length === 1 && !mark.dashed);
  const under = (p: Point): PageMark | undefined => [...marks].reverse().find((mark) => mark.rects.some((rect) => contains(rect, p)));
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.preventDefault(); // a text field that is being filled keeps the caret
    const p = at(event);
    const own = onEdit && !readOnly ? selected : undefined;
    const handle = own ? handleAt(own.rects[0]!, p, REACH / scale) : null;
    if (own && handle) setAction({ kind: "resize", key: own.key, start: own.rects[0]!, handle, to: p });
    else if (own && contains(own.rects[0]!, p)) setAction({ kind: "move", key: own.key, start: own.rects[0]!, from: p, to: p });
    else setAction({ kind: "drag", from: p, to: p, moved: false });
    host.current?.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    const p = at(event);
    if (!action) {
      const word = gesture === "words" && !readOnly ? (wordsIn(words, { x: p.x, y: p.y, w: 0, h: 0 })[0] ?? null) : null;
      if (word !== over) setOver(word);
    } else if (action.kind === "drag") setAction({ ...action, to: p, moved: action.moved || Math.hypot(p.x - action.from.x, p.y - action.from.y) * scale >= CLICK });
    else setAction({ ...action, to: p });
  };
  const up = (event: PointerEvent) => {
    if (!action) return;
    setAction(null);
    if (action.kind !== "drag") {
      const next = edited(action, size);
      const far = action.kind === "resize" || Math.hypot(action.to.x - action.from.x, action.to.y - action.from.y) * scale >= CLICK;
      if (far) onEdit?.(action.key, next);
      return;
    }
    const p = action.to;
    const hit = under(p);
    if (!action.moved && (hit || gesture !== "words" || readOnly)) return onPick(hit?.key ?? null);
    if (readOnly || gesture === "select") return onPick(hit?.key ?? null);
    const rect = onPage(rectOf(action.from, p), size);
    const found = gesture === "words" ? wordsIn(words, rectOf(action.from, p)) : [];
    if (found.length > 0 || (action.moved && rect)) onDrag(page, rect ?? { x: p.x, y: p.y, w: 0, h: 0 }, found, event.shiftKey);
    else onPick(null);
  };
  const drawn = action?.kind === "drag" && action.moved && gesture !== "select" && !readOnly ? rectOf(action.from, action.to) : null;
  const taken = drawn && gesture === "words" ? wordsIn(words, drawn) : over && !action ? [over] : [];
  const px = (rect: Rect): CSSProperties => ({ left: rect.x * scale, top: rect.y * scale, width: rect.w * scale, height: rect.h * scale });
  return (
    <div
      ref={host} className={css.layer} data-gesture={readOnly ? "select" : gesture} data-words={asked.data?.state ?? "loading"} style={{ "--label": color } as CSSProperties}
      onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={() => setAction(null)} onPointerLeave={() => setOver(null)}
    >
      {taken.map(([, x, y, w, h], i) => <i key={i} className={css.word} style={px({ x, y, w, h })} />)}
      {marks.flatMap((mark) => mark.rects.map((rect, i) => {
        const shown = action && action.kind !== "drag" && action.key === mark.key ? edited(action, size) : rect;
        return (
          <div key={`${mark.key}:${i}`} className={css.mark} data-mark={mark.key} data-dashed={mark.dashed || undefined} data-selected={mark.selected || undefined} style={{ ...px(shown), "--label": mark.color } as CSSProperties}>
            {i === 0 && mark.title ? <span>{mark.title}</span> : null}
            {mark === selected && onEdit && !readOnly ? HANDLES.filter((handle) => handle.length === 2 || Math.min(shown.w, shown.h) * scale > ROOM).map((handle) => {
              const p = handlePoint({ x: 0, y: 0, w: shown.w, h: shown.h }, handle);
              return <b key={handle} style={{ left: p.x * scale, top: p.y * scale, cursor: `${handle}-resize` }} />;
            }) : null}
          </div>
        );
      }))}
      {drawn ? <div className={css.drawn} style={px(drawn)} /> : null}
      <WordsNote state={asked.data?.state} reason={asked.data?.reason} gesture={gesture} error={asked.error} />
    </div>
  );
}

function edited(action: Exclude<Action, { kind: "drag" }>, size: Size): Rect {
  if (action.kind === "resize") return resized(action.start, action.handle, action.to, size);
  return moved(action.start, action.to.x - action.from.x, action.to.y - action.from.y, size);
}

/** Why there are no words to snap to. */
function WordsNote({ state, reason, gesture, error }: { state?: string; reason?: string; gesture: Gesture; error: unknown }) {
  if (gesture !== "words") return null;
  if (state === "reading") return <p className={css.note} role="status">Reading the words of this page…</p>;
  if (state === "failed" || state === "withheld") return <p className={css.note} title={reason}>No words to snap to: {reason}</p>;
  if (error) return <p className={css.note}>The words of this page could not be loaded.</p>;
  return null;
}
