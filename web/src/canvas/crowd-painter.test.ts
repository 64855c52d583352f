import { describe, expect, it } from "vitest";
import { filled } from "../lib/bitmask";
import { inside, type OutlineShape, type Shape } from "../lib/shape";
import { CrowdPainter, pixelOf } from "./crowd-painter";

const [W, H] = [60, 40];
const LINE = pixelOf("#336699", 1);
const FILL = pixelOf("#336699", 0.5);
const STAR: OutlineShape = {
  kind: "outline",
  points: [{ x: 10, y: 6 }, { x: 70, y: 20 }, { x: 52, y: 60 }, { x: 40, y: 30 }, { x: 14, y: 66 }],
  holes: [[{ x: 46, y: 22 }, { x: 56, y: 24 }, { x: 50, y: 34 }]],
};

function painted(shape: Shape, view = { scale: 1, x: 0, y: 0 }, paint = { line: LINE, fill: FILL, dashed: false }): (x: number, y: number) => number {
  const image = { width: W, height: H, data: new Uint8ClampedArray(4 * W * H) } as unknown as ImageData;
  new CrowdPainter(image, view, 1).paint(shape, paint);
  const pixels = new Uint32Array(image.data.buffer);
  return (x, y) => pixels[y * W + x]!;
}

describe("CrowdPainter", () => {
  it("fills what is inside of an outline and not of its hole, and draws the line around", () => {
    const view = { scale: 0.7, x: 3, y: -4 };
    const at = painted(STAR, view);
    let filledPixels = 0;
    for (let y = 0; y < H; y++) {
      for (let x = 0; x < W; x++) {
        if (at(x, y) === LINE) continue;
        const middle = { x: (x + 0.5 - view.x) / view.scale, y: (y + 0.5 - view.y) / view.scale };
        const near = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => ({ x: middle.x + dx / view.scale, y: middle.y + dy / view.scale })));
        const same = near.every((p) => inside(p, [STAR.points, ...STAR.holes]) === inside(middle, [STAR.points, ...STAR.holes]));
        if (same) expect(at(x, y)).toBe(inside(middle, [STAR.points, ...STAR.holes]) ? FILL : 0);
        filledPixels += at(x, y) === FILL ? 1 : 0;
      }
    }
    expect(filledPixels).toBeGreaterThan(300);
    expect(at(Math.round(10 * 0.7 + 3), Math.round(6 * 0.7 - 4))).toBe(LINE);
  });

  it("shows the bits of a mask", () => {
    const mask = filled([STAR.points], { w: 100, h: 100 });
    const at = painted({ kind: "mask", mask });
    for (let y = 0; y < H; y++) {
      for (let x = 0; x < W; x++) {
        const [column, row] = [x - mask.x, y - mask.y];
        const on = column >= 0 && row >= 0 && column < mask.w && row < mask.h && mask.bits[row * mask.w + column] === 1;
        expect(at(x, y)).toBe(on ? FILL : 0);
      }
    }
  });

  it("leaves gaps in suggested lines, and draws nothing beyond the picture", () => {
    const line = { kind: "line", points: [{ x: -20, y: 5 }, { x: 90, y: 5 }] } as const;
    const row = (dashed: boolean) => Array.from({ length: W }, (_, x) => painted(line, undefined, { line: LINE, fill: 0, dashed })(x, 5));
    expect(row(false).every((pixel) => pixel === LINE)).toBe(true);
    expect(row(true).filter((pixel) => pixel === LINE)).toHaveLength(W / 2);
    const far = painted({ kind: "line", points: [{ x: 500, y: 500 }, { x: 900, y: 700 }] });
    expect(Array.from({ length: W * H }, (_, i) => far(i % W, Math.floor(i / W))).every((pixel) => pixel === 0)).toBe(true);
  });
});
