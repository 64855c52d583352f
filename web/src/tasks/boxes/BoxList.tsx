/** The boxes as a list: what a canvas is to the eye, this is to the keyboard and the screen reader. Virtualised. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useRef, type CSSProperties, type KeyboardEvent } from "react";
import type { Rect, Size } from "../../lib/geometry";
import { count } from "../../ui/format";
import type { DrawnBox } from "./model";
import { Numbers } from "./Numbers";
import css from "./boxes.module.css";

export interface BoxListProps {
  drawn: readonly DrawnBox[];
  selected: DrawnBox | null;
  image: Size;
  readOnly: boolean;
  onSelect(key: string): void;
  onEdit(key: string, rect: Rect): void;
  onAdd(): void;
}

const ROW = 28;

export function BoxList({ drawn, selected, image, readOnly, onSelect, onEdit, onAdd }: BoxListProps) {
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const at = selected ? drawn.findIndex((box) => box.key === selected.key) : -1;
  const virtual = useVirtualizer({ count: drawn.length, getScrollElement: () => list.current, estimateSize: () => ROW, overscan: 6 });
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
  }, [at, virtual]);
  const onKeyDown = (event: KeyboardEvent) => {
    const target = nextRow(event.key, at, drawn.length);
    if (target === null || event.altKey || event.shiftKey || !drawn[target]) return;
    event.preventDefault();
    event.stopPropagation();
    onSelect(drawn[target].key);
  };
  return (
    <aside className={css.list} aria-label="Boxes">
      <header className={css.listHead}>
        <strong>{count(drawn.length)} {drawn.length === 1 ? "box" : "boxes"}</strong>
        {readOnly ? null : <button type="button" className={css.add} onClick={onAdd} disabled={!image.w}>New box</button>}
      </header>
      {drawn.length > 0 ? (
        <div ref={list} className={css.rows} role="listbox" tabIndex={0} aria-label="Boxes" aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined} onKeyDown={onKeyDown}>
          <div style={{ height: virtual.getTotalSize(), position: "relative" }} role="presentation">
            {virtual.getVirtualItems().map(({ index, start }) => {
              const box = drawn[index]!;
              return (
                <div
                  key={box.key} id={`${id}-${index}`} role="option" aria-selected={index === at} aria-setsize={drawn.length} aria-posinset={index + 1}
                  className={css.item} style={{ "--label": box.color, transform: `translateY(${start}px)` } as CSSProperties} onClick={() => onSelect(box.key)}
                >
                  <i aria-hidden data-dashed={box.dashed || undefined} />
                  <span>{box.title}{box.suggested ? <span className="visually-hidden"> suggested</span> : null}</span>
                  <small>{Math.round(box.w)}×{Math.round(box.h)}</small>
                </div>
              );
            })}
          </div>
        </div>
      ) : <p className={css.none}>Draw on the image, or add a box here and set its place in numbers.</p>}
      {selected && !selected.dashed ? <Numbers key={selected.key} box={selected} image={image} readOnly={readOnly} onEdit={(rect) => onEdit(selected.key, rect)} /> : null}
    </aside>
  );
}

function nextRow(key: string, at: number, total: number): number | null {
  const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at < 0 ? total - 1 : at - 1, Home: 0, End: total - 1, PageDown: Math.min(at + 10, total - 1), PageUp: Math.max(at - 10, 0) };
  return moves[key] ?? null;
}
