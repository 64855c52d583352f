/** Which regions lie at a point or in a rectangle: a static index, rebuilt only when it is asked after a change. */
import Flatbush from "flatbush";
import { area, type Point, type Rect } from "../lib/geometry";

export class HitIndex<T extends Rect> {
  #regions: readonly T[] = [];
  #tree: Flatbush | null = null;

  /** Replaces all regions. Costs nothing until the next question. */
  set(regions: readonly T[]): void {
    this.#regions = regions;
    this.#tree = null;
  }

  /** Positions (in drawing order) of the regions that touch the rectangle. */
  within(rect: Rect): number[] {
    const tree = this.#built();
    if (!tree) return [];
    return tree.search(rect.x, rect.y, rect.x + rect.w, rect.y + rect.h).sort((a, b) => a - b);
  }

  /** The regions at a point, smallest first; `reach` widens the point, in image pixels. */
  at(point: Point, reach = 0): T[] {
    const tree = this.#built();
    if (!tree) return [];
    return tree
      .search(point.x - reach, point.y - reach, point.x + reach, point.y + reach)
      .map((i) => this.#regions[i]!)
      .sort((a, b) => area(a) - area(b));
  }

  #built(): Flatbush | null {
    if (this.#tree || this.#regions.length === 0) return this.#tree;
    const tree = new Flatbush(this.#regions.length);
    for (const r of this.#regions) tree.add(r.x, r.y, r.x + r.w, r.y + r.h);
    tree.finish();
    this.#tree = tree;
    return tree;
  }
}
