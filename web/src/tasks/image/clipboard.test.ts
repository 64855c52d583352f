import { describe, expect, it } from "vitest";
import type { Question } from "../../api/types";
import { boxShape, type Shape } from "../../lib/shape";
import { boxKind, type Box } from "../boxes/box";
import { maskKind, type Mask } from "../masks";
import { polygonKind } from "../polygons";
import { cutTo, pasted } from "./clipboard";
import { Drawer, toMark } from "./marks";
import { withoutPixels } from "./underneath";

const question = { name: "q", type: "x", config: {} } as unknown as Question;
const SMALL = { w: 100, h: 80 };
const NOWHERE = { x: 0, y: 0 };
const box = (id: string, x: number, y: number, more: Partial<Box> = {}): Box => ({ id, x, y, w: 40, h: 20, label: "car", ...more });
const into = { question, image: SMALL, labels: new Set(["car"]), label: "car", where: {}, by: NOWHERE };
const paste = (marks: Box[], more: Partial<typeof into> & { value?: Box[] } = {}) => pasted<Box>({ marks, shapes: marks.map((one) => boxShape(one)) }, { kind: boxKind, value: [], ...into, ...more });

describe("pasting", () => {
  it("cuts at the edge of a smaller image, and leaves out what lies beyond it", () => {
    expect(paste([box("a", 10, 10), box("b", 80, 70), box("c", 100, 10), box("d", 300, 300)])).toMatchObject([{ x: 10, y: 10, w: 40, h: 20 }, { x: 80, y: 70, w: 20, h: 10 }]);
  });

  it("gives ids and groups that are not in use, and takes relations among them along", () => {
    const [a, b] = paste([box("a", 0, 0, { group: 1, relations: [{ to: "b", label: "on" }, { to: "z", label: "on" }] }), box("b", 10, 0, { group: 1 })], { value: [box("x", 0, 0, { group: 4 })] });
    expect([a!.group, b!.group]).toEqual([5, 5]);
    expect(a!.relations).toEqual([{ to: b!.id, label: "on" }]);
    expect([a!.id, b!.id]).not.toContain("a");
  });

  it("leaves field and page behind, and keeps to the labels of the question", () => {
    const [one] = paste([box("a", 0, 0, { label: "tram", page: 3, field: "front" })], { where: { page: 1 } });
    expect(one).toMatchObject({ label: "car", page: 1 });
    expect(one).not.toHaveProperty("field");
  });

  it("puts the corners of an outline onto the edge", () => {
    const shape: Shape = { kind: "outline", points: [{ x: 50, y: 10 }, { x: 150, y: 10 }, { x: 150, y: 60 }], holes: [] };
    const [made] = pasted({ marks: [{ label: "car", id: "p" }], shapes: [shape] }, { kind: polygonKind, value: [], ...into });
    expect(made!.points).toEqual([[50, 10], [100, 10], [100, 60]]);
  });

  it("keeps of a mask the pixels on the image", () => {
    const mask = { x: 98, y: 0, w: 4, h: 1, bits: Uint8Array.of(0, 1, 1, 1) };
    expect(cutTo({ kind: "mask", mask }, SMALL)).toMatchObject({ mask: { x: 99, y: 0, w: 1, h: 1 } });
    expect(cutTo({ kind: "mask", mask: { ...mask, x: 99 } }, SMALL)).toBeNull();
  });
});

describe("pixels underneath", () => {
  const square = (id: string, x: number, side: number): Mask => toMark(maskKind, { kind: "mask", mask: { x, y: 0, w: side, h: side, bits: new Uint8Array(side * side).fill(1) } }, "car", SMALL, question, { id })!;
  const drawer = new Drawer(maskKind, question, () => ({ title: "car", color: "#123456" }));
  const pixels = { x: 2, y: 0, w: 4, h: 4, bits: new Uint8Array(16).fill(1) };

  it("are taken from those that share them; the others stay the same objects", () => {
    const all = [square("a", 0, 4), square("far", 50, 4)];
    const { value, gone } = withoutPixels(maskKind, all, all.map((one) => drawer.ofMark(one)!), pixels, SMALL, question);
    expect(gone).toEqual([]);
    expect(value[1]).toBe(all[1]);
    expect(drawer.ofMark(value[0]!)).toMatchObject({ x: 0, y: 0, w: 2, h: 4 });
  });

  it("leave nothing of a thing that they cover", () => {
    const all = [square("a", 3, 2), square("b", 0, 2)];
    const { value, gone } = withoutPixels(maskKind, all, all.map((one) => drawer.ofMark(one)!), pixels, SMALL, question);
    expect(gone).toEqual(["a"]);
    expect(value).toEqual([all[1]]);
  });
});
