/** Which part of the image a surface shows: fitting, zooming, panning, turning. It draws nothing; whoever draws hears of each change. */
import type { Point, Rect, Size } from "../lib/geometry";
import { fit, fitImage, held, sameView, toImage, zoomedAt, type Turn, type View } from "../lib/view";

const NO_VIEW: View = { scale: 1, x: 0, y: 0 };

export class Viewport {
  view: View = NO_VIEW;
  /** Of the surface before it is turned, in CSS pixels. */
  size: Size = { w: 0, h: 0 };
  turn: Turn = 0;
  #fitted = true;

  /** `settled`: the view jumped, and will not change again in the next frame. */
  constructor(
    private readonly image: () => Size,
    private readonly changed: (settled: boolean) => void,
  ) {}

  get middle(): Point {
    return { x: this.size.w / 2, y: this.size.h / 2 };
  }

  /** The image point in the middle. */
  get centre(): Point {
    return toImage(this.view, this.middle);
  }

  /** Another size; an image that was shown as a whole stays so. False if nothing changed. */
  resize(size: Size): boolean {
    if (!size.w || !size.h || (size.w === this.size.w && size.h === this.size.h)) return false;
    this.size = size;
    if (this.#fitted) this.fit();
    return true;
  }

  fit(): void {
    const image = this.image();
    this.#fitted = true;
    if (image.w && this.size.w) this.#set(fitImage(image, this.size), true);
  }

  /** A rectangle of the image with air around it; the whole image if it is shown like that already. */
  zoomTo(rect: Rect): void {
    const air = Math.min(this.size.w, this.size.h) * 0.2;
    const wanted = fit(rect, this.size, 12, air);
    if (sameView(wanted, this.view)) return this.fit();
    this.#set(wanted, true, false);
  }

  /** Brings a rectangle into the middle if no part of it is in view. */
  reveal(rect: Rect): void {
    const from = toImage(this.view, { x: 0, y: 0 });
    const to = toImage(this.view, { x: this.size.w, y: this.size.h });
    if (rect.x < to.x && rect.y < to.y && rect.x + rect.w > from.x && rect.y + rect.h > from.y) return;
    this.#set(this.#around({ x: rect.x + rect.w / 2, y: rect.y + rect.h / 2 }), true, false);
  }

  centreOn(at: Point): void {
    this.#set(held(this.#around(at), this.image(), this.size), false, false);
  }

  panBy(dx: number, dy: number): void {
    this.#set(held({ ...this.view, x: this.view.x + dx, y: this.view.y + dy }, this.image(), this.size), false, false);
  }

  zoomAt(at: Point, factor: number): void {
    const image = this.image();
    if (!image.w) return;
    const least = Math.min(0.5 * fitImage(image, this.size).scale, 1);
    this.#set(held(zoomedAt(this.view, at, factor, least), image, this.size), false, false);
  }

  #around(at: Point): View {
    const { scale } = this.view;
    return { scale, x: this.size.w / 2 - at.x * scale, y: this.size.h / 2 - at.y * scale };
  }

  #set(view: View, settled: boolean, fitted = this.#fitted): void {
    this.#fitted = fitted;
    if (sameView(view, this.view)) return;
    this.view = view;
    this.changed(settled);
  }
}
