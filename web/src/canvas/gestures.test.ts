import { beforeEach, describe, expect, it } from "vitest";
import type { Point, Rect } from "../lib/geometry";
import { boxShape, gripsOf, type BoxShape, type Grip, type Shape } from "../lib/shape";
import { toImage } from "../lib/view";
import { Gestures, type Held, type Stage, type Tool } from "./gestures";
import { HitIndex } from "./hit-index";
import { BoxPen, type Paper } from "./pens";

interface Region extends Rect {
  key: string;
  movable: boolean;
}

const rectOf = (shape: Shape): Rect => {
  const { x, y, w, h } = shape as BoxShape;
  return { x, y, w, h };
};

/** A stage that remembers what it was asked to do. */
class Rehearsal implements Stage, Paper {
  view = { scale: 2, x: 0, y: 0 };
  image = { w: 400, h: 300 };
  tool: Tool = "select";
  editable = true;
  chosen: string | null = null;
  log: string[] = [];
  drafts: (Rect | null)[] = [];
  boxes: Rect[] = [];
  edits: { key: string; rect: Rect; done: boolean }[] = [];
  cursor = "";
  index = new HitIndex<Region>();
  pen = new BoxPen(this);
  get scale() {
    return this.view.scale;
  }

  constructor(readonly regions: Region[]) {
    this.index.set(regions);
  }
  #held = (r: Region): Held => ({ key: r.key, shape: boxShape(r), movable: r.movable });
  selected() {
    const found = this.regions.find((r) => r.key === this.chosen);
    return found ? this.#held(found) : null;
  }
  grips(): Grip[] {
    const selected = this.selected();
    return selected ? gripsOf(selected.shape, this.scale, false) : [];
  }
  hits(at: Point) {
    return this.index.at(toImage(this.view, at)).map(this.#held);
  }
  snap = (at: Point) => at;
  pick() {}
  panBy(dx: number, dy: number) {
    this.log.push(`pan ${dx} ${dy}`);
  }
  zoomAt() {}
  select(key: string | null) {
    this.chosen = key;
    this.log.push(`select ${key}`);
  }
  edit(key: string, shape: Shape, done: boolean) {
    this.edits.push({ key, rect: rectOf(shape), done });
  }
  draft(shape: Shape | null) {
    this.drafts.push(shape && rectOf(shape));
  }
  drawn(shape: Shape) {
    this.boxes.push(rectOf(shape));
  }
  hover(_at: Point | null, cursor: string) {
    this.cursor = cursor;
  }
}

let stage: Rehearsal;
let hand: Gestures;
const drag = (from: Point, to: Point, button = 0) => {
  hand.down(from, button);
  hand.move({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 });
  hand.move(to);
  hand.up(to);
};
const click = (at: Point) => {
  hand.down(at, 0);
  hand.up(at);
};

beforeEach(() => {
  stage = new Rehearsal([
    { key: "big", x: 10, y: 10, w: 200, h: 200, movable: true },
    { key: "small", x: 50, y: 50, w: 60, h: 60, movable: true },
    { key: "hint", x: 300, y: 10, w: 50, h: 50, movable: false },
  ]);
  hand = new Gestures(stage);
});

describe("selecting", () => {
  it("takes the smallest first and goes through the stack with repeated clicks", () => {
    const seen = [1, 2, 3].map(() => {
      click({ x: 160, y: 160 });
      return stage.chosen;
    });
    expect(seen).toEqual(["small", "big", "small"]);
  });

  it("lets go with a click beside everything, but not with a drag", () => {
    stage.chosen = "big";
    drag({ x: 760, y: 560 }, { x: 700, y: 500 });
    expect(stage.chosen).toBe("big");
    expect(stage.log.some((l) => l.startsWith("pan"))).toBe(true);
    click({ x: 760, y: 560 });
    expect(stage.chosen).toBeNull();
  });
});

describe("changing", () => {
  it("moves a box by the dragged distance in image pixels", () => {
    drag({ x: 160, y: 160 }, { x: 180, y: 170 });
    expect(stage.edits.at(-1)).toEqual({ key: "small", rect: { x: 60, y: 55, w: 60, h: 60 }, done: true });
  });

  it("takes a shaky click for a click", () => {
    drag({ x: 160, y: 160 }, { x: 161, y: 161 });
    expect(stage.edits).toEqual([]);
  });

  it("resizes by a handle that is missed by some pixels", () => {
    stage.chosen = "small";
    drag({ x: 227, y: 226 }, { x: 260, y: 240 });
    expect(stage.edits.at(-1)).toEqual({ key: "small", rect: { x: 50, y: 50, w: 80, h: 70 }, done: true });
  });

  it("neither moves suggestions nor anything while reading only", () => {
    drag({ x: 650, y: 60 }, { x: 600, y: 100 });
    stage.editable = false;
    drag({ x: 160, y: 160 }, { x: 190, y: 190 });
    expect(stage.edits).toEqual([]);
  });

  it("puts the box back on cancel", () => {
    hand.down({ x: 160, y: 160 }, 0);
    hand.move({ x: 200, y: 200 });
    expect(hand.cancel()).toBe(true);
    expect(stage.edits.at(-1)!.rect).toMatchObject({ x: 50, y: 50 });
    expect(hand.cancel()).toBe(false);
  });
});

describe("drawing", () => {
  beforeEach(() => {
    stage.tool = "draw";
  });

  it("draws by dragging, inside another box too", () => {
    drag({ x: 140, y: 140 }, { x: 180, y: 200 });
    expect(stage.boxes).toEqual([{ x: 70, y: 70, w: 20, h: 30 }]);
    expect(stage.chosen).toBeNull();
  });

  it("draws by two clicks", () => {
    click({ x: 20, y: 20 });
    expect(stage.boxes).toEqual([]);
    hand.move({ x: 60, y: 80 });
    expect(stage.drafts.at(-1)).toEqual({ x: 10, y: 10, w: 20, h: 30 });
    click({ x: 60, y: 80 });
    expect(stage.boxes).toEqual([{ x: 10, y: 10, w: 20, h: 30 }]);
    expect(hand.busy).toBe(false);
  });

  it("gives the open box up on cancel", () => {
    click({ x: 20, y: 20 });
    expect(hand.cancel()).toBe(true);
    click({ x: 60, y: 80 });
    expect(stage.boxes).toEqual([]);
  });

  it("keeps the box on the image and refuses one of no size", () => {
    drag({ x: 700, y: 500 }, { x: 5000, y: 5000 });
    expect(stage.boxes).toEqual([{ x: 350, y: 250, w: 50, h: 50 }]);
    drag({ x: 100, y: 100 }, { x: 140, y: 100 });
    expect(stage.boxes).toHaveLength(2);
    expect(stage.boxes[1]!.h).toBe(1);
  });

  it("pans with the middle button and with the pan key", () => {
    drag({ x: 140, y: 140 }, { x: 180, y: 200 }, 1);
    hand.panning = true;
    drag({ x: 140, y: 140 }, { x: 180, y: 200 });
    expect(stage.boxes).toEqual([]);
    expect(stage.log.filter((l) => l.startsWith("pan"))).toHaveLength(4);
  });
});

it("finds what lies in a rectangle, in drawing order", () => {
  expect(stage.index.within({ x: 0, y: 0, w: 100, h: 100 })).toEqual([0, 1]);
  expect(stage.index.within({ x: 290, y: 0, w: 20, h: 20 })).toEqual([2]);
  stage.index.set([]);
  expect(stage.index.within({ x: 0, y: 0, w: 999, h: 999 })).toEqual([]);
});
