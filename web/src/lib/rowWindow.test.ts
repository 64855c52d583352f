import { describe, expect, it } from "vitest";
import {
  clampPosition, isCompressed, lastPosition, MAX_TRACK, pagesOf, positionFor, rowTop, toPosition, toScrollTop, trackHeight, visibleRows,
} from "./rowWindow";

const short = { rows: 100, rowHeight: 40, viewport: 600 };
const long = { rows: 1_000_000, rowHeight: 56, viewport: 800 };

describe("a list that fits", () => {
  it("scrolls one to one", () => {
    expect(isCompressed(short)).toBe(false);
    expect(trackHeight(short)).toBe(4000);
    expect(toPosition(short, 123)).toBe(123);
    expect(toScrollTop(short, 123)).toBe(123);
  });
  it("shows the rows under the viewport and a few more", () => {
    expect(visibleRows(short, 400, 0)).toEqual({ first: 10, end: 25 });
    expect(visibleRows(short, 0, 4)).toEqual({ first: 0, end: 19 });
    expect(visibleRows(short, lastPosition(short), 4).end).toBe(100);
  });
});

describe("a list of a million rows", () => {
  it("keeps the track below the limit of browsers", () => {
    expect(trackHeight(long)).toBe(MAX_TRACK);
  });
  it("reaches the first and the last row with the scroll bar", () => {
    expect(toPosition(long, 0)).toBe(0);
    const bottom = trackHeight(long) - long.viewport;
    expect(visibleRows(long, toPosition(long, bottom), 0).end).toBe(1_000_000);
  });
  it("maps back and forth", () => {
    for (const position of [0, 1, 56, 12_345_678, lastPosition(long)]) {
      expect(toPosition(long, toScrollTop(long, position))).toBeCloseTo(position, 3);
    }
  });
  it("places rows where the viewport is", () => {
    const position = 30_000_000;
    const scrollTop = toScrollTop(long, position);
    const { first } = visibleRows(long, position, 0);
    const top = rowTop(long, first, position, scrollTop);
    expect(top).toBeLessThanOrEqual(scrollTop);
    expect(top).toBeGreaterThan(scrollTop - long.rowHeight);
  });
  it("moves by exactly one row at a time", () => {
    const step = clampPosition(long, 30_000_000 + 56);
    expect(visibleRows(long, step, 0).first - visibleRows(long, 30_000_000, 0).first).toBe(1);
  });
});

it("scrolls as little as needed to show a row", () => {
  expect(positionFor(short, 12, 400)).toBe(400);
  expect(positionFor(short, 2, 400)).toBe(80);
  expect(positionFor(short, 40, 400)).toBe(41 * 40 - 600);
  expect(positionFor(short, 99, 0)).toBe(lastPosition(short));
});

it("knows which pages a range touches", () => {
  expect(pagesOf({ first: 0, end: 100 }, 100)).toEqual([0]);
  expect(pagesOf({ first: 99, end: 101 }, 100)).toEqual([0, 1]);
  expect(pagesOf({ first: 250, end: 520 }, 100)).toEqual([2, 3, 4, 5]);
  expect(pagesOf({ first: 5, end: 5 }, 100)).toEqual([]);
});
