/** The waveform: for each pixel the lowest and highest sample of its stretch of time, from the fitting resolution. */
import type { Waveform } from "../../api/types";
import type { TimeAxis } from "../time/axis";
import type { ColorOf } from "../time/strip";
import { levelFor, Tiles } from "./tiles";

/** No sound is drawn louder than this, so that the noise of silence does not fill the row. */
const MOST_GAIN = 60;

export class Wave {
  #tiles: Tiles<Int16Array>;

  /** Of one channel, counted from 0, or (null) of all of them mixed. */
  constructor(readonly about: Waveform, media: number, onTile: () => void, channel: number | null = null) {
    this.#tiles = new Tiles(`/media/${media}/waveform`, (data) => new Int16Array(data), onTile, channel === null ? "" : `?channel=${channel}`);
  }

  get silent(): boolean {
    return this.about.peak === 0;
  }

  destroy(): void {
    this.#tiles.destroy();
  }

  /** `louder`: how much higher it is drawn than to fill the row; what leaves the row is cut off. */
  paint(pen: CanvasRenderingContext2D, width: number, height: number, color: ColorOf, axis: TimeAxis, louder = 1): void {
    const middle = height / 2;
    const gain = (Math.min(MOST_GAIN, 32768 / Math.max(1, this.about.peak)) / 32768) * (middle - 3) * louder;
    pen.fillStyle = color("var(--border-strong)");
    pen.fillRect(0, Math.round(middle), width, 1);
    pen.fillStyle = color("var(--text-dim)");
    const last = Math.min(width, Math.ceil(axis.xOf(this.about.duration)));
    for (let x = 0; x < last; x++) {
      const found = this.#between(axis.view.from + x / axis.view.scale, axis.view.from + (x + 1) / axis.view.scale, axis.view.scale);
      if (!found) continue;
      const top = middle - found[1] * gain;
      pen.fillRect(x, top, 1, Math.max(1, (found[1] - found[0]) * gain));
    }
  }

  /** The lowest and highest sample between two times; from a coarser resolution while the fitting one is on its way. */
  #between(from: number, to: number, scale: number): [number, number] | null {
    const { levels } = this.about;
    for (let level = levelFor(levels, scale), peek = false; level < levels.length; level++, peek = true) {
      const found = this.#at(level, from, to, peek);
      if (found) return found;
    }
    return null;
  }

  #at(level: number, from: number, to: number, peek: boolean): [number, number] | null {
    const { per_second, count } = this.about.levels[level]!;
    const first = Math.max(0, Math.floor(from * per_second));
    const end = Math.min(count, Math.max(first + 1, Math.ceil(to * per_second)));
    let [low, high] = [32767, -32768];
    for (let i = first; i < end; i++) {
      const tile = this.#tiles.get(level, Math.floor(i / this.about.tile), peek);
      if (!tile) return null;
      const at = (i % this.about.tile) * 2;
      low = Math.min(low, tile[at]!);
      high = Math.max(high, tile[at + 1]!);
    }
    return high >= low ? [low, high] : null;
  }
}
