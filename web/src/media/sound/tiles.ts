/** Tiles of a picture of a sound: fetched when they are needed, kept for a while, and told about when they come. */
import { bytes } from "../../api/client";

export interface Resolution {
  per_second: number;
  count: number;
}

const KEPT = 96;

export class Tiles<T> {
  #held = new Map<string, T>();
  #asked = new Set<string>();
  #stop = new AbortController();

  constructor(private readonly path: string, private readonly make: (data: ArrayBuffer) => T, private readonly onTile: () => void, private readonly query = "") {}

  /** The tile if it is there; it is asked for if not, unless `peek` says only to look. */
  get(level: number, tile: number, peek = false): T | undefined {
    const key = `${level}/${tile}`;
    const found = this.#held.get(key);
    if (found !== undefined) {
      this.#held.delete(key);
      this.#held.set(key, found);
    } else if (!peek) this.#ask(key);
    return found;
  }

  destroy(): void {
    this.#stop.abort();
    this.#held.clear();
  }

  #ask(key: string): void {
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    bytes(`${this.path}/${key}${this.query}`, this.#stop.signal).then(
      (data) => {
        this.#asked.delete(key);
        this.#held.set(key, this.make(data));
        if (this.#held.size > KEPT) this.#held.delete(this.#held.keys().next().value!);
        this.onTile();
      },
      // A tile that could not be had stays blank, and is asked for again after a while.
      () => setTimeout(() => this.#asked.delete(key), 5000),
    );
  }
}

/** The coarsest resolution that still has `wanted` entries a second; the finest where none has. */
export function levelFor(levels: readonly Resolution[], wanted: number): number {
  for (let i = levels.length - 1; i > 0; i--) if (levels[i]!.per_second >= wanted) return i;
  return 0;
}
