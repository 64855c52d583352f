/** A canvas over the image that is drawn in device pixels and can follow the view as a moved bitmap. */
import type { Size } from "../lib/geometry";
import { sameView, type View } from "../lib/view";

export class Sheet {
  readonly canvas = document.createElement("canvas");
  protected readonly pen = this.canvas.getContext("2d")!;
  protected ratio = 1;
  protected size: Size = { w: 0, h: 0 };
  #drawn: View = { scale: 1, x: 0, y: 0 };

  resize(size: Size, ratio: number): void {
    this.canvas.width = Math.round(size.w * ratio);
    this.canvas.height = Math.round(size.h * ratio);
    this.canvas.style.width = `${size.w}px`;
    this.canvas.style.height = `${size.h}px`;
    this.ratio = ratio;
    this.size = size;
  }

  /** Moves the bitmap as it is to where it belongs in another view. */
  follow(view: View): void {
    const s = view.scale / this.#drawn.scale;
    const x = view.x - s * this.#drawn.x;
    const y = view.y - s * this.#drawn.y;
    this.canvas.style.transform = `matrix(${s},0,0,${s},${x},${y})`;
  }

  /** Whether it is drawn for this view, not moved to it. */
  shows(view: View): boolean {
    return sameView(view, this.#drawn);
  }

  /** An empty sheet for a view. */
  protected begin(view: View): void {
    this.#drawn = view;
    this.canvas.style.transform = "";
    this.pen.setTransform(1, 0, 0, 1, 0, 0);
    this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }
}
