/** The spectrogram: tiles of loudness by time and frequency, coloured here, so that they follow the theme. */
import type { Spectrogram } from "../../api/types";
import type { TimeAxis } from "../time/axis";
import type { ColorOf } from "../time/strip";
import { levelFor, Tiles } from "./tiles";

/** Decibels below the loudest that are still drawn; Praat's default is close to it. */
const RANGE = 70;
const BYTES_PER_DECIBEL = 2.55;

interface Drawn {
  data: Uint8Array;
  canvas: HTMLCanvasElement | null;
  colors: string;
}

export class Spectro {
  #tiles: Tiles<Drawn>;

  constructor(readonly about: Spectrogram, media: number, onTile: () => void) {
    this.#tiles = new Tiles(`/media/${media}/spectrogram`, (data) => ({ data: new Uint8Array(data), canvas: null, colors: "" }), onTile);
  }

  destroy(): void {
    this.#tiles.destroy();
  }

  paint(pen: CanvasRenderingContext2D, width: number, height: number, color: ColorOf, axis: TimeAxis): void {
    const { levels } = this.about;
    const wanted = levelFor(levels, axis.view.scale * 0.75);
    const shades = shadesOf(color("var(--canvas)"), color("var(--text)"));
    for (let level = Math.min(levels.length - 1, wanted + 2); level >= wanted; level--) this.#paintLevel(pen, height, axis, level, shades, level > wanted);
    paintScale(pen, width, height, color, this.about.top);
  }

  #paintLevel(pen: CanvasRenderingContext2D, height: number, axis: TimeAxis, level: number, shades: Shades, peek: boolean): void {
    const { per_second, count } = this.about.levels[level]!;
    const { tile: size } = this.about;
    const first = Math.floor((axis.view.from * per_second) / size);
    const last = Math.min(Math.floor((axis.to * per_second) / size), Math.floor((count - 1) / size));
    for (let tile = Math.max(0, first); tile <= last; tile++) {
      const found = this.#tiles.get(level, tile, peek);
      if (!found) continue;
      if (!found.canvas || found.colors !== shades.name) this.#color(found, shades);
      const columns = found.data.length / this.about.frequencies;
      // A column stands around its time, not after it.
      const left = axis.xOf((tile * size - 0.5) / per_second);
      pen.drawImage(found.canvas!, left, 0, (columns / per_second) * axis.view.scale, height);
    }
  }

  #color(tile: Drawn, shades: Shades): void {
    const rows = this.about.frequencies;
    const columns = tile.data.length / rows;
    const image = new ImageData(columns, rows);
    const floor = this.about.loudest - RANGE * BYTES_PER_DECIBEL;
    for (let x = 0; x < columns; x++) {
      for (let y = 0; y < rows; y++) {
        const share = (tile.data[x * rows + y]! - floor) / (this.about.loudest - floor);
        const at = ((rows - 1 - y) * columns + x) * 4;
        image.data.set(shades.of(share), at);
      }
    }
    tile.canvas = document.createElement("canvas");
    [tile.canvas.width, tile.canvas.height] = [columns, rows];
    tile.canvas.getContext("2d")?.putImageData(image, 0, 0);
    tile.colors = shades.name;
  }
}

interface Shades {
  name: string;
  of(share: number): Uint8ClampedArray;
}

const known = new Map<string, Shades>();

/** From the colour of silence to that of the loudest, in 64 steps. */
function shadesOf(quiet: string, loud: string): Shades {
  const name = `${quiet}-${loud}`;
  let found = known.get(name);
  if (!found) {
    const [a, b] = [rgb(quiet), rgb(loud)];
    const steps = Array.from({ length: 64 }, (_, i) => {
      const t = (i / 63) ** 1.3;
      return new Uint8ClampedArray([...a.map((c, k) => c + (b[k]! - c) * t), 255]);
    });
    found = { name, of: (share) => steps[Math.min(63, Math.max(0, Math.round(share * 63)))]! };
    known.set(name, found);
  }
  return found;
}

function rgb(hex: string): number[] {
  const digits = /^#([\da-f]{6})$/i.exec(hex.trim())?.[1] ?? "888888";
  return [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
}

function paintScale(pen: CanvasRenderingContext2D, width: number, height: number, color: ColorOf, top: number): void {
  pen.font = "400 10px ui-monospace, Menlo, Consolas, monospace";
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  for (let khz = 2; khz * 1000 < top; khz += 2) {
    const y = Math.round(height * (1 - (khz * 1000) / top));
    pen.fillStyle = color("var(--border-strong)");
    pen.fillRect(width - 6, y, 6, 1);
    pen.fillStyle = color("var(--text-dim)");
    pen.fillText(`${khz} kHz`, width - 9, y);
  }
  pen.textAlign = "left";
}
