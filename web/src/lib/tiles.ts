/**
 * The tiles of an image that is too large for one piece, kept by how lately they were drawn. Level 0 is the whole image in one tile, each
 * further level is twice as fine. What is wanted and not there is fetched, a few at a time, the coarsest first; the owner hears of each.
 */
import type { Rect, Size } from "./geometry";

export interface TileSet {
  size: Size;
  /** Pixels a side. */
  tile: number;
  levels: number;
}

export interface PlacedTile {
  level: number;
  column: number;
  row: number;
  /** Where it lies, in pixels of the image. */
  place: Rect;
}

/** Fetched at once. */
const AT_ONCE = 6;
/** Bytes of decoded tiles that are kept. */
export const TILE_BYTES = 160 * 1024 * 1024;
/** More tiles than this are never wanted at once. */
const MOST_WANTED = 400;

/** The level for drawing at `scale` device pixels per image pixel: the coarsest that is not blurred. */
export const tileLevel = ({ levels }: TileSet, scale: number): number => Math.min(levels - 1, Math.max(0, levels - 1 + Math.ceil(Math.log2(Math.max(scale, 1e-9)) - 0.25)));

/** The tiles of a level that a part of the image touches. */
export function tilesIn(set: TileSet, level: number, part: Rect): PlacedTile[] {
  const step = set.tile * 2 ** (set.levels - 1 - level);
  const [right, bottom] = [Math.min(set.size.w, part.x + part.w), Math.min(set.size.h, part.y + part.h)];
  const found: PlacedTile[] = [];
  for (let row = Math.max(0, Math.floor(part.y / step)); row * step < bottom; row++) {
    for (let column = Math.max(0, Math.floor(part.x / step)); column * step < right; column++) {
      const [x, y] = [column * step, row * step];
      found.push({ level, column, row, place: { x, y, w: Math.min(step, set.size.w - x), h: Math.min(step, set.size.h - y) } });
    }
  }
  return found;
}

const keyOf = ({ level, column, row }: PlacedTile) => `${level}/${column}/${row}`;

export class Tiles {
  /** Called when a tile has come. */
  onNews: (() => void) | null = null;
  #there = new Map<string, ImageBitmap>();
  #bytes = 0;
  #wanted: PlacedTile[] = [];
  #loading = new Set<string>();
  #failed = new Set<string>();
  #closed = false;

  constructor(
    readonly set: TileSet,
    private readonly load: (tile: PlacedTile) => Promise<ImageBitmap>,
    private readonly budget = TILE_BYTES,
  ) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** The tile if it is there; it then counts as used. */
  get(tile: PlacedTile): ImageBitmap | undefined {
    const key = keyOf(tile);
    const found = this.#there.get(key);
    if (found) {
      this.#there.delete(key);
      this.#there.set(key, found);
    }
    return found;
  }

  /** From now on these are fetched, in this order, and what was wanted before is not. */
  want(tiles: readonly PlacedTile[]): void {
    this.#wanted = tiles.filter((tile) => !this.#there.has(keyOf(tile))).slice(0, MOST_WANTED);
    this.#next();
  }

  close(): void {
    this.#closed = true;
    this.#wanted = [];
    for (const bitmap of this.#there.values()) bitmap.close();
    this.#there.clear();
    this.#bytes = 0;
  }

  #next(): void {
    while (this.#loading.size < AT_ONCE) {
      const tile = this.#wanted.shift();
      if (!tile) return;
      const key = keyOf(tile);
      if (this.#there.has(key) || this.#loading.has(key) || this.#failed.has(key)) continue;
      this.#loading.add(key);
      this.load(tile).then((bitmap) => this.#keep(key, bitmap), () => void this.#failed.add(key)).finally(() => {
        this.#loading.delete(key);
        this.#next();
      });
    }
  }

  #keep(key: string, bitmap: ImageBitmap): void {
    if (this.#closed) return bitmap.close();
    this.#there.set(key, bitmap);
    this.#bytes += bytes(bitmap);
    for (const [old, one] of this.#there) {
      if (this.#bytes <= this.budget || old === key) break;
      this.#there.delete(old);
      this.#bytes -= bytes(one);
      one.close();
    }
    this.onNews?.();
  }
}

const bytes = (bitmap: ImageBitmap) => bitmap.width * bitmap.height * 4;
