/** Label badges as small bitmaps, drawn once per text and colour and then copied: text is the dearest thing to draw. */
import { readableOn } from "../lib/colors";

const MAX_CHARS = 24;
const MAX_KEPT = 512;
export const BADGE_HEIGHT = 16;

export class Badges {
  #made = new Map<string, HTMLCanvasElement>();
  #ratio = 1;

  /** Forgets all badges if the device pixel ratio changed. */
  setRatio(ratio: number): void {
    if (ratio === this.#ratio) return;
    this.#ratio = ratio;
    this.#made.clear();
  }

  /** The badge for a text; sizes are in device pixels. `dashed` marks a suggestion. */
  get(text: string, color: string, dashed: boolean): HTMLCanvasElement {
    const key = `${dashed ? "?" : "!"}${color}\n${text}`;
    const known = this.#made.get(key);
    if (known) return known;
    if (this.#made.size >= MAX_KEPT) this.#made.clear();
    const badge = this.#draw(text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS - 1)}…` : text, color, dashed);
    this.#made.set(key, badge);
    return badge;
  }

  #draw(text: string, color: string, dashed: boolean): HTMLCanvasElement {
    const ratio = this.#ratio;
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d")!;
    const font = `600 ${11 * ratio}px system-ui, sans-serif`;
    pen.font = font;
    canvas.width = Math.ceil(pen.measureText(text).width + 10 * ratio);
    canvas.height = Math.round(BADGE_HEIGHT * ratio);
    pen.font = font;
    pen.textBaseline = "middle";
    pen.fillStyle = dashed ? "rgb(20 20 20 / 0.85)" : color;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    if (dashed) this.#dash(pen, canvas, color);
    pen.fillStyle = dashed ? "#ffffff" : readableOn(color);
    pen.fillText(text, 5 * ratio, canvas.height / 2 + 0.5 * ratio);
    return canvas;
  }

  #dash(pen: CanvasRenderingContext2D, canvas: HTMLCanvasElement, color: string): void {
    pen.strokeStyle = color;
    pen.lineWidth = this.#ratio * 1.5;
    pen.setLineDash([3 * this.#ratio, 2 * this.#ratio]);
    pen.strokeRect(this.#ratio / 2, this.#ratio / 2, canvas.width - this.#ratio, canvas.height - this.#ratio);
  }
}
