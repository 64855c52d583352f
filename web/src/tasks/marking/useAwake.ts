/** Which passages of a long text are drawn with their spans: those near the screen, once seen for good. */
import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from "react";
import type { Chunk } from "./document";

/** Up to this length everything is drawn at once. */
const WHOLE = 16_000;
/** Of a longer text, this much is drawn before the first sight of the screen, and the rest of its passage: what a large one holds. */
const FIRST = 2_500;
const MARGIN = "900px 0px";

export interface Awake {
  has(passage: number): boolean;
  wake(passage: number): void;
}

/** `root` holds one child element per passage, in order. */
export function useAwake(passages: readonly Chunk[], root: RefObject<HTMLElement | null>): Awake {
  const length = passages[passages.length - 1]?.end ?? 0;
  const first = useMemo(() => passages.findIndex((p) => p.start > (length <= WHOLE ? length : FIRST)), [passages, length]);
  const always = first === -1 ? passages.length : first;
  const [seen, setSeen] = useState<{ of: readonly Chunk[]; set: ReadonlySet<number> }>({ of: passages, set: new Set() });
  const current = useRef(passages);
  useEffect(() => {
    current.current = passages;
  });
  const add = useCallback((found: readonly number[]) => {
    setSeen((before) => {
      const of = current.current;
      const set = before.of === of ? before.set : new Set<number>();
      return found.every((p) => set.has(p)) ? before : { of, set: new Set([...set, ...found]) };
    });
  }, []);
  useEffect(() => {
    const host = root.current;
    if (!host || always >= passages.length || typeof IntersectionObserver === "undefined") return;
    const numbers = new Map<Element, number>();
    const watch = new IntersectionObserver((entries) => {
      const near = entries.filter((entry) => entry.isIntersecting);
      for (const entry of near) watch.unobserve(entry.target);
      if (near.length > 0) add(near.map((entry) => numbers.get(entry.target)!));
    }, { rootMargin: MARGIN });
    for (let i = always; i < passages.length; i++) {
      const element = host.children[i];
      if (!element) continue;
      numbers.set(element, i);
      watch.observe(element);
    }
    return () => watch.disconnect();
  }, [passages, always, root, add]);
  const set = seen.of === passages ? seen.set : undefined;
  return { has: (p) => p < always || (set?.has(p) ?? false), wake: (p) => add([p]) };
}
