/** Which lines of a long text are drawn with their spans: those near the screen, once seen for good. */
import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from "react";
import type { Block } from "./document";

/** Up to this length everything is drawn at once. */
const WHOLE = 16_000;
/** Of a longer text, this much is drawn before the first sight of the screen. */
const FIRST = 7_000;
const MARGIN = "900px 0px";

export interface Awake {
  has(block: number): boolean;
  wake(block: number): void;
}

/** `root` holds one child element per block, in order. */
export function useAwake(blocks: readonly Block[], root: RefObject<HTMLElement | null>): Awake {
  const length = blocks[blocks.length - 1]?.end ?? 0;
  const first = useMemo(() => blocks.findIndex((b) => b.start > (length <= WHOLE ? length : FIRST)), [blocks, length]);
  const always = first === -1 ? blocks.length : first;
  const [seen, setSeen] = useState<{ of: readonly Block[]; set: ReadonlySet<number> }>({ of: blocks, set: new Set() });
  const current = useRef(blocks);
  useEffect(() => {
    current.current = blocks;
  });
  const add = useCallback((found: readonly number[]) => {
    setSeen((before) => {
      const of = current.current;
      const set = before.of === of ? before.set : new Set<number>();
      return found.every((b) => set.has(b)) ? before : { of, set: new Set([...set, ...found]) };
    });
  }, []);
  useEffect(() => {
    const host = root.current;
    if (!host || always >= blocks.length || typeof IntersectionObserver === "undefined") return;
    const numbers = new Map<Element, number>();
    const watch = new IntersectionObserver((entries) => {
      const near = entries.filter((entry) => entry.isIntersecting);
      for (const entry of near) watch.unobserve(entry.target);
      if (near.length > 0) add(near.map((entry) => numbers.get(entry.target)!));
    }, { rootMargin: MARGIN });
    for (let i = always; i < blocks.length; i++) {
      const element = host.children[i];
      if (!element) continue;
      numbers.set(element, i);
      watch.observe(element);
    }
    return () => watch.disconnect();
  }, [blocks, always, root, add]);
  const set = seen.of === blocks ? seen.set : undefined;
  return { has: (b) => b < always || (set?.has(b) ?? false), wake: (b) => add([b]) };
}
