import { describe, expect, it, vi } from "vitest";
import { clockText, MAX_SCALE, secondsOf, tickStep, TimeAxis } from "./axis";
import { MediaClock, nextRate } from "./clock";
import { TimeGestures, type TimeActions } from "./gestures";
import { firstFrom, hit, MAX_ROWS, neighbour, placed, stretched, within, type Lane, type TimeMark } from "./marks";

const lanes: Lane[] = [{ id: "a", title: "A", color: "#111111" }, { id: "b", title: "B", color: "#222222" }];
const mark = (key: string, lane: string, start: number, end: number, more: Partial<TimeMark> = {}): TimeMark => ({ key, lane, start, end, title: key, color: "#111111", ...more });

describe("the axis", () => {
  it("shows all at first, and still does when the width or the duration changes", () => {
    const axis = new TimeAxis(100, 500);
    expect(axis.view).toEqual({ from: 0, scale: 5, width: 500 });
    axis.setWidth(1000);
    axis.setDuration(50);
    expect(axis.view.scale).toBe(20);
  });
  it("keeps the time under the pointer while zooming, and stays within the media", () => {
    const axis = new TimeAxis(100, 1000);
    const before = axis.timeOf(300);
    axis.zoom(8, 300);
    expect(axis.timeOf(300)).toBeCloseTo(before, 9);
    axis.pan(1e9);
    expect(axis.to).toBeCloseTo(100, 9);
    axis.zoom(1e9);
    expect(axis.view.scale).toBe(MAX_SCALE);
    axis.zoom(1e-9);
    expect(axis.view).toEqual({ from: 0, scale: 10, width: 1000 });
  });
  it("brings a stretch into view, and tells only when something changed", () => {
    const axis = new TimeAxis(3600, 1000);
    const told = vi.fn();
    axis.subscribe(told);
    axis.show(100, 110);
    expect(axis.view.from).toBeLessThan(100);
    expect(axis.to).toBeGreaterThan(110);
    axis.reveal(102, 104);
    expect(told).toHaveBeenCalledTimes(1);
    axis.reveal(2000, 2001);
    expect(axis.view.from).toBeLessThan(2000);
    expect(axis.to).toBeGreaterThan(2001);
    axis.follow(2500);
    expect(axis.xOf(2500)).toBeGreaterThan(0);
    expect(axis.xOf(2500)).toBeLessThan(100);
  });
  it("writes and reads times", () => {
    expect(clockText(3723.4567)).toBe("1:02:03.457");
    expect(clockText(59.9996, 1)).toBe("1:00");
    expect(clockText(0.25, 0.05)).toBe("0:00.25");
    expect([secondsOf("83.5"), secondsOf("1:23.5"), secondsOf("1:02:03"), secondsOf("1:2:3:4"), secondsOf("x"), secondsOf("")]).toEqual([83.5, 83.5, 3723, null, null, null]);
    expect(tickStep(100)).toBe(1);
    expect(tickStep(0.3)).toBe(300);
  });
});

describe("segments in lanes", () => {
  it("gives overlapping ones rows of their own, up to a limit", () => {
    const many = Array.from({ length: 9 }, (_, i) => mark(`m${i}`, "a", i, i + 20));
    const [a, b] = placed(lanes, [...many, mark("x", "b", 0, 1), mark("y", "b", 1, 2), mark("z", "nowhere", 0, 1)]);
    expect(a!.rows).toBe(MAX_ROWS);
    expect(b!.marks.map((m) => m.row)).toEqual([0, 0]);
  });
  it("finds what is in view among thousands, as a look at each would", () => {
    const marks = Array.from({ length: 5000 }, (_, i) => mark(`m${i}`, "a", (i * 7919) % 3600, ((i * 7919) % 3600) + (i % 50 ? 0.3 : 40)));
    const [lane] = placed(lanes, marks);
    for (const from of [0, 10, 1799.5, 3590]) {
      const found = Array.from(within(lane!, from, from + 5), (m) => m.mark.key).sort();
      expect(found).toEqual(marks.filter((m) => m.end >= from && m.start <= from + 5).map((m) => m.key).sort());
    }
    expect(firstFrom(lane!, -5)).toBe(0);
  });
  it("grabs the nearest edge, the selected one first, and the body in between", () => {
    const [lane] = placed(lanes, [mark("p", "a", 1, 2), mark("q", "a", 2, 3)]);
    expect(hit(lane!, 0, 1.5, 0.05, null)).toMatchObject({ part: "body", mark: { key: "p" } });
    expect(hit(lane!, 0, 0.97, 0.05, null)).toMatchObject({ part: "start", mark: { key: "p" } });
    expect(hit(lane!, 0, 2, 0.05, "q")).toMatchObject({ part: "start", mark: { key: "q" } });
    expect(hit(lane!, 0, 2, 0.05, "p")).toMatchObject({ part: "end", mark: { key: "p" } });
    expect(hit(lane!, 0, 5, 0.05, null)).toBeNull();
  });
  it("goes through them in order of time", () => {
    const marks = [mark("c", "a", 5, 6), mark("a", "b", 1, 2), mark("b", "a", 3, 4)];
    expect(neighbour(marks, "a", 0, 1)?.key).toBe("b");
    expect(neighbour(marks, "c", 0, 1)?.key).toBe("a");
    expect(neighbour(marks, null, 3.5, 1)?.key).toBe("c");
    expect(neighbour(marks, null, 3.5, -1)?.key).toBe("b");
    expect(neighbour([], null, 0, 1)).toBeUndefined();
  });
  it("keeps what is dragged within the media and its ends in order", () => {
    const one = { start: 2, end: 3 };
    expect(stretched(one, "start", 5, 10)).toEqual({ start: 2.99, end: 3 });
    expect(stretched(one, "end", 50, 10)).toEqual({ start: 2, end: 10 });
    expect(stretched(one, "body", -5, 10)).toEqual({ start: 0, end: 1 });
    expect(stretched(one, "body", 50, 10)).toEqual({ start: 9, end: 10 });
  });
});

