/**
 * Plays a video and stops on frames. At rest, what is shown is the server's own picture of frame n, so that the frame that is seen is the
 * frame that is stored, whatever the browser makes of the file. While it plays, a <video> element gives the pictures, and the time that
 * comes with each says which frame of the table it is. What the browser cannot play runs picture by picture.
 */
import type { Mips } from "../../lib/mips";
import type { Clock, Loop } from "../time/clock";
import { frameAt, middleOf, stills, stillUrl, type FrameTable } from "./frames";

export interface Shown {
  frame: number;
  mips: Mips;
}

export type OnFrame = (frame: number, picture: Mips) => void;

const AHEAD = 3;

export class FilmClock implements Clock {
  #video: HTMLVideoElement | null = null;
  #canvas = document.createElement("canvas");
  #shown: Shown | null = null;
  #wanted = 0;
  #way: 1 | -1 = 1;
  #loading = false;
  #release: () => void = () => undefined;
  #trouble: string | null = null;
  #running = false;
  #now = 0;
  #rate = 1;
  #loop: Loop | null = null;
  #until: number | null = null;
  /** What the player's clock says at frame 0. */
  #offset = 0;
  #gone = false;
  #listeners = new Set<() => void>();
  #watchers = new Set<OnFrame>();

  constructor(readonly media: number, private readonly src: string, readonly table: FrameTable) {
    this.#canvas.width = table.width;
    this.#canvas.height = table.height;
    this.goTo(0);
  }

  destroy(): void {
    this.#gone = true;
    this.#running = false;
    this.#release();
    this.#video?.pause();
    this.#video?.removeAttribute("src");
    this.#listeners.clear();
    this.#watchers.clear();
  }

  /** The frame at rest with its picture; null until the first is there. The same object until another is shown. */
  shown = (): Shown | null => this.#shown;

  /** Why the wanted frame cannot be shown. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** The frame on the screen. */
  get frame(): number {
    return this.#running ? this.#now : (this.#shown?.frame ?? 0);
  }

  get playing(): boolean {
    return this.#running;
  }

  get rate(): number {
    return this.#rate;
  }

  get loop(): Loop | null {
    return this.#loop;
  }

