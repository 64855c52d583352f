/** Which columns are open and how wide, remembered by user and kind of work. */

import { useState } from "react";
import { recallLayout, rememberLayout, type Layout } from "./logic/memory";

export function useLayout(user: number, kinds: string): [Layout, (part: Partial<Layout>) => void] {
  const [layout, setLayout] = useState(() => recallLayout(user, kinds));
  const change = (part: Partial<Layout>) => {
    const next = { ...layout, ...part };
    setLayout(next);
    rememberLayout(user, kinds, next);
  };
  return [layout, change];
}
