import { describe, expect, it } from "vitest";
import { tileLevel, Tiles, tilesIn, type PlacedTile, type TileSet } from "./tiles";

const SET: TileSet = { size: { w: 20000, h: 15000 }, tile: 512, levels: 7 };
const settled = () => new Promise((done) => setTimeout(done));

describe("tilesIn", () => {
  it("covers a part of the image, at every level, without a gap and without overlap", () => {
    const part = { x: 3777, y: -40, w: 5120, h: 2900 };
    for (let level = 0; level < SET.levels; level++) {
      const tiles = tilesIn(SET, level, part);
      for (const x of [3777, 5000, 8896]) {
        for (const y of [0, 1023, 2859]) {
          expect(tiles.filter(({ place: p }) => x >= p.x && x < p.x + p.w && y >= p.y && y < p.y + p.h)).toHaveLength(1);
        }
      }
    }
    const whole = tilesIn(SET, 6, { x: 0, y: 0, ...SET.size });
    expect(whole).toHaveLength(40 * 30);
    expect(whole.reduce((sum, { place }) => sum + place.w * place.h, 0)).toBe(20000 * 15000);
    expect(tilesIn(SET, 0, { x: 0, y: 0, ...SET.size })).toHaveLength(1);
    expect(tilesIn(SET, 6, { x: 30000, y: 0, w: 10, h: 10 })).toEqual([]);
  });

  it("needs the image itself from full size on, and the coarsest level far off", () => {
    expect([tileLevel(SET, 4), tileLevel(SET, 1), tileLevel(SET, 0.5), tileLevel(SET, 0.06), tileLevel(SET, 0.0001)]).toEqual([6, 6, 5, 2, 0]);
  });
});

describe("Tiles", () => {
  function set(budget: number) {
    const asked: string[] = [];
    const closed: string[] = [];
    const gates: (() => void)[] = [];
    const load = (tile: PlacedTile) => {
      const name = `${tile.level}/${tile.column}/${tile.row}`;
      asked.push(name);
      const bitmap = { width: 10, height: 10, close: () => closed.push(name) } as unknown as ImageBitmap;
      return new Promise<ImageBitmap>((done, fail) => gates.push(() => (name === "6/2/0" ? fail(new Error("no")) : done(bitmap))));
    };
    const open = async () => {
      for (const gate of gates.splice(0)) gate();
      await settled();
    };
    return { tiles: new Tiles(SET, load, budget), asked, closed, open };
  }
  const row = tilesIn(SET, 6, { x: 0, y: 0, w: 512 * 12, h: 10 });

  it("fetches a few at a time and forgets what is not wanted any more", async () => {
    const { tiles, asked, open } = set(1e9);
    let news = 0;
    tiles.onNews = () => (news += 1);
    tiles.want(row);
    expect(asked).toHaveLength(6);
    tiles.want(row.slice(10));
    await open();
    expect(asked).toHaveLength(8);
    await open();
    expect(news).toBe(7);
    expect([tiles.get(row[0]!) !== undefined, tiles.get(row[2]!), tiles.get(row[7]!), tiles.get(row[11]!) !== undefined]).toEqual([true, undefined, undefined, true]);
    tiles.want(row.slice(0, 6));
    expect(asked).toHaveLength(8);
  });

  it("throws out what was drawn longest ago", async () => {
    const { tiles, closed, open } = set(3 * 400);
    tiles.want(row.slice(3, 6));
    await open();
    tiles.get(row[3]!);
    tiles.want(row.slice(7, 8));
    await open();
    expect(closed).toEqual(["6/4/0"]);
    expect(tiles.bytes).toBe(3 * 400);
    tiles.close();
    expect(closed).toHaveLength(4);
  });
});
