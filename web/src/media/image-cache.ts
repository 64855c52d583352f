/** Decoded images with their halved copies, kept by how lately they were used and by bytes. */
import { buildMips, bytesOf, closeMips, type Mips } from "../lib/mips";
import { isTiled, loadTiled } from "./tiled";

/** An image that stays decoded until it is given back. */
export interface ImageLease {
  mips: Mips;
  release(): void;
}

interface Entry {
  mips: Mips;
  bytes: number;
  users: number;
}

export const BUDGET_BYTES = 256 * 1024 * 1024;

export class ImageCache {
  #entries = new Map<string, Entry>();
  #loading = new Map<string, Promise<Entry>>();
  #bytes = 0;

  constructor(
    private readonly load: (url: string) => Promise<Mips> = loadMips,
    private readonly budget = BUDGET_BYTES,
  ) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** The image if it is decoded already; for a first drawing without a wait. Whoever goes on to use it acquires it. */
  peek(url: string): Mips | null {
    return this.#entries.get(url)?.mips ?? null;
  }

  /** Decodes the image unless it is there; the caller gives it back with `release`. */
  async acquire(url: string): Promise<ImageLease> {
    const entry = await this.#get(url);
    entry.users += 1;
    let held = true;
    const release = () => {
      if (!held) return;
      held = false;
      entry.users -= 1;
      this.#evict();
    };
    return { mips: entry.mips, release };
  }

  /** Decodes the image for later. Fails silently: whoever needs the image will hear of it. */
  async warm(url: string): Promise<void> {
    await this.#get(url).catch(() => undefined);
  }

  #get(url: string): Promise<Entry> {
    const known = this.#entries.get(url);
    if (known) {
      this.#entries.delete(url);
      this.#entries.set(url, known);
      return Promise.resolve(known);
    }
    const running = this.#loading.get(url) ?? this.#start(url);
    this.#loading.set(url, running);
    return running;
  }

  async #start(url: string): Promise<Entry> {
    try {
      const mips = await this.load(url);
      const entry = { mips, bytes: bytesOf(mips), users: 0 };
      this.#entries.set(url, entry);
      this.#bytes += entry.bytes;
      // Whoever waits for this image takes hold of it before anything is thrown out.
      queueMicrotask(() => queueMicrotask(() => this.#evict(url)));
      return entry;
    } finally {
      this.#loading.delete(url);
    }
  }

  #evict(newest?: string): void {
    for (const [url, entry] of this.#entries) {
      if (this.#bytes <= this.budget) return;
      if (entry.users > 0 || url === newest) continue;
      this.#entries.delete(url);
      this.#bytes -= entry.bytes;
      closeMips(entry.mips);
    }
  }
}

/** Fetches and decodes an image; upright, as its EXIF orientation says. Raises Error with a sentence for the reader. */
export async function loadMips(url: string): Promise<Mips> {
  if (isTiled(url)) return loadTiled(url);
  const response = await fetch(url).catch(() => null);
  if (!response) throw new Error("The image cannot be loaded: the server cannot be reached.");
  if (!response.ok) throw new Error(`The image cannot be loaded: the server answered ${response.status}.`);
  const blob = await response.blob();
  try {
    return await buildMips(await decode(blob));
  } catch {
    throw new Error("The image cannot be shown: the file is damaged or of a kind that this browser does not know.");
  }
}

async function decode(blob: Blob): Promise<ImageBitmap> {
  if (!blob.type.includes("svg")) return createImageBitmap(blob, { imageOrientation: "from-image" });
  const address = URL.createObjectURL(blob);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    return await createImageBitmap(image);
  } finally {
    URL.revokeObjectURL(address);
  }
}
