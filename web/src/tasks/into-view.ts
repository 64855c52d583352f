/** Keeps what the keyboard acts on in sight: not when an item opens, but at every key or click from then on. */
import { useCallback, useEffect, useState, type RefObject } from "react";

/** The place in focus (a turn, a row, a card), and a way to move it; each move brings what `selector` finds into view. */
export function usePlace(frame: RefObject<HTMLElement | null>, first: () => number, selector: (place: number) => string): [number, (place: number) => void] {
  const [{ place, moves }, set] = useState(() => ({ place: first(), moves: 0 }));
  useEffect(() => {
    if (moves > 0) frame.current?.querySelector(selector(place))?.scrollIntoView?.({ block: "nearest" });
    // The selector is fixed; only a move counts.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [place, moves]);
  const move = useCallback((next: number) => set((before) => ({ place: next, moves: before.moves + 1 })), []);
  return [place, move];
}
