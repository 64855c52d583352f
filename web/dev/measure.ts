/** What the measuring pages count: frames while something moves, and the time from an event to the painted frame. */

/** The time at which the first frame is painted in which something is there. */
const painted = (there: () => boolean = () => true): Promise<number> =>
  new Promise((done) => {
    const look = () => {
      if (!there()) return void requestAnimationFrame(look);
      const channel = new MessageChannel();
      channel.port1.onmessage = () => done(performance.now());
      channel.port2.postMessage(null);
    };
    requestAnimationFrame(look);
  });

let deltas: number[] = [];
let running = false;

/** Begins to record the time between animation frames. */
export function startFrames(): void {
  deltas = [];
  running = true;
  let last = performance.now();
  const tick = (now: number) => {
    if (!running) return;
    deltas.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame((now) => {
    last = now;
    requestAnimationFrame(tick);
  });
}

/** Ends it: frames per second, and the 95th percentile and the longest frame in milliseconds. */
export function stopFrames(): { fps: number; p95: number; longest: number; n: number } {
  running = false;
  const sorted = [...deltas].sort((a, b) => a - b);
  const sum = sorted.reduce((a, b) => a + b, 0);
  return { fps: (1000 * sorted.length) / sum, p95: sorted[Math.floor(sorted.length * 0.95)] ?? 0, longest: sorted.at(-1) ?? 0, n: sorted.length };
}

/** Milliseconds from the next event of that type to the frame painted after it. Read it with `takeLatency`. */
let latency: Promise<number> | null = null;
export function watchNext(type: string): void {
  latency = new Promise((done) => {
    window.addEventListener(type, (event) => void painted().then((at) => done(at - event.timeStamp)), { once: true, capture: true });
  });
}
export const takeLatency = (): Promise<number> | null => latency;

/** Milliseconds of work that the next event of that type causes: handlers, rendering, style and layout; no waiting. */
let work: Promise<number> | null = null;
export function watchWork(type: string): void {
  work = new Promise((done) => {
    let start = 0;
    window.addEventListener(type, () => (start = performance.now()), { once: true, capture: true });
    window.addEventListener(type, () => queueMicrotask(() => queueMicrotask(() => {
      document.body.getBoundingClientRect();
      done(performance.now() - start);
    })), { once: true });
  });
}
export const takeWork = (): Promise<number> | null => work;

/** The time from the last pointer movement to the last full drawing of the regions, in milliseconds. */
let moved = 0;
window.addEventListener("pointermove", (event) => (moved = event.timeStamp), true);
export async function redrawAfterRest(): Promise<number> {
  await new Promise((done) => setTimeout(done, 600));
  const marks = performance.getEntriesByName("regions-drawn").map((mark) => mark.startTime);
  return Math.max(...marks) - moved;
}

/** Milliseconds until what `mount` brings about is there and painted. */
export async function firstPaint(mount: () => void, there: () => boolean): Promise<number> {
  const start = performance.now();
  mount();
  return (await painted(there)) - start;
}
