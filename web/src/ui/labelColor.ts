/** The colour of a label: its own, or one of twelve from the colour-blind-safe palette by its place in the list. */
import type { Label } from "../api/types";

export const PALETTE_SIZE = 12;

/** A CSS colour; a `var(--label-n)` follows the theme. Canvas code resolves it with `resolveColor`. */
export function labelColor(label: Pick<Label, "color"> | null | undefined, index: number): string {
  return label?.color ?? `var(--label-${(Math.max(0, index) % PALETTE_SIZE) + 1})`;
}

/** `var(--x)` -> the colour it stands for in the present theme; anything else unchanged. */
export function resolveColor(color: string): string {
  const name = /^var\((--[\w-]+)\)$/.exec(color)?.[1];
  return name ? getComputedStyle(document.documentElement).getPropertyValue(name).trim() : color;
}
