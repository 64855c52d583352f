/** Scroll state of a long list: binds `rowWindow` to a scrolling element. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";
import {
  clampPosition, isCompressed, positionFor, toPosition, toScrollTop, trackHeight, visibleRows, type ListShape, type RowRange,
} from "../../lib/rowWindow";

export interface Window {
  /** For the scrolling element. */
  ref: RefObject<HTMLDivElement | null>;
  range: RowRange;
  track: number;
  /** Top of a row inside the track. */
  top(row: number): number;
  reveal(row: number): void;
  toStart(): void;
}

export function useWindow(rows: number, rowHeight: number, viewport: number): Window {
  const ref = useRef<HTMLDivElement>(null);
  const shape: ListShape = { rows, rowHeight, viewport };
  const latest = useRef(shape);
  // The place of the scroll bar that we set ourselves; its scroll event must not overwrite the exact position.
  const own = useRef<number | null>(null);
  const [place, setPlace] = useState({ position: 0, scrollTop: 0 });
  const exact = useRef(0);

  const moveTo = useCallback((wanted: number) => {
    const element = ref.current;
    const now = latest.current;
    const position = clampPosition(now, wanted);
    const scrollTop = toScrollTop(now, position);
    exact.current = position;
    if (element) {
      element.scrollTop = scrollTop;
      own.current = element.scrollTop;
      setPlace({ position, scrollTop: element.scrollTop });
    }
  }, []);

  useLayoutEffect(() => {
    latest.current = { rows, rowHeight, viewport };
    if (exact.current > clampPosition(latest.current, exact.current)) moveTo(exact.current);
  }, [rows, rowHeight, viewport, moveTo]);

  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const onScroll = () => {
      if (own.current !== null && Math.abs(element.scrollTop - own.current) < 1) return;
      own.current = null;
      exact.current = toPosition(latest.current, element.scrollTop);
      setPlace({ position: exact.current, scrollTop: element.scrollTop });
    };
    const onWheel = (event: WheelEvent) => {
      if (!isCompressed(latest.current) || event.ctrlKey) return;
      event.preventDefault();
      moveTo(exact.current + event.deltaY * (event.deltaMode === 1 ? latest.current.rowHeight : 1));
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      element.removeEventListener("scroll", onScroll);
      element.removeEventListener("wheel", onWheel);
    };
  }, [moveTo]);

  return {
    ref,
    range: visibleRows(shape, place.position),
    track: trackHeight(shape),
    top: (row) => row * rowHeight - place.position + place.scrollTop,
    reveal: (row) => moveTo(positionFor(latest.current, row, exact.current)),
    toStart: () => moveTo(0),
  };
}
