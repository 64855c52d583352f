/** Places are those that the server works out; cutting and joining moves nothing. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isKey, joined, keyed, nextKey, placeAt, split, stretches, unkeyed, type Keyframe, type Track } from "./track";

const cases = JSON.parse(readFileSync("src/lib/track-cases.json", "utf8")) as { name: string; track: Track; at: Record<string, Keyframe | null> }[];
const flat = (key: Keyframe | null): number[] => (key ? [...(key.box ?? []), ...(key.polygon ?? key.points ?? []).flat()] : []);

describe("places", () => {
  for (const { name, track, at } of cases) {
    it(`are the server's: ${name}`, () => {
      for (const [frame, wanted] of Object.entries(at)) {
        const found = placeAt(track, Number(frame));
        expect(found === null).toBe(wanted === null);
        expect(found?.attributes ?? {}).toEqual(wanted?.attributes ?? {});
        expect(found?.occluded ?? false).toBe(wanted?.occluded ?? false);
        flat(wanted).forEach((n, i) => expect(flat(found)[i]).toBeCloseTo(n, 9));
        expect(flat(found)).toHaveLength(flat(wanted).length);
      }
    });
  }
});

const track: Track = {
  label: "car", id: "t",
  keyframes: [
    { frame: 2, box: [0, 0, 10, 10], attributes: { pose: "sits" } },
    { frame: 10, box: [80, 0, 10, 10] },
    { frame: 14, box: [100, 40, 10, 10], outside: true },
    { frame: 20, box: [0, 0, 20, 20] },
  ],
};

describe("changes", () => {
  it("make a key frame where there is none, from where the thing is", () => {
    const next = keyed(track, 6, { occluded: true });
    expect(next.keyframes[1]).toEqual({ frame: 6, box: [40, 0, 10, 10], occluded: true });
    expect(isKey(next, 6)).toBe(true);
    expect(keyed(track, 10, { box: [1, 2, 3, 4] }).keyframes[1]).toEqual({ frame: 10, box: [1, 2, 3, 4] });
    expect(keyed(track, 0, {}).keyframes[0]).toEqual({ frame: 0, box: [0, 0, 10, 10] });
    expect(keyed(track, 2, { attributes: { mood: "calm" } }).keyframes[0]!.attributes).toEqual({ pose: "sits", mood: "calm" });
  });
  it("take a key frame away, and the track with its last one", () => {
    expect(unkeyed(track, 10)!.keyframes.map((key) => key.frame)).toEqual([2, 14, 20]);
    expect(unkeyed(track, 2)!.keyframes.map((key) => key.frame)).toEqual([10, 14, 20]);
    expect(unkeyed({ ...track, keyframes: [track.keyframes[0]!, track.keyframes[2]!] }, 2)).toBeNull();
  });
  it("go from key frame to key frame", () => {
    expect([nextKey(track, 2, 1), nextKey(track, 12, 1), nextKey(track, 12, -1), nextKey(track, 2, -1)]).toEqual([10, 14, 10, null]);
  });
  it("know when it is there", () => {
    expect(stretches(track, 30)).toEqual([[2, 14], [20, 30]]);
  });
  it("cut and join without moving anything", () => {
    for (const frame of [3, 6, 10, 12, 14, 17, 20, 25]) {
      const [first, second] = split(track, frame, "new")!;
      expect([first.id, second.id]).toEqual(["t", "new"]);
      for (let n = 0; n < 30; n++) {
        const [was, half] = [placeAt(track, n), placeAt(n < frame ? first : second, n)];
        expect(half === null).toBe(was === null);
        for (const found of [half, placeAt(joined(first, second)!, n)]) {
          flat(was).forEach((value, i) => expect(flat(found)[i]).toBeCloseTo(value, 9));
          expect(found?.attributes).toEqual(was?.attributes);
        }
      }
    }
    expect(split(track, 2, "new")).toBeNull();
    expect(joined(track, { label: "car", keyframes: [{ frame: 1, polygon: [[0, 0], [1, 0], [0, 1]] }] })).toBeNull();
  });
});
