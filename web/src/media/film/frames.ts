/** The frames of a video: when each is shown (the server's table), and pictures of them by number. */
import { apiUrl, request } from "../../api/client";
import type { Mips } from "../../lib/mips";
import { ImageCache } from "../image-cache";

export interface FrameTable {
  frames: number;
  width: number;
  height: number;
  /** Seconds from the first frame. */
  times: number[];
  /** Numbers of the frames that are decoded without others. */
  keys: number[];
}

/** A time this close to that of a frame is the frame's: half of what a clock of 1/1000 s rounds away, and more. */
const CLOSE = 0.0012;

/** The frame that is shown at a time. */
export function frameAt(table: FrameTable, time: number): number {
  let [low, high] = [0, table.frames];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (table.times[middle]! <= time + CLOSE) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** When a frame ends: with the next one, or after a usual one. */
export function endOf(table: FrameTable, frame: number): number {
  const { times, frames } = table;
  if (frame + 1 < frames) return times[frame + 1]!;
  return times[frames - 1]! + (frames > 1 ? times[frames - 1]! / (frames - 1) : 0.04);
}

export const lengthOf = (table: FrameTable): number => endOf(table, table.frames - 1);
/** Safely within the time of a frame, where a player is sent to show it. */
export const middleOf = (table: FrameTable, frame: number): number => (table.times[frame]! + endOf(table, frame)) / 2;

const tables = new Map<number, Promise<FrameTable>>();

/** Asked for once; what failed is asked for again. */
export function tableOf(media: number): Promise<FrameTable> {
  let found = tables.get(media);
  if (!found) {
    found = request<FrameTable>("GET", `/media/${media}/frames`);
    found.catch(() => tables.delete(media));
    tables.set(media, found);
  }
  return found;
}

export const stillUrl = (media: number, frame: number): string => apiUrl(`/media/${media}/frames/${frame}`);

/** Decoded frames of all videos of the page. */
export const stills = new ImageCache(loadStill, 192 * 1024 * 1024);

async function loadStill(url: string): Promise<Mips> {
  const response = await fetch(url, { credentials: "same-origin" }).catch(() => null);
  if (!response) throw new Error("The frame cannot be loaded: the server cannot be reached.");
  if (!response.ok) throw new Error(await reason(response));
  const bitmap = await createImageBitmap(await response.blob());
  return { size: { w: bitmap.width, h: bitmap.height }, levels: [bitmap] };
}

async function reason(response: Response): Promise<string> {
  const said = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
  return said?.error?.message ?? `The frame cannot be loaded: the server answered ${response.status}.`;
}
