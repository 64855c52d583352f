import { describe, expect, it } from "vitest";
import { fit, fitImage, held, rectToScreen, toImage, toScreen, visible, zoomedAt } from "./view";

const surface = { w: 800, h: 600 };

describe("the view", () => {
  it("fits an image into the surface, centred", () => {
    const view = fitImage({ w: 4000, h: 3000 }, surface);
    const shown = rectToScreen(view, { x: 0, y: 0, w: 4000, h: 3000 });
    expect(shown.w).toBeLessThanOrEqual(800);
    expect(shown.x + shown.w / 2).toBeCloseTo(400);
    expect(shown.y + shown.h / 2).toBeCloseTo(300);
  });

  it("does not blow a small image up without end", () => expect(fitImage({ w: 4, h: 4 }, surface).scale).toBe(4));

  it("goes to the screen and back", () => {
    const view = { scale: 2.5, x: -30, y: 12 };
    const point = toImage(view, toScreen(view, { x: 17, y: 4 }));
    expect(point.x).toBeCloseTo(17);
    expect(point.y).toBeCloseTo(4);
  });

  it("keeps the point under the cursor while zooming", () => {
    const view = { scale: 1, x: 5, y: 7 };
    const cursor = { x: 200, y: 100 };
    const next = zoomedAt(view, cursor, 3, 0.1);
    expect(toImage(next, cursor).x).toBeCloseTo(toImage(view, cursor).x);
    expect(toImage(next, cursor).y).toBeCloseTo(toImage(view, cursor).y);
  });

  it("never loses the image out of sight", () => {
    const view = held({ scale: 1, x: -9999, y: 9999 }, { w: 500, h: 500 }, surface);
    const seen = visible(view, surface);
    expect(seen.x).toBeLessThan(500);
    expect(seen.y + seen.h).toBeGreaterThan(0);
  });

  it("shows a region with air around it", () => {
    const region = { x: 100, y: 100, w: 50, h: 20 };
    const shown = rectToScreen(fit(region, surface, 12, 100), region);
    expect(shown.x).toBeGreaterThanOrEqual(99.9);
    expect(shown.x + shown.w).toBeLessThanOrEqual(700.1);
  });
});
