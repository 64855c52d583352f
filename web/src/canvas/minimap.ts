/** The whole image, small in a corner, with a frame around what is in view; shown only while not all of it is. */
import { rectInside, type Point, type Size } from "../lib/geometry";
import type { Mips } from "../lib/mips";
import { visible, type Turn, type View } from "../lib/view";

const SIDE = 132;

export class Minimap {
  readonly canvas = document.createElement("canvas");
  #pen = this.canvas.getContext("2d")!;
  #mips: Mips | null = null;
  #picture: HTMLCanvasElement | null = null;
  #scale = 1;

  constructor(private readonly onGo: (at: Point) => void) {
    this.canvas.style.cssText = "position:absolute;inset:auto 8px 8px auto;border:1px solid rgb(255 255 255 / 0.7);border-radius:3px;box-shadow:0 1px 6px rgb(0 0 0 / 0.4);cursor:pointer;display:none";
    for (const type of ["pointerdown", "pointermove"] as const) this.canvas.addEventListener(type, (event) => this.#go(event));
    for (const type of ["pointerup", "wheel", "dblclick"] as const) this.canvas.addEventListener(type, (event) => event.stopPropagation());
  }

  setMips(mips: Mips | null): void {
    this.#mips = mips;
    this.#picture = null;
  }

  /** Draws the frame of a view; hides all of it where nothing is out of view, or while the view is turned. */
  show(view: View, surface: Size, turn: Turn): void {
    const size = this.#mips?.size;
    const frame = visible(view, surface);
    const all = !size || turn !== 0 || rectInside({ x: 0, y: 0, ...size }, frame);
    this.canvas.style.display = all ? "none" : "";
    if (all) return;
    this.#picture ??= this.#small(size);
    const pen = this.#pen;
    pen.drawImage(this.#picture, 0, 0);
    pen.fillStyle = "rgb(0 0 0 / 0.35)";
    pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    const [x, y] = [Math.max(0, frame.x) * this.#scale, Math.max(0, frame.y) * this.#scale];
    const w = Math.min(size.w, frame.x + frame.w) * this.#scale - x;
    const h = Math.min(size.h, frame.y + frame.h) * this.#scale - y;
    if (w <= 0 || h <= 0) return;
    pen.drawImage(this.#picture, x, y, w, h, x, y, w, h);
    pen.strokeStyle = "#ffffff";
    pen.lineWidth = 1.5;
    pen.strokeRect(x + 0.5, y + 0.5, Math.max(2, w - 1), Math.max(2, h - 1));
  }

  #small(size: Size): HTMLCanvasElement {
    this.#scale = SIDE / Math.max(size.w, size.h);
    const small = document.createElement("canvas");
    small.width = this.canvas.width = Math.max(1, Math.round(size.w * this.#scale));
    small.height = this.canvas.height = Math.max(1, Math.round(size.h * this.#scale));
    small.getContext("2d")!.drawImage(this.#mips!.levels.at(-1)!, 0, 0, small.width, small.height);
    return small;
  }

  #go(event: PointerEvent): void {
    event.stopPropagation();
    if (event.type === "pointerdown") this.canvas.setPointerCapture(event.pointerId);
    if (event.buttons !== 1) return;
    this.onGo({ x: event.offsetX / this.#scale, y: event.offsetY / this.#scale });
  }
}
