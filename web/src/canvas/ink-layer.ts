/** Where a stroke of the brush is seen while it is painted. It becomes pixels of a mask only when it ends. */
import type { Bitmask } from "../lib/bitmask";
import type { Point, Size } from "../lib/geometry";
import type { View } from "../lib/view";
import type { Ink } from "./brush-pen";
import { pixelOf } from "./crowd-painter";

export class InkLayer implements Ink {
  readonly canvas = document.createElement("canvas");
  color = "#ffffff";
  #pen = this.canvas.getContext("2d")!;
  #ratio = 1;

  constructor(private readonly view: () => View) {
    this.canvas.style.opacity = "0.5";
  }

  resize(size: Size, ratio: number): void {
    this.#ratio = ratio;
    this.canvas.width = Math.round(size.w * ratio);
    this.canvas.height = Math.round(size.h * ratio);
    this.canvas.style.width = `${size.w}px`;
    this.canvas.style.height = `${size.h}px`;
  }

  begin(): void {
    this.#clear();
  }

  line(from: Point, to: Point, radius: number, how: "add" | "take"): void {
    const pen = this.#pen;
    this.#onImage();
    pen.lineCap = "round";
    pen.lineWidth = 2 * radius;
    pen.strokeStyle = how === "add" ? this.color : "#808080";
    pen.beginPath();
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x + 1e-3, to.y);
    pen.stroke();
  }

  pixels(mask: Bitmask, how: "add" | "take"): void {
    if (mask.w < 1 || mask.h < 1) return;
    const stamp = document.createElement("canvas");
    stamp.width = mask.w;
    stamp.height = mask.h;
    const pen = stamp.getContext("2d")!;
    const image = pen.createImageData(mask.w, mask.h);
    const pixel = pixelOf(how === "add" ? this.color : "#808080", 1);
    const all = new Uint32Array(image.data.buffer);
    mask.bits.forEach((bit, i) => bit && (all[i] = pixel));
    pen.putImageData(image, 0, 0);
    this.#onImage();
    this.#pen.imageSmoothingEnabled = false;
    this.#pen.drawImage(stamp, mask.x, mask.y);
  }

  end(): void {
    this.#clear();
  }

  #onImage(): void {
    const { scale, x, y } = this.view();
    const s = scale * this.#ratio;
    this.#pen.setTransform(s, 0, 0, s, x * this.#ratio, y * this.#ratio);
  }

  #clear(): void {
    this.#pen.setTransform(1, 0, 0, 1, 0, 0);
    this.#pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }
}
