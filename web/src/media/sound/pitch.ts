/** The pitch of a voice as a curve, over the spectrogram or alone: its own scale, from the lowest to the highest pitch. */
import type { Pitch as About } from "../../api/types";
import type { TimeAxis } from "../time/axis";
import type { ColorOf } from "../time/strip";
import { levelFor, Tiles } from "./tiles";

/** Lowest and highest of a stretch without a pitch. */
const NONE = 65535;
const LINES = [100, 200, 300, 400, 500];

export class Pitch {
  #tiles: Tiles<Uint16Array>;

  constructor(readonly about: About, media: number, onTile: () => void) {
    this.#tiles = new Tiles(`/media/${media}/pitch`, (data) => new Uint16Array(data), onTile);
  }

  destroy(): void {
    this.#tiles.destroy();
  }

  paint(pen: CanvasRenderingContext2D, _width: number, height: number, color: ColorOf, axis: TimeAxis): void {
    const { floor, ceiling, levels } = this.about;
    const yOf = (hertz: number): number => height * (1 - (hertz - floor) / (ceiling - floor));
    const wanted = levelFor(levels, axis.view.scale * 0.5);
    const level = this.#there(wanted, axis);
    const { per_second, count } = levels[level]!;
    // Two strokes: a wide one in the colour of the ground keeps the curve apart from a dark spectrogram.
    for (const [stroke, wide] of [[color("var(--canvas)"), 4], [color("var(--accent)"), 2]] as const) {
      pen.strokeStyle = stroke;
      pen.lineWidth = wide;
      pen.lineJoin = pen.lineCap = "round";
      pen.beginPath();
      let before = false;
      for (let i = Math.max(0, Math.floor(axis.view.from * per_second) - 1); i < Math.min(count, Math.ceil(axis.to * per_second) + 1); i++) {
        const pair = this.#pair(level, i);
        if (!pair || pair[0] === NONE) {
          before = false;
          continue;
        }
        // A coarser entry spans what follows its time; a fine one stands at it.
        const x = axis.xOf((i + (level > 0 ? 0.5 : 0)) / per_second);
        const [low, high] = [yOf(pair[0] / 10), yOf(pair[1] / 10)];
        if (before) pen.lineTo(x, low);
        else pen.moveTo(x, low);
        pen.lineTo(x, high === low ? low + 0.01 : high);
        before = true;
      }
      pen.stroke();
    }
    this.#scale(pen, height, color, yOf);
  }

  /** The level to draw: the wanted one, or a coarser one that is there while it is on its way. */
  #there(wanted: number, axis: TimeAxis): number {
    for (let level = wanted, peek = false; level < this.about.levels.length; level++, peek = true) {
      const { per_second, count } = this.about.levels[level]!;
      const first = Math.max(0, Math.floor((axis.view.from * per_second) / this.about.tile));
      const last = Math.floor(Math.min(count - 1, axis.to * per_second) / this.about.tile);
      let whole = true;
      for (let tile = first; tile <= last; tile++) whole = this.#tiles.get(level, tile, peek) !== undefined && whole;
      if (whole) return level;
    }
    return wanted;
  }

  #pair(level: number, entry: number): [number, number] | null {
    const tile = this.#tiles.get(level, Math.floor(entry / this.about.tile), true);
    const at = (entry % this.about.tile) * 2;
    return tile && entry >= 0 && at + 1 < tile.length ? [tile[at]!, tile[at + 1]!] : null;
  }

  #scale(pen: CanvasRenderingContext2D, height: number, color: ColorOf, yOf: (hertz: number) => number): void {
    pen.font = "400 10px ui-monospace, Menlo, Consolas, monospace";
    pen.textBaseline = "middle";
    pen.textAlign = "left";
    for (const hertz of LINES) {
      const y = Math.round(yOf(hertz));
      if (y < 6 || y > height - 6) continue;
      pen.fillStyle = color("var(--accent)");
      pen.fillRect(0, y, 6, 1);
      pen.lineWidth = 3;
      pen.strokeStyle = color("var(--canvas)");
      pen.strokeText(`${hertz} Hz`, 9, y);
      pen.fillText(`${hertz} Hz`, 9, y);
    }
  }
}
