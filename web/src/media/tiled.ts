/** An image too large for one piece: asks for its tiles until they are cut. */
import { api, ApiError, mediaUrl } from "../api/client";
import type { Mips } from "../lib/mips";
import { Tiles, type PlacedTile } from "../lib/tiles";

interface Pyramid {
  ready: boolean;
  width: number;
  height: number;
  tile: number;
  levels: number;
}

const WAIT_MS = 700;
const PYRAMID = /\/media\/(\d+)\/pyramid\?page=(\d+)$/;

export const isTiled = (url: string): boolean => PYRAMID.test(url);

/** Waits for the tiles; rejects with a sentence for the reader where there can be none. */
export async function loadTiled(url: string): Promise<Mips> {
  const [, media, page] = PYRAMID.exec(url)!;
  let found = await ask(media!, page!);
  while (!found.ready) {
    await new Promise((done) => setTimeout(done, WAIT_MS));
    found = await ask(media!, page!);
  }
  const load = async ({ level, column, row }: PlacedTile) => {
    const response = await fetch(`${mediaUrl(Number(media))}/tiles/${page}/${level}/${column}/${row}`);
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    return createImageBitmap(await response.blob());
  };
  const size = { w: found.width, h: found.height };
  const tiles = new Tiles({ size, tile: found.tile, levels: found.levels }, load);
  const whole = await load({ level: 0, column: 0, row: 0, place: { x: 0, y: 0, ...size } });
  return { size, levels: [whole], tiles };
}

async function ask(media: string, page: string): Promise<Pyramid> {
  try {
    return await api.get<Pyramid>(`/media/${media}/pyramid`, { page });
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new Error("The image cannot be loaded: the server cannot be reached.", { cause: error });
  }
}
