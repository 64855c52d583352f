/**
 * The time axis that a waveform, a spectrogram, lanes and a ruler share: which stretch of the media is in view, and how wide a
 * second is. It stands alone so that all of them follow one gesture without React in between: whoever draws subscribes.
 * Times are seconds from the start of the media, widths CSS pixels.
 */

export interface TimeView {
  /** Time at the left edge. */
  from: number;
  /** CSS pixels per second. */
  scale: number;
  width: number;
}

/** No zoom beyond this: a sample of 16 kHz sound is then a quarter of a pixel wide. */
export const MAX_SCALE = 4000;
/** Room around what is brought into view, as a share of the width. */
const MARGIN = 0.1;

export class TimeAxis {
  #view: TimeView;
  #duration: number;
  #listeners = new Set<() => void>();
  /** All of it was in view before the width or the duration changed, so it shall be after. */
  #whole = true;

  constructor(duration: number, width = 0) {
    this.#duration = Math.max(duration, 0.001);
    this.#view = { from: 0, scale: 1, width };
    this.fit();
  }

  get view(): Readonly<TimeView> {
    return this.#view;
  }

  get duration(): number {
    return this.#duration;
  }

  /** Time at the right edge. */
  get to(): number {
    return this.#view.from + this.#view.width / this.#view.scale;
  }

  get minScale(): number {
    return Math.max(this.#view.width, 1) / this.#duration;
  }

  /** For `useSyncExternalStore` as well as for canvases. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  xOf(time: number): number {
    return (time - this.#view.from) * this.#view.scale;
  }

  timeOf(x: number): number {
    return this.clampTime(this.#view.from + x / this.#view.scale);
  }

  clampTime(time: number): number {
    return Math.min(Math.max(time, 0), this.#duration);
  }

  setWidth(width: number): void {
    if (width === this.#view.width || width <= 0) return;
    const whole = this.#whole;
    this.#set({ ...this.#view, width });
    if (whole) this.fit();
  }

  /** The length of the media may be known only once it is loaded. */
  setDuration(duration: number): void {
    if (!(duration > 0) || duration === this.#duration) return;
    const whole = this.#whole;
    this.#duration = duration;
    this.#set(this.#view);
    if (whole) this.fit();
  }

  /** All of it. */
  fit(): void {
    this.#set({ ...this.#view, from: 0, scale: this.minScale });
  }

  /** `factor` > 1 comes nearer; the time at `x` stays where it is. */
  zoom(factor: number, x = this.#view.width / 2): void {
    const at = this.#view.from + x / this.#view.scale;
    const scale = this.#scaleWithin(this.#view.scale * factor);
    this.#set({ ...this.#view, scale, from: at - x / scale });
  }

  pan(pixels: number): void {
    this.#set({ ...this.#view, from: this.#view.from + pixels / this.#view.scale });
  }

  /** Shows a stretch as large as it can be, with some room around it. */
  show(start: number, end: number): void {
    const length = Math.max(end - start, 0.02);
    const scale = this.#scaleWithin((this.#view.width * (1 - 2 * MARGIN)) / length);
    this.#set({ ...this.#view, scale, from: (start + end) / 2 - this.#view.width / scale / 2 });
  }

  /** Brings a stretch into view without zooming; where it does not fit, its start. */
  reveal(start: number, end = start): void {
    const { from, scale, width } = this.#view;
    const room = (MARGIN * width) / scale;
    if (start >= from && end <= this.to) return;
    const fits = (end - start) * scale <= width * (1 - 2 * MARGIN);
    const to = start < from || !fits ? start - room : end + room - width / scale;
    this.#set({ ...this.#view, from: to });
  }

  /** While playing: a new page when the playhead leaves the view. */
  follow(time: number): void {
    if (time < this.#view.from || time > this.to) this.#set({ ...this.#view, from: time - 0.02 * (this.to - this.#view.from) });
  }

  #scaleWithin(scale: number): number {
    return Math.min(Math.max(scale, this.minScale), Math.max(MAX_SCALE, this.minScale));
  }

  #set(next: TimeView): void {
    const scale = this.#scaleWithin(next.scale);
    const most = Math.max(0, this.#duration - next.width / scale);
    const view = { width: next.width, scale, from: Math.min(Math.max(next.from, 0), most) };
    const before = this.#view;
    this.#view = view;
    this.#whole = scale <= this.minScale * 1.0001;
    if (before.from !== view.from || before.scale !== view.scale || before.width !== view.width) this.#listeners.forEach((tell) => tell());
  }
}

const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];

/** The distance of the ruler's marks in seconds, so that they are at least `least` pixels apart. */
export function tickStep(scale: number, least = 80): number {
  return STEPS.find((step) => step * scale >= least) ?? STEPS[STEPS.length - 1]!;
}

/** "1:02:03.450": with as many digits as `step` (seconds) needs; hours and minutes only where there are any. */
export function clockText(time: number, step = 0.001): string {
  const digits = step >= 1 ? 0 : Math.min(3, Math.ceil(-Math.log10(step)));
  const unit = 10 ** digits;
  const whole = Math.round(Math.max(time, 0) * unit);
  const seconds = Math.floor(whole / unit);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  const part = digits > 0 ? `.${String(whole % unit).padStart(digits, "0")}` : "";
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}${part}` : `${m}:${two(s)}${part}`;
}

/** Seconds of what a person typed: "83.5", "1:23.5", "1:02:03"; null for anything else. */
export function secondsOf(text: string): number | null {
  const parts = text.trim().replace(",", ".").split(":");
  if (parts.length > 3 || parts.some((part) => !/^\d+(\.\d*)?$/.test(part.trim()))) return null;
  return parts.reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** Times are stored in whole milliseconds where a hand drew them. */
export const milli = (time: number): number => Math.round(time * 1000) / 1000;
