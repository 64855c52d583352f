/** A curve that the server found in a sound, such as the pitch of a voice: over the spectrogram or alone, on a scale of its own. */
import type { Intensity, Pitch } from "../../api/types";
import type { TimeAxis } from "../time/axis";
import type { ColorOf } from "../time/strip";
import { levelFor, Tiles } from "./tiles";

/** Lowest and highest of a stretch without a value. */
const NONE = 65535;

/** How a curve is drawn: its scale from bottom to top, and what a stored number stands for. */
export interface Scale {
  from: number;
  to: number;
  lines: readonly number[];
  unit: string;
  color: string;
  side: "left" | "right";
  /** Of a stretch with many values only the highest is drawn. */
  envelope?: boolean;
  valueOf(stored: number): number;
}

export const pitchScale = ({ floor, ceiling }: Pick<Pitch, "floor" | "ceiling">): Scale => ({
  from: floor, to: ceiling, lines: [100, 200, 300, 400, 500], unit: "Hz", color: "var(--accent)", side: "left", valueOf: (stored) => stored / 10,
});

/** From the loudest down as far as speech is heard beside it. */
const SPAN = 60;

export function intensityScale({ least, loudest }: Pick<Intensity, "least" | "loudest">): Scale {
  const to = Math.max(loudest, least + SPAN) + 3;
  return { from: to - SPAN, to, lines: [0, -20, -40, -60, -80], unit: "dB", color: "var(--label-3)", side: "right", envelope: true, valueOf: (stored) => least + stored / 10 };
}

export class Contour<About extends Pick<Pitch, "levels" | "tile"> = Pick<Pitch, "levels" | "tile">> {
  #tiles: Tiles<Uint16Array>;

  constructor(readonly about: About, readonly scale: Scale, path: string, onTile: () => void) {
    this.#tiles = new Tiles(path, (data) => new Uint16Array(data), onTile);
  }

  destroy(): void {
    this.#tiles.destroy();
  }

  paint(pen: CanvasRenderingContext2D, width: number, height: number, color: ColorOf, axis: TimeAxis): void {
    const { from, to, valueOf } = this.scale;
    const yOf = (value: number): number => height * (1 - (Math.max(value, from) - from) / (to - from));
    const wanted = levelFor(this.about.levels, axis.view.scale * 0.5);
    const level = this.#there(wanted, axis);
    const { per_second, count } = this.about.levels[level]!;
    // Two strokes: a wide one in the colour of the ground keeps the curve apart from a dark spectrogram.
    for (const [stroke, wide] of [[color("var(--canvas)"), 4], [color(this.scale.color), 2]] as const) {
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
        const high = yOf(valueOf(pair[1]));
        const low = this.scale.envelope ? high : yOf(valueOf(pair[0]));
        if (before) pen.lineTo(x, low);
        else pen.moveTo(x, low);
        pen.lineTo(x, high === low ? low + 0.01 : high);
        before = true;
      }
      pen.stroke();
    }
    this.#marks(pen, width, height, color, yOf);
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

  #marks(pen: CanvasRenderingContext2D, width: number, height: number, color: ColorOf, yOf: (value: number) => number): void {
    const { side, unit, lines, from, to } = this.scale;
    const right = side === "right";
    pen.font = "400 10px ui-monospace, Menlo, Consolas, monospace";
    pen.textBaseline = "middle";
    pen.textAlign = right ? "right" : "left";
    for (const line of lines) {
      const y = Math.round(yOf(line));
      if (line < from || line > to || y < 6 || y > height - 6) continue;
      const words = `${line} ${unit}`.replace("-", "−");
      pen.fillStyle = color(this.scale.color);
      pen.fillRect(right ? width - 6 : 0, y, 6, 1);
      pen.lineWidth = 3;
      pen.strokeStyle = color("var(--canvas)");
      pen.strokeText(words, right ? width - 9 : 9, y);
      pen.fillText(words, right ? width - 9 : 9, y);
    }
  }
}
