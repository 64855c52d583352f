import { describe, expect, it } from "vitest";
import { changeOf } from "./changes";

const region = (key: string, x = 0) => ({ key, x, y: 0, w: 9, h: 9 });
const all = Array.from({ length: 12 }, (_, i) => region(`${i}`, 10 * i));

describe("what has changed in a list of regions", () => {
  it("is nothing where they are the same", () => {
    expect(changeOf(all, [...all])).toEqual({ parts: [], placed: true });
  });
  it("is a new one at the end", () => {
    const fresh = region("new", 500);
    expect(changeOf([...all, fresh], all)).toEqual({ parts: [fresh], placed: true });
  });
  it("is one with another look, and both places of one that was moved", () => {
    const look = { ...all[3]! };
    expect(changeOf(all.with(3, look), all)).toEqual({ parts: [look, all[3]], placed: true });
    const moved = region("3", 700);
    expect(changeOf(all.with(3, moved), all)).toEqual({ parts: [moved, all[3]], placed: false });
  });
  it("is one taken out, wherever it stood", () => {
    for (const at of [0, 5, 11]) expect(changeOf(all.toSpliced(at, 1), all)).toEqual({ parts: [all[at]], placed: false });
  });
  it("is one taken out and another put at the end", () => {
    const taken = region("2", 20);
    for (const at of [0, 2, 10]) expect(changeOf([...all.toSpliced(at, 1), taken], all)).toEqual({ parts: [all[at], taken], placed: false });
  });
  it("is all where it is more than that", () => {
    expect(changeOf([...all].reverse(), all).parts).toBe("all");
    expect(changeOf(all.slice(3), all).parts).toBe("all");
    expect(changeOf([], all).parts).toBe("all");
    expect(changeOf(all.map((one) => ({ ...one })), all).parts).toBe("all");
  });
});
