/**
 * Halved copies of a large image, so that no frame ever scales twelve megapixels down. Level 0 is the image itself;
 * smaller levels arrive later and are optional.
 */
import type { Size } from "./geometry";
import { TILE_BYTES, type Tiles } from "./tiles";

/** Copies are made while both sides stay above this. */
const SMALLEST = 512;

export interface Mips {
  readonly size: Size;
  /** Level n has sides of size / 2^n. At least one. */
  readonly levels: readonly ImageBitmap[];
  /** Of an image too large for one piece: all of it, in tiles. `levels` then holds a small copy alone. */
  readonly tiles?: Tiles;
}

export const bytesOf = (mips: Mips): number => mips.levels.reduce((sum, level) => sum + level.width * level.height * 4, mips.tiles ? TILE_BYTES / 2 : 0);

/** The sharpest level that is not needlessly large for drawing at `scale` (device pixels per image pixel). */
export function levelFor(mips: Mips, scale: number): ImageBitmap {
  const wanted = Math.max(0, Math.floor(Math.log2(1 / Math.max(scale, 1e-6)) + 0.25));
  return mips.levels[Math.min(wanted, mips.levels.length - 1)]!;
}

/** Builds the halved copies of an image. Each level is made from the one before. */
export async function buildMips(full: ImageBitmap): Promise<Mips> {
  const levels = [full];
  let last = full;
  while (Math.min(last.width, last.height) / 2 >= SMALLEST && levels.length < 5) {
    last = await createImageBitmap(last, {
      resizeWidth: Math.round(last.width / 2),
      resizeHeight: Math.round(last.height / 2),
      resizeQuality: "medium",
    });
    levels.push(last);
  }
  return { size: { w: full.width, h: full.height }, levels };
}

/** Frees all levels. The image cannot be drawn any more. */
export function closeMips(mips: Mips): void {
  for (const level of mips.levels) level.close();
  mips.tiles?.close();
}
