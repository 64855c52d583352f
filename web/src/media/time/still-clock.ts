/** A clock for what makes no sound and has no pictures: a playhead that moves over curves. */
import type { Clock, Loop } from "./clock";

export class StillClock implements Clock {
  #at = 0;
  #began = 0;
  #playing = false;
  #rate = 1;
  #loop: Loop | null = null;
  #stop: number | null = null;
  #frame = 0;
  #listeners = new Set<() => void>();

  constructor(private readonly duration: number) {}

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    this.#playing = false;
    this.#listeners.clear();
  }

  time(): number {
    if (!this.#playing) return this.#at;
    return Math.min(this.duration, this.#at + ((performance.now() - this.#began) / 1000) * this.#rate);
  }

  get playing(): boolean {
    return this.#playing;
  }

  get rate(): number {
    return this.#rate;
  }

  get loop(): Loop | null {
    return this.#loop;
  }

  play(): void {
    const now = this.time();
    if (this.#loop && (now < this.#loop.start || now >= this.#loop.end)) this.#at = this.#loop.start;
    else this.#at = now >= this.duration ? 0 : now;
    this.#stop = null;
    this.#run();
  }

  pause(): void {
    this.#at = this.time();
    this.#playing = false;
    cancelAnimationFrame(this.#frame);
    this.#tell();
  }

  seek(time: number): void {
    this.#stop = null;
    this.#jump(time);
    this.#tell();
  }

  setRate(rate: number): void {
    this.#jump(this.time());
    this.#rate = rate;
    this.#tell();
  }

  setLoop(loop: Loop | null): void {
    this.#loop = loop && loop.end > loop.start ? loop : null;
    this.#stop = null;
    if (this.#loop && this.#playing && (this.time() < this.#loop.start || this.time() > this.#loop.end)) this.#jump(this.#loop.start);
    this.#tell();
  }

  playRange(start: number, end: number): void {
    this.#at = start;
    this.#stop = end;
    this.#run();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #jump(time: number): void {
    this.#at = Math.max(0, Math.min(this.duration, time));
    this.#began = performance.now();
  }

  #run(): void {
    this.#began = performance.now();
    this.#playing = true;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(this.#watch);
    this.#tell();
  }

  #watch = (): void => {
    if (!this.#playing) return;
    const now = this.time();
    const end = this.#stop ?? this.duration;
    if (this.#loop && this.#stop === null && now >= this.#loop.end) this.#jump(this.#loop.start);
    else if (now >= end) {
      this.#jump(end);
      this.#stop = null;
      return this.pause();
    }
    this.#frame = requestAnimationFrame(this.#watch);
  };

  #tell(): void {
    this.#listeners.forEach((listener) => listener());
  }
}
