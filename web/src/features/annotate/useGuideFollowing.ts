/** An open guide follows the label that the pointer rests on or that has the focus. */

import { useEffect, useRef, type SyntheticEvent } from "react";

/** A pointer on its way elsewhere does not turn pages. */
const REST_MS = 180;

/** A handler for pointerover and focus. Label controls say with `data-label` which label they stand for. */
export function useGuideFollowing(on: boolean, shown: string | undefined, show: (section: { label?: string; at: number }) => void): (event: SyntheticEvent) => void {
  const waiting = useRef(0);
  useEffect(() => () => clearTimeout(waiting.current), []);
  return ({ target }) => {
    clearTimeout(waiting.current);
    const label = on && target instanceof Element ? target.closest<HTMLElement>("[data-label]")?.dataset.label : undefined;
    if (label === undefined || label === shown) return;
    waiting.current = window.setTimeout(() => show({ label, at: Date.now() }), REST_MS);
  };
}
