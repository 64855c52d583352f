/** A canvas that shows one image with pan and zoom; no regions, no framework. */
import type { Size } from "../lib/geometry";
import { ImageLayer } from "../lib/image-layer";
import type { Mips } from "../lib/mips";
import { fitImage, held, zoomedAt, type View } from "../lib/view";

const STEP = 60;

export class ImagePane {
  #layer = new ImageLayer();
  #view: View = { scale: 1, x: 0, y: 0 };
  #size: Size = { w: 0, h: 0 };
  #fitted = true;
  #ratio = 0;
  #frame = 0;
  #stop = new AbortController();

  constructor(
    private readonly host: HTMLElement,
    private readonly onScale: (scale: number) => void,
  ) {
    host.append(this.#layer.canvas);
    this.#layer.onNews = () => this.#set(this.#view);
    this.#listen();
    const watch = new ResizeObserver(() => this.#resize());
    watch.observe(host);
    this.#stop.signal.addEventListener("abort", () => watch.disconnect());
    this.#resize();
  }

  show(mips: Mips | null, ground: string): void {
    this.#layer.ground = ground;
    this.#layer.setMips(mips);
    this.fit();
  }

  fit(): void {
    this.#fitted = true;
    if (this.#layer.size.w && this.#size.w) this.#set(fitImage(this.#layer.size, this.#size));
    else this.#set(this.#view);
  }

  /** Acts on a key; false if it means nothing here. */
  key(key: string): boolean {
    const moves: Record<string, [number, number]> = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };
    if (key === "+" || key === "=") this.#zoom(1.4);
    else if (key === "-") this.#zoom(1 / 1.4);
    else if (key === "Home" && !this.#fitted) this.fit();
    else if (moves[key] && !this.#fitted) this.#pan(...moves[key]);
    else return false;
    return true;
  }

  destroy(): void {
    this.#stop.abort();
    cancelAnimationFrame(this.#frame);
    this.host.replaceChildren();
  }

  #listen(): void {
    const { host } = this;
    const { signal } = this.#stop;
    let last: { x: number; y: number } | null = null;
    host.addEventListener("pointerdown", (event) => {
      if (event.button > 1) return;
      host.setPointerCapture(event.pointerId);
      last = { x: event.clientX, y: event.clientY };
    }, { signal });
    host.addEventListener("pointermove", (event) => {
      if (!last) return;
      this.#pan(event.clientX - last.x, event.clientY - last.y);
      last = { x: event.clientX, y: event.clientY };
    }, { signal });
    for (const end of ["pointerup", "pointercancel"] as const) host.addEventListener(end, () => (last = null), { signal });
    host.addEventListener("dblclick", () => this.fit(), { signal });
    host.addEventListener("wheel", (event) => {
      event.preventDefault();
      const frame = host.getBoundingClientRect();
      this.#zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), { x: event.clientX - frame.left, y: event.clientY - frame.top });
    }, { signal, passive: false });
  }

  #zoom(factor: number, at = { x: this.#size.w / 2, y: this.#size.h / 2 }): void {
    if (!this.#layer.size.w) return;
    this.#fitted = false;
    const least = Math.min(0.5 * fitImage(this.#layer.size, this.#size).scale, 1);
    this.#set(held(zoomedAt(this.#view, at, factor, least), this.#layer.size, this.#size));
  }

  #pan(dx: number, dy: number): void {
    this.#fitted = false;
    this.#set(held({ ...this.#view, x: this.#view.x + dx, y: this.#view.y + dy }, this.#layer.size, this.#size));
  }

  #resize(): void {
    const size = { w: this.host.clientWidth, h: this.host.clientHeight };
    if (!size.w || !size.h) return;
    const ratio = window.devicePixelRatio || 1;
    if (size.w === this.#size.w && size.h === this.#size.h && ratio === this.#ratio) return;
    this.#ratio = ratio;
    this.#size = size;
    this.#layer.resize(size, ratio);
    if (this.#fitted) this.fit();
    else this.#set(this.#view);
  }

  #set(view: View): void {
    if (view.scale !== this.#view.scale) this.onScale(view.scale);
    this.#view = view;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#layer.draw(this.#view, true);
    });
  }
}
