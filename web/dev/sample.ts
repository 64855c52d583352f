/** Sample data of the measuring pages: pictures, boxes, polygons, masks, texts and spans from a seeded generator. */
import { filled, toCounts, writeCounts } from "../src/lib/bitmask";

/** A small seeded generator of numbers in [0, 1) (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A picture of w × h pixels with shapes and noise. */
export async function picture(w: number, h: number, seed = 1): Promise<ImageBitmap> {
  const next = random(seed);
  const canvas = new OffscreenCanvas(w, h);
  const pen = canvas.getContext("2d")!;
  const sky = pen.createLinearGradient(0, 0, 0, h);
  sky.addColorStop(0, "#8fb3d9");
  sky.addColorStop(0.55, "#d9e2e8");
  sky.addColorStop(1, "#5b6b4a");
  pen.fillStyle = sky;
  pen.fillRect(0, 0, w, h);
  for (let i = 0; i < 900; i++) {
    pen.fillStyle = `hsl(${next() * 360} ${20 + next() * 45}% ${15 + next() * 70}% / 0.8)`;
    const size = 10 + next() * 160;
    if (next() < 0.5) pen.fillRect(next() * w, next() * h, size, size * (0.4 + next()));
    else {
      pen.beginPath();
      pen.ellipse(next() * w, next() * h, size / 2, size / 3, next() * 3, 0, 7);
      pen.fill();
    }
  }
  return createImageBitmap(canvas);
}

export interface SampleBox {
  id: string;
  x: number;
  y: number;
  w: number;
  h: number;
  label: string;
}

export function boxes(n: number, w: number, h: number, labels: readonly string[], seed = 2): SampleBox[] {
  const next = random(seed);
  return Array.from({ length: n }, (_, i) => {
    const bw = 10 + next() * 110;
    const bh = 10 + next() * 110;
    return { id: `b${i}`, x: next() * (w - bw), y: next() * (h - bh), w: bw, h: bh, label: labels[Math.floor(next() * labels.length)]! };
  });
}

/** Star-like outlines of 20 corners, as large as the boxes. */
export function polygons(n: number, w: number, h: number, labels: readonly string[]) {
  const next = random(5);
  return boxes(n, w, h, labels).map(({ id, x, y, w: bw, h: bh, label }) => {
    const points = Array.from({ length: 20 }, (_, i) => {
      const reach = 0.3 + 0.2 * next();
      const turn = (i / 20) * 2 * Math.PI;
      return [x + bw * (0.5 + reach * Math.cos(turn)), y + bh * (0.5 + reach * Math.sin(turn))] as [number, number];
    });
    return { id, points, label };
  });
}

/** The same outlines, pixel by pixel. */
export function masks(n: number, w: number, h: number, labels: readonly string[]) {
  return polygons(n, w, h, labels).map(({ id, points, label }) => {
    const mask = filled([points.map(([x, y]) => ({ x, y }))], { w, h });
    return { id, size: [h, w], counts: writeCounts(toCounts(mask, { w, h })), label };
  });
}

const WORDS = "the harbour opened again on Monday after a storm had closed it for three days and Maria Jensen of the port authority said that ships from Rotterdam and Oslo would enter first while smaller boats wait outside until the pilots return from their rest".split(" ");

/** A text of about `length` characters, in paragraphs unless `one` line is asked for. */
export function prose(length: number, seed = 3, one = false): string {
  const next = random(seed);
  const parts: string[] = [];
  let size = 0;
  let line = 0;
  while (size < length) {
    let word = WORDS[Math.floor(next() * WORDS.length)]!;
    line += 1;
    if (line > 90 && next() < 0.05 && !one) {
      word += ".\n\n";
      line = 0;
    } else word += next() < 0.07 ? ". " : " ";
    parts.push(word);
    size += word.length;
  }
  return parts.join("").trimEnd();
}

export interface SampleSpan {
  id: string;
  start: number;
  end: number;
  label: string;
}

/** Overlapping spans on word edges of a text. */
export function spans(text: string, n: number, labels: readonly string[], seed = 4): SampleSpan[] {
  const next = random(seed);
  const starts = [...text.matchAll(/\S+/g)].map((m) => [m.index, m.index + m[0].length] as const);
  return Array.from({ length: n }, (_, i) => {
    const first = Math.floor(next() * (starts.length - 4));
    const last = first + Math.floor(next() * 4);
    return { id: `s${i}`, start: starts[first]![0], end: starts[last]![1], label: labels[Math.floor(next() * labels.length)]! };
  }).sort((a, b) => a.start - b.start || b.end - a.end);
}

/** Things with relations between any two of them. */
export function related<T extends { id: string }>(things: T[], n: number): (T & { relations?: { to: string; label: string }[] })[] {
  const all = pairs(things.length, n);
  return things.map((thing, i) => {
    const own = all.filter(([head]) => head === i).map(([, tail, label]) => ({ to: things[tail]!.id, label }));
    return own.length > 0 ? { ...thing, relations: own } : thing;
  });
}

const TYPES = ["near", "part of", "before"];

/** n pairs of different things, each with a type of relation. */
export function pairs(things: number, n: number): [head: number, tail: number, label: string][] {
  const next = random(6);
  return Array.from({ length: n }, (_, i) => {
    const head = Math.floor(next() * things);
    const tail = (head + 1 + Math.floor(next() * (things - 1))) % things;
    return [head, tail, TYPES[i % TYPES.length]!];
  });
}
