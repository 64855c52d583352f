/** How one looks at the image: what is hidden or locked, light, turn of the view, snapping, size of the brush. Nothing of it is stored. */
import { useMemo, useState } from "react";
import type { Turn } from "../../lib/view";
import type { DrawnMark } from "./marks";

const NONE: ReadonlySet<string> = new Set();
const AS_IT_IS = { brightness: 1, contrast: 1 };

const toggled = (set: ReadonlySet<string>, key: string): ReadonlySet<string> => {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
};

/** The set with all of these in it, or none of them. */
const having = (set: ReadonlySet<string>, keys: readonly string[], on: boolean): ReadonlySet<string> => {
  const next = new Set(set);
  for (const key of keys) if (on) next.add(key); else next.delete(key);
  return next;
};

export function useViewing(drawn: readonly DrawnMark[]) {
  const [hidden, setHidden] = useState(NONE);
  const [locked, setLocked] = useState(NONE);
  const [light, setLight] = useState(AS_IT_IS);
  const [turn, setTurn] = useState<Turn>(0);
  const [snaps, setSnaps] = useState(false);
  const [radius, setRadius] = useState(12);
  const [clears, setClears] = useState(false);
  const shown = useMemo(() => {
    if (hidden.size === 0 && locked.size === 0) return drawn;
    return drawn.filter((one) => !hidden.has(one.key)).map((one) => (locked.has(one.key) ? { ...one, locked: true } : one));
  }, [drawn, hidden, locked]);
  return {
    shown, light, turn, snaps, radius,
    /** What is painted takes its pixels from other things. */
    clears,
    hiddenCount: hidden.size,
    isHidden: (key: string) => hidden.has(key),
    isLocked: (key: string) => locked.has(key),
    hide: (key: string) => setHidden((now) => toggled(now, key)),
    lock: (key: string) => setLocked((now) => toggled(now, key)),
    hideAll: (keys: readonly string[], on: boolean) => setHidden((now) => having(now, keys, on)),
    lockAll: (keys: readonly string[], on: boolean) => setLocked((now) => having(now, keys, on)),
    showAll: () => setHidden(NONE),
    setLight: (change: Partial<typeof AS_IT_IS>) => setLight((now) => ({ ...now, ...change })),
    resetLight: () => setLight(AS_IT_IS),
    turnOn: () => setTurn((now) => ((now + 90) % 360) as Turn),
    toggleSnap: () => setSnaps((now) => !now),
    toggleClears: () => setClears((now) => !now),
    setRadius,
    resizeBrush: (factor: number) => setRadius((now) => Math.min(500, Math.max(1, Math.round(now * factor + (factor > 1 ? 0.5 : -0.5))))),
  };
}

export type Viewing = ReturnType<typeof useViewing>;
