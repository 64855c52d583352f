import { expect, it } from "vitest";
import { boxShape, type Shape } from "../lib/shape";
import { ClickPen, type Shown } from "./click-pen";
import { NO_KEYS } from "./pens";

function stage(answers: (Shape | null)[]) {
  const seen = { asked: [] as Shown[], said: null as string | null, drawn: [] as Shape[], draft: null as Shape | null };
  const paper = { image: { w: 100, h: 100 }, scale: 1, draft: (s: Shape | null) => (seen.draft = s), drawn: (s: Shape) => void seen.drawn.push(s), snap: (p: { x: number; y: number }) => p };
  const ask = (shown: Shown) => {
    seen.asked.push(structuredClone(shown));
    return Promise.resolve(answers.shift() ?? null);
  };
  const pen = new ClickPen(paper, ask, (words) => (seen.said = words));
  const click = async (x: number, y: number, shift = false) => {
    pen.down({ x, y });
    pen.up({ x, y }, { ...NO_KEYS, shift });
    await new Promise((done) => setTimeout(done));
  };
  return { seen, pen, click };
}

it("asks anew with each click and takes what was found with Enter", async () => {
  const [first, second] = [boxShape({ x: 1, y: 1, w: 5, h: 5 }), boxShape({ x: 1, y: 1, w: 9, h: 9 })];
  const { seen, pen, click } = stage([first, second]);
  await click(10, 10);
  expect(seen.draft).toBe(first);
  await click(20, 20, true);
  expect(seen.asked.at(-1)).toEqual({ clicks: [[10, 10, 1], [20, 20, 0]], box: null });
  expect(pen.finish()).toBe(true);
  expect(seen.drawn).toEqual([second]);
  expect(pen.busy).toBe(false);
});

it("takes a dragged box, goes back a click, and gives up", async () => {
  const { seen, pen, click } = stage([boxShape({ x: 0, y: 0, w: 1, h: 1 }), null, null]);
  pen.down({ x: 10, y: 10 });
  pen.move({ x: 40, y: 50 });
  pen.up({ x: 40, y: 50 }, NO_KEYS);
  expect(seen.asked[0]!.box).toEqual([10, 10, 30, 40]);
  await click(20, 20);
  expect(pen.back()).toBe(true);
  expect(seen.asked.at(-1)!.clicks).toEqual([]);
  pen.cancel();
  expect([pen.busy, seen.draft, pen.finish()]).toEqual([false, null, false]);
});
