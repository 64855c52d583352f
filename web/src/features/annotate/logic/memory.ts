/** Small things that a browser remembers about how a person works: thresholds, source of suggestions, widths. */

import type { DeskState } from "./state";

export interface Layout {
  left: number;
  right: number;
  leftOpen: boolean;
  rightOpen: boolean;
}

export const DEFAULT_LAYOUT: Layout = { left: 248, right: 324, leftOpen: true, rightOpen: true };
export const WIDTHS = { left: [180, 460], right: [280, 520] } as const;

type Remembered = Pick<DeskState, "minimum" | "source">;

export function recall(user: number, project: number): Partial<Remembered> {
  return read<Partial<Remembered>>(`milo-desk-${user}-${project}`) ?? {};
}

export function remember(user: number, project: number, { minimum, source }: Remembered): void {
  write(`milo-desk-${user}-${project}`, { minimum, source });
}

/** Widths are kept by user and by the kinds of questions, since boxes want another layout than topics. */
export function recallLayout(user: number, kinds: string): Layout {
  return { ...DEFAULT_LAYOUT, ...read<Partial<Layout>>(`milo-layout-${user}-${kinds}`) };
}

export function rememberLayout(user: number, kinds: string, layout: Layout): void {
  write(`milo-layout-${user}-${kinds}`, layout);
}

function read<T>(name: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null") as T | null;
  } catch {
    return null;
  }
}

function write(name: string, value: unknown): void {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A full or forbidden storage costs comfort, not work.
  }
}
