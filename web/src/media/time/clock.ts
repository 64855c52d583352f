/**
 * What plays, as everything on a time axis sees it: where it is, whether it runs, how fast, and what it repeats. It stands alone so
 * that lanes need not know whether sound or pictures are played; `MediaClock` is the one for an <audio> or <video> element.
 */

export interface Loop {
  start: number;
  end: number;
}

export interface Clock {
  /** Seconds; read it in every frame while it plays. */
  time(): number;
  readonly playing: boolean;
  readonly rate: number;
  readonly loop: Loop | null;
  play(): void;
  pause(): void;
  seek(time: number): void;
  setRate(rate: number): void;
  setLoop(loop: Loop | null): void;
  /** Plays from `start` and stops at `end`. */
  playRange(start: number, end: number): void;
  /** Told when anything but the running time changes, and at every jump. */
  subscribe(listener: () => void): () => void;
}

export const RATES = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3] as const;

/** The next faster or slower speed. */
export function nextRate(rate: number, by: 1 | -1): number {
  const list = by > 0 ? RATES.filter((r) => r > rate + 0.001) : RATES.filter((r) => r < rate - 0.001);
  return (by > 0 ? list[0] : list[list.length - 1]) ?? rate;
}

export class MediaClock implements Clock {
  #media: HTMLMediaElement;
  #loop: Loop | null = null;
  #stop: number | null = null;
  #frame = 0;
  #listeners = new Set<() => void>();
  #off: () => void;

  constructor(media: HTMLMediaElement) {
    this.#media = media;
    media.preservesPitch = true;
    const changed = () => this.#changed();
    const events = ["play", "pause", "seeked", "ratechange", "ended", "durationchange", "error"] as const;
    events.forEach((name) => media.addEventListener(name, changed));
    this.#off = () => events.forEach((name) => media.removeEventListener(name, changed));
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    this.#off();
    this.#media.pause();
    this.#listeners.clear();
  }

  time(): number {
    return this.#media.currentTime;
  }

  get playing(): boolean {
    return !this.#media.paused && !this.#media.ended;
  }

  get rate(): number {
    return this.#media.playbackRate;
  }

  get loop(): Loop | null {
    return this.#loop;
  }

  play(): void {
    const { loop } = this;
    if (loop && (this.time() < loop.start - 0.001 || this.time() >= loop.end - 0.001)) this.#media.currentTime = loop.start;
    this.#stop = null;
    this.#start();
  }

  pause(): void {
    this.#media.pause();
  }

  seek(time: number): void {
    this.#stop = null;
    this.#media.currentTime = Math.max(0, time);
    this.#tell();
  }

  setRate(rate: number): void {
    this.#media.playbackRate = rate;
  }

  setLoop(loop: Loop | null): void {
    this.#loop = loop && loop.end > loop.start ? loop : null;
    this.#stop = null;
    if (this.#loop && this.playing && (this.time() < this.#loop.start || this.time() > this.#loop.end)) this.#media.currentTime = this.#loop.start;
    this.#tell();
  }

  playRange(start: number, end: number): void {
    this.#media.currentTime = start;
    this.#stop = end;
    this.#start();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #start(): void {
    // A browser may refuse to play (no user gesture, damaged file); the element's own error event says the latter.
    void this.#media.play()?.catch(() => this.#tell());
  }

  /** Edges are watched in every frame: the element's own time events come four times a second only. */
  #watch = (): void => {
    if (!this.playing) return;
    const now = this.time();
    if (this.#loop && now >= this.#loop.end) {
      this.#media.currentTime = this.#loop.start;
    } else if (this.#stop !== null && now >= this.#stop) {
      this.#media.pause();
      this.#media.currentTime = this.#stop;
      this.#stop = null;
    }
    this.#frame = requestAnimationFrame(this.#watch);
  };

  #changed(): void {
    cancelAnimationFrame(this.#frame);
    if (this.#media.ended && this.#loop) this.play();
    if (this.playing) this.#frame = requestAnimationFrame(this.#watch);
    this.#tell();
  }

  #tell(): void {
    this.#listeners.forEach((listener) => listener());
  }
}
