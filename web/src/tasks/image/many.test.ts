import { describe, expect, it } from "vitest";
import type { Question } from "../../api/types";
import { boxKind, type Box } from "../boxes/box";
import { changedMany, gathered, grouping, movedGeometry, stepOf, twins } from "./many";
import { Drawer } from "./marks";

const question = { name: "q", type: "boxes", config: {} } as unknown as Question;
const IMAGE = { w: 100, h: 80 };
const box = (id: string, x: number, y: number, more: Partial<Box> = {}): Box => ({ id, x, y, w: 10, h: 10, label: "car", ...more });
const drawer = new Drawer(boxKind, question, () => ({ title: "car", color: "#123456" }));
const drawn = (...boxes: Box[]) => boxes.map((one) => drawer.ofMark(one)!);

describe("gathering", () => {
  it("replaces, adds and turns round; the last that was meant leads", () => {
    expect(gathered(new Set(["a"]), "a", ["b", "c"], "only")).toEqual({ lead: "c", keys: new Set(["b", "c"]) });
    expect(gathered(new Set(["a"]), "a", ["b"], "add")).toEqual({ lead: "b", keys: new Set(["a", "b"]) });
    expect(gathered(new Set(["a", "b"]), "b", ["b"], "toggle")).toEqual({ lead: "a", keys: new Set(["a"]) });
  });

  it("has no lead where nothing is left", () => {
    expect(gathered(new Set(["a"]), "a", [], "only").lead).toBeNull();
  });
});

describe("changing several", () => {
  it("leaves the others the same objects, in their order", () => {
    const all = [box("a", 0, 0), box("b", 20, 0), box("c", 40, 0)];
    const next = changedMany(boxKind, all, new Set(["b"]), () => ({ label: "bus" }));
    expect(next.map((one) => one.label)).toEqual(["car", "bus", "car"]);
    expect(next[0]).toBe(all[0]);
    expect(changedMany(boxKind, all, new Set(["a", "c"]), () => null)).toEqual([all[1]]);
  });

  it("moves together only as far as none leaves the image", () => {
    const things = drawn(box("a", 5, 5), box("b", 85, 60));
    expect(stepOf(things, 20, 20, IMAGE)).toEqual({ x: 5, y: 10 });
    const by = stepOf(things, -20, 3, IMAGE);
    expect(things.map((one) => movedGeometry(boxKind, one, by, IMAGE, question))).toMatchObject([{ x: 0, y: 8 }, { x: 80, y: 63 }]);
  });

  it("makes one group, and takes it back when all are in it", () => {
    const all = [box("a", 0, 0, { group: 3 }), box("b", 20, 0), box("c", 40, 0)];
    expect(grouping(all, drawn(all[1]!, all[2]!))).toBe(4);
    expect(grouping(all, drawn(all[0]!, all[1]!))).toBe(3);
    expect(grouping(all, drawn(all[0]!))).toBeUndefined();
  });

  it("copies with ids of their own, and with the relations among them", () => {
    const all = [box("a", 0, 0, { relations: [{ to: "b", label: "on" }, { to: "c", label: "on" }] }), box("b", 20, 0), box("c", 40, 0)];
    const made = twins(boxKind, all, new Map(drawn(all[0]!, all[1]!).map((one) => [one.key, one])), { x: 4, y: 4 }, IMAGE, question);
    expect(made.map(({ x, y }) => [x, y])).toEqual([[4, 4], [24, 4]]);
    expect(made[0]!.relations).toEqual([{ to: made[1]!.id, label: "on" }]);
    expect(new Set(made.map((one) => one.id)).size).toBe(2);
  });
});
