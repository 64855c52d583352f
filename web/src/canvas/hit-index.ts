/** Which regions lie at a point or in a rectangle: a static index, rebuilt only when it is asked after a change, and a short list of what came since. */
import Flatbush from "flatbush";
import { area, overlaps, type Point, type Rect } from "../lib/geometry";

/** So many new regions are looked through one by one before the index is made anew. */
const LATE = 200;

export class HitIndex<T extends Rect> {
  #regions: readonly T[] = [];
  #tree: Flatbush | null = null;
  /** How many of the regions the tree holds. */
  #held = 0;

  /** Replaces all regions. Costs nothing until the next question. `placed`: all that were there are where they were, and new ones follow. */
  set(regions: readonly T[], placed = false): void {
    if (!placed || regions.length < this.#held || regions.length - this.#held > LATE) this.#tree = null;
    this.#regions = regions;
  }

  /** Positions (in drawing order) of the regions that touch the rectangle. */
  within(rect: Rect): number[] {
    const found = this.#built()?.search(rect.x, rect.y, rect.x + rect.w, rect.y + rect.h).sort((a, b) => a - b) ?? [];
    for (let i = this.#held; i < this.#regions.length; i++) if (overlaps(this.#regions[i]!, rect)) found.push(i);
    return found;
  }

  /** The regions at a point, smallest first; `reach` widens the point, in image pixels. */
  at(point: Point, reach = 0): T[] {
    return this.within({ x: point.x - reach, y: point.y - reach, w: 2 * reach, h: 2 * reach })
      .map((i) => this.#regions[i]!)
      .sort((a, b) => area(a) - area(b));
  }

  #built(): Flatbush | null {
    if (this.#tree) return this.#tree;
    this.#held = this.#regions.length;
    if (this.#held === 0) return null;
    const tree = new Flatbush(this.#held);
    for (const r of this.#regions) tree.add(r.x, r.y, r.x + r.w, r.y + r.h);
    tree.finish();
    this.#tree = tree;
    return tree;
  }
}
