/** A canvas as wide as its host that is painted anew, at most once a frame, when the axis, its size or the theme changes. */
import { resolveColor } from "../../ui/labelColor";
import type { TimeAxis } from "./axis";

/** Turns `var(--x)` into the colour of the present theme; asked for once per painting. */
export type ColorOf = (color: string) => string;

export type Paint = (pen: CanvasRenderingContext2D, width: number, height: number, color: ColorOf) => void;

export class Strip {
  readonly canvas = document.createElement("canvas");
  #pen = this.canvas.getContext("2d");
  #frame = 0;
  #stop: (() => void)[] = [];

  constructor(private readonly host: HTMLElement, axis: TimeAxis, private paint: Paint) {
    this.canvas.style.cssText = "position:absolute;inset:0;width:100%;height:100%;pointer-events:none";
    host.append(this.canvas);
    const size = new ResizeObserver(() => this.request());
    size.observe(host);
    const theme = new MutationObserver(() => this.request());
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-mantine-color-scheme"] });
    this.#stop = [() => size.disconnect(), () => theme.disconnect(), axis.subscribe(() => this.request())];
    this.request();
  }

  setPaint(paint: Paint): void {
    this.paint = paint;
    this.request();
  }

  request(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    this.#stop.forEach((stop) => stop());
    this.canvas.remove();
  }

  #draw(): void {
    this.#frame = 0;
    const [width, height] = [this.host.clientWidth, this.host.clientHeight];
    if (!this.#pen || width === 0 || height === 0) return;
    const dense = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * dense), Math.round(height * dense)];
    if (this.canvas.width !== w || this.canvas.height !== h) [this.canvas.width, this.canvas.height] = [w, h];
    this.#pen.setTransform(dense, 0, 0, dense, 0, 0);
    this.#pen.clearRect(0, 0, width, height);
    const known = new Map<string, string>();
    this.paint(this.#pen, width, height, (color) => {
      let found = known.get(color);
      if (found === undefined) known.set(color, (found = resolveColor(color)));
      return found;
    });
  }
}
