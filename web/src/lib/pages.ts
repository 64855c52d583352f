/**
 * Pages of a document on the screen, and places on them. Pure. Places are points of the page as shown, from its top left corner; pages
 * count from 0. Words come line by line.
 */
import type { Rect, Size } from "./geometry";

export interface Place extends Rect {
  page: number;
}

/** Runs of [width, height, how many pages]. */
export type PageRun = readonly [number, number, number];

/** A word of a page: line, x, y, w, h, text, and how sure the reader is of it. */
export type Word = readonly [number, number, number, number, number, string, number?];

export const sizesOf = (runs: readonly PageRun[]): Size[] => runs.flatMap(([w, h, n]) => Array.from({ length: n }, () => ({ w, h })));

/** Where each page begins, from top to bottom, and how long all of them are, in pixels. */
export interface Layout {
  tops: number[];
  total: number;
}

export function layout(sizes: readonly Size[], scale: number, gap: number): Layout {
  const tops: number[] = [];
  let y = gap;
  for (const size of sizes) {
    tops.push(y);
    y += size.h * scale + gap;
  }
  return { tops, total: y };
}

/** The page at a height, by halving. */
export function pageAt(tops: readonly number[], y: number): number {
  let low = 0;
  let high = tops.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tops[middle]! <= y) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** First and last page of which something lies between two heights. */
export const between = (tops: readonly number[], from: number, to: number): [number, number] => [pageAt(tops, from), pageAt(tops, to)];

export const rectOf = (a: { x: number; y: number }, b: { x: number; y: number }): Rect => ({ x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), w: Math.abs(a.x - b.x), h: Math.abs(a.y - b.y) });

/** A rectangle cut at the edges of its page; null where nothing is left. */
export function onPage(rect: Rect, size: Size): Rect | null {
  const x = Math.max(0, rect.x);
  const y = Math.max(0, rect.y);
  const w = Math.min(size.w, rect.x + rect.w) - x;
  const h = Math.min(size.h, rect.y + rect.h) - y;
  return w > 0 && h > 0 ? { x: hundredth(x), y: hundredth(y), w: hundredth(w), h: hundredth(h) } : null;
}

const hundredth = (n: number): number => Math.round(n * 100) / 100;

/** The words that a rectangle covers by half of their height and by a third of their width; of a click, the word under it. */
export function wordsIn(words: readonly Word[], rect: Rect): Word[] {
  return words.filter(([, x, y, w, h]) => {
    const across = Math.min(x + w, rect.x + rect.w) - Math.max(x, rect.x);
    const down = Math.min(y + h, rect.y + rect.h) - Math.max(y, rect.y);
    if (across < 0 || down < 0) return false;
    const point = rect.w * rect.h < 9;
    return point || (down >= Math.min(h, rect.h) * 0.5 && across >= Math.min(w, rect.w) * 0.34);
  });
}

/** Words as they are read: a space between words, a line break between lines. */
export function textOf(words: readonly Word[]): string {
  return words.map((word, i) => (i === 0 ? "" : word[0] === words[i - 1]![0] ? " " : "\n") + word[5]).join("");
}

/** One place for each line of words. */
export function placesOf(words: readonly Word[], page: number): Place[] {
  const lines = new Map<number, Rect>();
  for (const [line, x, y, w, h] of words) {
    const known = lines.get(line);
    if (!known) {
      lines.set(line, { x, y, w, h });
      continue;
    }
    const left = Math.min(known.x, x);
    const top = Math.min(known.y, y);
    lines.set(line, { x: left, y: top, w: Math.max(known.x + known.w, x + w) - left, h: Math.max(known.y + known.h, y + h) - top });
  }
  return [...lines.values()].map((rect) => ({ page, x: hundredth(rect.x), y: hundredth(rect.y), w: hundredth(rect.w), h: hundredth(rect.h) }));
}

/** The smallest rectangle around rectangles. */
export function around(rects: readonly Rect[]): Rect {
  const x = Math.min(...rects.map((r) => r.x));
  const y = Math.min(...rects.map((r) => r.y));
  return { x, y, w: Math.max(...rects.map((r) => r.x + r.w)) - x, h: Math.max(...rects.map((r) => r.y + r.h)) - y };
}

const SCALES = [0.2, 0.5, 1, 1.5, 2, 3, 4];

/** The next scale at which the server draws pages. */
export const drawnAt = (scale: number): number => SCALES.find((s) => s >= scale - 1e-6) ?? 4;
