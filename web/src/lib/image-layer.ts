/** The layer of the image itself, drawn from the mip level that fits the magnification. */
import { markLatest } from "./marks";
import type { Size } from "./geometry";
import { levelFor, type Mips } from "./mips";
import { tileLevel, tilesIn, type PlacedTile, type Tiles } from "./tiles";
import type { View } from "./view";

/** From this magnification on the pixels of the image are shown as they are. */
const PIXELS_FROM = 3;
/** So many coarser levels of tiles are drawn under the right one. */
const COARSER = 3;

export class ImageLayer {
  readonly canvas = document.createElement("canvas");
  ground = "#808080";
  /** A part of the image has come that was missing: draw it again. */
  onNews: (() => void) | null = null;
  #pen = this.canvas.getContext("2d", { alpha: false })!;
  #mips: Mips | null = null;
  #ratio = 1;

  get size(): Size {
    return this.#mips?.size ?? { w: 0, h: 0 };
  }

  setMips(mips: Mips | null): void {
    if (this.#mips?.tiles) this.#mips.tiles.onNews = null;
    this.#mips = mips;
    if (mips?.tiles) mips.tiles.onNews = () => this.onNews?.();
  }

  resize(size: Size, ratio: number): void {
    this.#ratio = ratio;
    this.canvas.width = Math.round(size.w * ratio);
    this.canvas.height = Math.round(size.h * ratio);
    this.canvas.style.width = `${size.w}px`;
    this.canvas.style.height = `${size.h}px`;
  }

  /** `fine`: the view rests, so that quality comes before speed. */
  draw(view: View, fine: boolean): void {
    const pen = this.#pen;
    const ratio = this.#ratio;
    pen.fillStyle = this.ground;
    pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    if (!this.#mips) return;
    const scale = view.scale * ratio;
    const level = levelFor(this.#mips, scale);
    pen.imageSmoothingEnabled = scale < PIXELS_FROM;
    pen.imageSmoothingQuality = fine ? "medium" : "low";
    const at = { x: view.x * ratio, y: view.y * ratio, scale };
    this.#blit(level, at);
    if (this.#mips.tiles) this.#tiles(this.#mips.tiles, at);
    markLatest("image-drawn", this.#mips.size);
  }

  /** Copies only the part of the level that is in view. */
  /** Copies the tiles in view, coarser ones first where the right ones are not there yet, and asks for those. */
  #tiles(tiles: Tiles, at: { x: number; y: number; scale: number }): void {
    const part = { x: -at.x / at.scale, y: -at.y / at.scale, w: this.canvas.width / at.scale, h: this.canvas.height / at.scale };
    const level = tileLevel(tiles.set, at.scale);
    const wanted = tilesIn(tiles.set, level, part);
    for (let coarse = Math.max(0, level - COARSER); coarse < level; coarse++) this.#put(tiles, tilesIn(tiles.set, coarse, part), at);
    this.#put(tiles, wanted, at);
    tiles.want([...(level > 1 ? tilesIn(tiles.set, level - 2, part) : []), ...wanted]);
  }

  #put(tiles: Tiles, placed: readonly PlacedTile[], at: { x: number; y: number; scale: number }): void {
    for (const tile of placed) {
      const bitmap = tiles.get(tile);
      if (!bitmap) continue;
      const { x, y, w, h } = tile.place;
      const [left, top] = [Math.round(x * at.scale + at.x), Math.round(y * at.scale + at.y)];
      this.#pen.drawImage(bitmap, left, top, Math.round((x + w) * at.scale + at.x) - left, Math.round((y + h) * at.scale + at.y) - top);
    }
  }

  #blit(level: ImageBitmap, at: { x: number; y: number; scale: number }): void {
    const { w, h } = this.size;
    const left = Math.max(0, Math.floor(-at.x / at.scale));
    const top = Math.max(0, Math.floor(-at.y / at.scale));
    const right = Math.min(w, Math.ceil((this.canvas.width - at.x) / at.scale));
    const bottom = Math.min(h, Math.ceil((this.canvas.height - at.y) / at.scale));
    if (right <= left || bottom <= top) return;
    const fx = level.width / w;
    const fy = level.height / h;
    const [sw, sh] = [right - left, bottom - top];
    this.#pen.drawImage(
      level,
      left * fx, top * fy, sw * fx, sh * fy,
      left * at.scale + at.x, top * at.scale + at.y, sw * at.scale, sh * at.scale,
    );
  }
}
