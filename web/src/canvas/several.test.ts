import { beforeEach, describe, expect, it } from "vitest";
import { HitIndex } from "./hit-index";
import type { SurfaceRegion } from "./regions-layer";
import { Gestures, type Held, type Stage, type Tool } from "./gestures";
import { BoxPen } from "./pens";
import { boxShape } from "../lib/shape";
import { toImage } from "../lib/view";
import { Several } from "./several";

const region = (key: string, x: number, more: Partial<SurfaceRegion> = {}): SurfaceRegion => ({ key, x, y: 10, w: 20, h: 20, color: "#123456", title: key, dashed: false, ...more });
const view = { scale: 2, x: 0, y: 0 };
const image = { w: 200, h: 100 };

let log: string[];
let regions: SurfaceRegion[];
let several: Several;
let hand: Gestures;
let tool: Tool;

beforeEach(() => {
  log = [];
  tool = "select";
  regions = [region("a", 10), region("b", 40), region("c", 70, { locked: true }), region("far", 170)];
  const index = new HitIndex<SurfaceRegion>();
  index.set(regions);
  several = new Several({ regions, index }, { view, size: { w: 300, h: 200 } }, () => image, () => undefined, {
    onSeveral: (keys, how) => log.push(`${how} ${keys.join(" ")}`),
    onMove: (dx, dy) => log.push(`move ${dx} ${dy}`),
  });
  several.bands = true;
  const held = (r: SurfaceRegion): Held => ({ key: r.key, shape: boxShape(r), movable: !r.locked });
  const nothing = () => undefined;
  const stage: Stage = {
    view, image, editable: true, several, pen: new BoxPen({ image, scale: 2, draft: nothing, drawn: () => log.push("draw"), snap: (p) => p }),
    get tool() {
      return tool;
    },
    selected: () => null, grips: () => [], hits: (at) => index.at(toImage(view, at)).map(held), panBy: () => log.push("pan"), zoomAt: nothing,
    select: (key) => log.push(`select ${key}`), edit: nothing, pick: nothing, snap: (p) => p, hover: nothing,
  };
  hand = new Gestures(stage);
});

const drag = (from: [number, number], to: [number, number], keys = { shift: false, alt: false, more: false }) => {
  hand.down({ x: from[0], y: from[1] }, 0, keys);
  hand.move({ x: to[0], y: to[1] }, keys);
  hand.up({ x: to[0], y: to[1] }, keys);
};
const MORE = { shift: false, alt: false, more: true };

describe("gathering", () => {
  it("takes what lies wholly in the band, but nothing that is locked", () => {
    drag([10, 10], [190, 70]);
    expect(log).toEqual(["only a b"]);
  });

  it("adds with Shift, and with Control whatever the tool and whatever is under the pointer", () => {
    drag([10, 10], [70, 70], { shift: true, alt: false, more: false });
    tool = "draw";
    drag([110, 70], [10, 10], MORE);
    expect(log).toEqual(["add a", "add a"]);
  });

  it("turns one round with Control and a click", () => {
    drag([30, 30], [31, 30], MORE);
    expect(log).toEqual(["toggle a"]);
  });

  it("lets go with a click beside everything, and pans where bands are not wanted", () => {
    drag([10, 190], [11, 190]);
    several.bands = false;
    drag([10, 190], [60, 190]);
    expect(log).toEqual(["select null", "pan"]);
  });

  it("forgets a band that is given up", () => {
    hand.down({ x: 10, y: 10 }, 0);
    hand.move({ x: 190, y: 70 });
    expect(several.drawn).not.toBeNull();
    expect(hand.cancel()).toBe(true);
    expect(several.drawn).toBeNull();
    expect(log).toEqual([]);
  });

  it("knows what is in view and not locked", () => {
    expect(several.inView).toEqual(["a", "b"]);
  });
});

describe("moving together", () => {
  beforeEach(() => several.set(new Set(["b", "c", "far"])));

  it("goes as far as none leaves the image; what is locked stays", () => {
    drag([100, 40], [200, 60]);
    expect(log).toEqual(["move 10 10"]);
  });

  it("lifts only what moves", () => {
    hand.down({ x: 100, y: 40 }, 0);
    hand.move({ x: 110, y: 40 });
    expect([...several.lifted]).toEqual(["b", "far"]);
    hand.cancel();
    expect(several.moved).toBeNull();
    expect(several.regions.map((one) => one.key)).toEqual(["b", "c", "far"]);
  });

  it("takes a click on one of them for that one", () => {
    drag([100, 40], [101, 40]);
    expect(log).toEqual(["select b"]);
  });
});