function stage(marks: TimeMark[]) {
  const axis = new TimeAxis(10, 1000);
  const calls: unknown[][] = [];
  const actions = Object.fromEntries(["onSelect", "onDraw", "onChange", "onRange", "onSeek"].map((name) => [name, (...args: unknown[]) => calls.push([name, ...args])])) as unknown as TimeActions;
  const gestures = new TimeGestures(axis, actions);
  gestures.lanes = placed(lanes, marks);
  const keys = { shift: false, alt: false };
  const lane = (i: number) => ({ lane: gestures.lanes[i]!, row: 0 });
  const drag = (spot: { lane: (typeof gestures.lanes)[0] | null; row: number }, from: number, to: number, more = {}) => {
    gestures.down(spot, from, { ...keys, ...more });
    gestures.move((from + to) / 2, { ...keys, ...more });
    gestures.up(to, { ...keys, ...more });
  };
  return { gestures, calls, lane, drag, sound: { lane: null, row: 0 } };
}

describe("gestures", () => {
  it("draw a new segment where there is none, snapping to edges unless Alt is held", () => {
    const { calls, drag, lane } = stage([mark("m", "a", 2, 3)]);
    drag(lane(1), 304, 500);
    expect(calls).toEqual([["onDraw", "b", { start: 3, end: 5 }]]);
    calls.length = 0;
    drag(lane(1), 304, 500, { alt: true });
    expect(calls).toEqual([["onDraw", "b", { start: 3.04, end: 5 }]]);
  });
  it("change an edge or move a body; with Shift they draw over it", () => {
    const { calls, drag, lane } = stage([mark("m", "a", 2, 3)]);
    drag(lane(0), 299, 400);
    expect(calls[0]).toEqual(["onSelect", "m"]);
    expect(calls.at(-1)).toEqual(["onChange", "m", { start: 2, end: 4.01 }, expect.any(Number)]);
    expect(new Set(calls.slice(1).map((c) => c[3])).size).toBe(1);
    calls.length = 0;
    drag(lane(0), 250, 350);
    expect(calls.at(-1)).toEqual(["onChange", "m", { start: 3, end: 4 }, expect.any(Number)]);
    calls.length = 0;
    drag(lane(0), 250, 350, { shift: true });
    expect(calls).toEqual([["onDraw", "a", { start: 2.5, end: 3.5 }]]);
  });
  it("never change what is suggested or where nothing may be changed", () => {
    const suggested = stage([mark("m", "a", 2, 3, { dashed: true })]);
    suggested.drag(suggested.lane(0), 299, 400);
    expect(suggested.calls[0]![0]).toBe("onDraw");
    const fixed = stage([mark("m", "a", 2, 3)]);
    fixed.gestures.editable = false;
    fixed.drag(fixed.lane(0), 250, 400);
    expect(fixed.calls.map((c) => c[0])).not.toContain("onChange");
    expect(fixed.calls.map((c) => c[0])).not.toContain("onDraw");
  });
  it("select a stretch on the picture of the sound, or put the cursor; the edges of the selected one are there too", () => {
    const { gestures, calls, drag, sound } = stage([mark("m", "a", 2, 3)]);
    drag(sound, 500, 700);
    expect(calls.at(-1)).toEqual(["onRange", { start: 5, end: 7 }]);
    calls.length = 0;
    gestures.down(sound, 600, { shift: false, alt: false });
    gestures.up(600, { shift: false, alt: false });
    expect(calls).toEqual([["onSelect", null], ["onRange", null], ["onSeek", 6]]);
    calls.length = 0;
    gestures.selected = "m";
    drag(sound, 200, 100);
    expect(calls.at(-1)).toEqual(["onChange", "m", { start: 1, end: 3 }, expect.any(Number)]);
    gestures.range = { start: 5, end: 7 };
    drag(sound, 800, 800, { shift: true });
    expect(calls.at(-1)).toEqual(["onRange", { start: 5, end: 8 }]);
  });
});

describe("the clock of an element", () => {
  it("goes round in a loop and stops at the end of a stretch", () => {
    const frames: FrameRequestCallback[] = [];
    vi.stubGlobal("requestAnimationFrame", (f: FrameRequestCallback) => frames.push(f));
    vi.stubGlobal("cancelAnimationFrame", () => undefined);
    const media = document.createElement("audio");
    let paused = true;
    Object.defineProperty(media, "paused", { get: () => paused });
    Object.defineProperty(media, "ended", { get: () => false });
    media.play = () => ((paused = false), Promise.resolve());
    media.pause = () => void (paused = true);
    let now = 0;
    Object.defineProperty(media, "currentTime", { get: () => now, set: (t: number) => void (now = t) });
    const clock = new MediaClock(media);
    clock.setLoop({ start: 1, end: 2 });
    clock.play();
    media.dispatchEvent(new Event("play"));
    expect(now).toBe(1);
    now = 2.01;
    frames.pop()!(0);
    expect(now).toBe(1);
    clock.setLoop(null);
    clock.playRange(3, 4);
    now = 4.02;
    frames.pop()!(0);
    expect([now, paused]).toEqual([4, true]);
    vi.unstubAllGlobals();
    expect([nextRate(1, 1), nextRate(1, -1), nextRate(3, 1), nextRate(0.25, -1)]).toEqual([1.25, 0.75, 3, 0.25]);
  });
});