  time(): number {
    return this.table.times[this.#running ? this.#now : this.#wanted] ?? 0;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Told of each picture while it plays. */
  watch(watcher: OnFrame): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  goTo(frame: number): void {
    const to = Math.min(Math.max(Math.round(frame), 0), this.table.frames - 1);
    if (this.#running) this.#halt();
    this.#way = to < this.#wanted ? -1 : 1;
    this.#wanted = to;
    this.#trouble = null;
    void this.#load();
    this.#tell();
  }

  step(by: number): void {
    this.goTo((this.#running ? this.#now : this.#wanted) + by);
  }

  seek(time: number): void {
    this.#until = null;
    this.goTo(frameAt(this.table, time));
  }

  play(): void {
    this.#until = null;
    const end = this.table.frames - 1;
    const { loop } = this;
    const outside = loop && (this.time() < loop.start || this.time() >= loop.end);
    this.#start(outside ? frameAt(this.table, loop.start) : this.#wanted >= end ? 0 : this.#wanted);
  }

  playRange(start: number, end: number): void {
    this.#start(frameAt(this.table, start));
    this.#until = end;
  }

  pause(): void {
    if (this.#running) this.goTo(this.#now);
  }

  setRate(rate: number): void {
    this.#rate = rate;
    if (this.#video) this.#video.playbackRate = rate;
    this.#tell();
  }

  setLoop(loop: Loop | null): void {
    this.#loop = loop && loop.end > loop.start ? loop : null;
    this.#tell();
  }

  #tell(): void {
    this.#listeners.forEach((listener) => listener());
  }

  #halt(): void {
    this.#running = false;
    this.#video?.pause();
  }

  /** One request at a time; the newest wish is next, and what arrives is what is shown. */
  async #load(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    while (!this.#gone && !this.#running && this.#shown?.frame !== this.#wanted && this.#trouble === null) {
      const frame = this.#wanted;
      try {
        const lease = await stills.acquire(stillUrl(this.media, frame));
        if (this.#gone || this.#running) {
          lease.release();
          break;
        }
        this.#release();
        this.#release = lease.release;
        this.#shown = { frame, mips: lease.mips };
      } catch (error) {
        if (this.#wanted === frame) this.#trouble = error instanceof Error ? error.message : String(error);
      }
      this.#tell();
    }
    this.#loading = false;
    if (!this.#gone && !this.#running) this.#warm();
  }

  #warm(): void {
    for (let n = 1; n <= AHEAD; n++) {
      const next = this.#wanted + n * this.#way;
      if (next >= 0 && next < this.table.frames) void stills.warm(stillUrl(this.media, next));
    }
  }

  #start(from: number): void {
    if (this.#running) this.#halt();
    this.#running = true;
    this.#now = from;
    this.#tell();
    void this.#run(from);
  }

  async #run(from: number): Promise<void> {
    try {
      const video = await this.#player();
      if (!this.#running || this.#gone) return;
      video.currentTime = middleOf(this.table, from) + this.#offset;
      video.playbackRate = this.#rate;
      this.#each(video);
      await video.play();
    } catch {
      if (this.#running && !this.#gone) await this.#runByStills(from);
    }
  }

  #each(video: HTMLVideoElement): void {
    video.requestVideoFrameCallback((_, { mediaTime }) => {
      if (!this.#running || this.#gone) return;
      const frame = frameAt(this.table, this.#draw(video, mediaTime) - this.#offset);
      this.#see(frame, { size: { w: this.#canvas.width, h: this.#canvas.height }, levels: [this.#canvas as unknown as ImageBitmap] });
      const again = this.#next(frame);
      if (again === null) return this.pause();
      if (again !== frame) video.currentTime = middleOf(this.table, again) + this.#offset;
      this.#each(video);
    });
  }

  /** Draw what the player shows, and tell its time: a late callback may find a newer picture than the one it was called for. */
  #draw(video: HTMLVideoElement, said: number): number {
    const picture = typeof VideoFrame === "undefined" ? null : new VideoFrame(video);
    this.#canvas.getContext("2d")!.drawImage(picture ?? video, 0, 0, this.#canvas.width, this.#canvas.height);
    const time = picture ? picture.timestamp / 1e6 : said;
    picture?.close();
    return time;
  }

  #see(frame: number, picture: Mips): void {
    this.#now = this.#wanted = frame;
    this.#watchers.forEach((watcher) => watcher(frame, picture));
  }

  /** Where to go on from a frame: the same for on, another for a jump, null for the end. */
  #next(frame: number): number | null {
    const time = this.table.times[frame]!;
    const last = frame >= this.table.frames - 1;
    if (this.#loop && (last || time >= this.#loop.end)) return frameAt(this.table, this.#loop.start);
    return last || (this.#until !== null && this.table.times[frame + 1]! >= this.#until) ? null : frame;
  }

  /** For what the browser cannot play: picture by picture, as fast as they come, never faster than they should. */
  async #runByStills(from: number): Promise<void> {
    let frame = from;
    while (this.#running && !this.#gone) {
      const due = performance.now() + (1000 * ((this.table.times[frame + 1] ?? Infinity) - this.table.times[frame]!)) / this.#rate;
      try {
        const lease = await stills.acquire(stillUrl(this.media, frame));
        if (this.#running) this.#see(frame, lease.mips);
        lease.release();
      } catch {
        return this.pause();
      }
      const again = this.#next(frame);
      if (again === null) return this.pause();
      frame = again === frame ? frame + 1 : again;
      await new Promise((done) => setTimeout(done, Math.min(1000, Math.max(0, due - performance.now()))));
    }
  }

  /** The player, once it can play; its clock at the first frame is taken down. Raises Error where the browser cannot. */
  async #player(): Promise<HTMLVideoElement> {
    if (this.#video) return this.#video;
    const video = document.createElement("video");
    if (!("requestVideoFrameCallback" in video)) throw new Error("no frame callbacks");
    video.preload = "auto";
    video.playsInline = true;
    await new Promise<void>((done, fail) => {
      video.requestVideoFrameCallback((_, { mediaTime }) => {
        this.#offset = mediaTime;
        done();
      });
      video.addEventListener("error", () => fail(new Error("cannot be played")), { once: true });
      setTimeout(() => fail(new Error("no picture came")), 8000);
      video.src = this.src;
    });
    this.#video = video;
    return video;
  }
}
