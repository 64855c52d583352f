/** The segments as a list: what the lanes are to the eye, this is to the keyboard and the screen reader. Virtualised. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useRef, type CSSProperties, type KeyboardEvent } from "react";
import { clockText } from "../../media/time/axis";
import { count } from "../../ui/format";
import type { TimedKind } from "./model";
import css from "./timed.module.css";
import type { DrawnSegment } from "./useTimed";

export interface SegmentListProps {
  kind: TimedKind;
  drawn: readonly DrawnSegment[];
  selected: DrawnSegment | null;
  titleOf(label: string): string;
  onSelect(one: DrawnSegment): void;
  onOpen(one: DrawnSegment): void;
}

const ROW = 28;

export function SegmentList({ kind, drawn, selected, titleOf, onSelect, onOpen }: SegmentListProps) {
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const at = selected ? drawn.findIndex((one) => one.key === selected.key) : -1;
  const virtual = useVirtualizer({ count: drawn.length, getScrollElement: () => list.current, estimateSize: () => ROW, overscan: 6 });
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
  }, [at, virtual]);
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at < 0 ? drawn.length - 1 : at - 1, Home: 0, End: drawn.length - 1 };
    const target = drawn[moves[event.key] ?? -1];
    if (!target || event.altKey || event.shiftKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    onSelect(target);
  };
  if (drawn.length === 0) {
    return <p className={css.none}>No {kind.nouns} yet.</p>;
  }
  const title = `${count(drawn.length)} ${drawn.length === 1 ? kind.noun : kind.nouns}`;
  return (
    <div ref={list} className={css.rows} role="listbox" tabIndex={0} aria-label={title} aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined} onKeyDown={onKeyDown}>
      <div style={{ height: virtual.getTotalSize(), position: "relative" }} role="presentation">
        {virtual.getVirtualItems().map(({ index, start }) => {
          const one = drawn[index]!;
          return (
            <div
              key={one.key} id={`${id}-${index}`} role="option" aria-selected={index === at} aria-setsize={drawn.length} aria-posinset={index + 1} className={css.item}
              style={{ "--label": one.color, transform: `translateY(${start}px)` } as CSSProperties} onClick={() => onSelect(one)} onDoubleClick={() => onOpen(one)}
            >
              <time>{clockText(one.start, 0.01)}</time>
              <i aria-hidden data-dashed={one.dashed || undefined} />
              <b>{titleOf(one.label)}</b>
              <span dir="auto" data-empty={(kind.worded && !one.segment.text) || undefined}>{kind.worded ? one.segment.text || "no words yet" : ""}{one.suggested ? <span className="visually-hidden"> suggested</span> : null}</span>
              <small>{(one.end - one.start).toFixed(2)} s</small>
            </div>
          );
        })}
      </div>
    </div>
  );
}
