/** The table itself: cells with their labels, a cell or a block of cells chosen with arrows or the mouse. Long tables are drawn in part. */
import { useEffect, useRef, type CSSProperties, type KeyboardEvent, type PointerEvent } from "react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { cellText, type Table } from "../../media/table";
import { score as scoreText } from "../../ui/format";
import { entryOf, type LabelEntry } from "../labels/label-set";
import { keyOf, type Block, type Cell, type CellLabel } from "./marks";
import css from "./cells.module.css";

/** A label that waits for a decision. */
export interface Offer extends CellLabel {
  key: string;
  score: number | null;
}

export interface GridProps {
  name: string;
  table: Table;
  labels: readonly LabelEntry[];
  marks: ReadonlyMap<string, readonly CellLabel[]>;
  offers: ReadonlyMap<string, readonly Offer[]>;
  chosen: Block;
  active: boolean;
  onChoose(chosen: Block): void;
}

const ROW = 34;
const STEPS: Record<string, [rows: number, columns: number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-15, 0], PageDown: [15, 0] };

export function Grid({ name, table, labels, marks, offers, chosen, active, onChoose }: GridProps) {
  const frame = useRef<HTMLDivElement>(null);
  const { columns, rows } = table;
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => frame.current, estimateSize: () => ROW, overscan: 12 });
  const { row, column } = chosen.to;
  useEffect(() => {
    if (rows.length > 0) virtual.scrollToIndex(row, { align: "auto" });
    frame.current?.querySelector(`[data-at="${row}:${column}"]`)?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
    // Only a choice moves the view.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [row, column]);
  useEffect(() => {
    if (active && (document.activeElement === null || document.activeElement === document.body)) frame.current?.focus({ preventScroll: true });
  }, [active]);
  const go = (to: Cell, widen: boolean) => onChoose({ from: widen ? chosen.from : to, to });
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (!step && event.key !== "Home" && event.key !== "End") return;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const [down, right] = step ?? [0, event.key === "Home" ? -columns.length : columns.length];
    const within = (at: number, most: number) => Math.max(0, Math.min(most - 1, at));
    event.preventDefault();
    event.stopPropagation();
    go({ row: within(row + down, rows.length), column: within(column + right, columns.length) }, event.shiftKey);
  };
  const cellAt = (event: PointerEvent): Cell | null => {
    const at = (event.target as Element).closest<HTMLElement>("[data-at]")?.dataset.at?.split(":").map(Number);
    return at ? { row: at[0]!, column: at[1]! } : null;
  };
  const onPointer = (event: PointerEvent) => {
    const at = event.buttons === 1 ? cellAt(event) : null;
    if (at && (event.type === "pointerdown" || at.row !== row || at.column !== column)) go(at, event.type !== "pointerdown" || event.shiftKey);
  };
  const area = { top: Math.min(chosen.from.row, row), bottom: Math.max(chosen.from.row, row), left: Math.min(chosen.from.column, column), right: Math.max(chosen.from.column, column) };
  const grid: CSSProperties = { gridTemplateColumns: `56px repeat(${columns.length}, minmax(120px, 1fr))` };
  return (
    <div ref={frame} className={css.frame} tabIndex={0} role="grid" aria-label={`${name}: cells to label. Arrow keys choose a cell, Shift a block, a label key labels.`} aria-rowcount={rows.length + 1} aria-colcount={columns.length} aria-activedescendant={`cell-${row}-${column}`} onKeyDown={onKeyDown} onPointerDown={onPointer} onPointerMove={onPointer}>
      <div className={css.sheet} style={{ minWidth: 56 + columns.length * 120 }}>
        <div className={css.head} style={grid} role="row">
          <span role="columnheader" aria-label="Row" />
          {columns.map((title) => <span key={title} role="columnheader">{title}</span>)}
        </div>
        <div style={{ height: virtual.getTotalSize(), position: "relative" }} role="rowgroup">
          {virtual.getVirtualItems().map(({ index, start }) => (
            <div key={index} ref={virtual.measureElement} data-index={index} className={css.row} style={{ ...grid, transform: `translateY(${start}px)` }} role="row" aria-rowindex={index + 2}>
              <span className={css.number} role="rowheader">{index + 1}</span>
              {columns.map((title, c) => {
                const place = keyOf({ row: index, column: title });
                const inside = index >= area.top && index <= area.bottom && c >= area.left && c <= area.right;
                return (
                  <CellBox
                    key={title} id={`cell-${index}-${c}`} at={`${index}:${c}`} text={cellText(rows[index]![c])} labels={labels} marks={marks.get(place)} offers={offers.get(place)}
                    chosen={inside} focus={index === row && c === column}
                  />
                );
              })}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

interface CellBoxProps {
  id: string;
  at: string;
  text: string;
  labels: readonly LabelEntry[];
  marks: readonly CellLabel[] | undefined;
  offers: readonly Offer[] | undefined;
  chosen: boolean;
  focus: boolean;
}

function CellBox({ id, at, text, labels, marks, offers, chosen, focus }: CellBoxProps) {
  const first = marks?.[0] ?? offers?.[0];
  const color = first ? entryOf(labels, first.label).color : undefined;
  return (
    <span id={id} className={css.cell} data-at={at} data-marked={marks ? true : undefined} data-offered={offers && !marks ? true : undefined} data-chosen={chosen || undefined} data-focus={focus || undefined} role="gridcell" aria-selected={chosen} dir="auto" style={color ? ({ "--label": color } as CSSProperties) : undefined}>
      {text}
      {marks?.map((mark) => <Tag key={mark.label} entry={entryOf(labels, mark.label)} />)}
      {offers?.map((offer) => <Tag key={offer.key} entry={entryOf(labels, offer.label)} score={offer.score} offered />)}
    </span>
  );
}

function Tag({ entry, score = null, offered = false }: { entry: { title: string; color: string }; score?: number | null; offered?: boolean }) {
  return <em className={css.tag} data-offered={offered || undefined} style={{ "--label": entry.color } as CSSProperties}>{entry.title}{score === null ? "" : ` ${scoreText(score)}`}</em>;
}
