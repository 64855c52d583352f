/** Gathers what must be drawn anew until the next frame, and waits for the view to rest where drawing all is dear. */

import type { Rect } from "../lib/geometry";

export interface Parts {
  view: boolean;
  regions: boolean;
  /** Parts of the image in which regions have changed; all of them are drawn anew with `regions`. */
  patches: readonly Rect[];
  /** Arrows between regions; they are drawn with the regions as well. */
  arrows: boolean;
  selection: boolean;
}

const NOTHING: Parts = { view: false, regions: false, patches: [], arrows: false, selection: false };

export class Repaint {
  #dirty = NOTHING;
  #frame = 0;
  #timer = 0;

  constructor(
    private readonly paint: (parts: Parts) => void,
    private readonly restMs: number,
  ) {}

  /** The view moves, and what is drawn is only moved with it. */
  get moving(): boolean {
    return this.#timer !== 0;
  }

  ask(parts: Partial<Parts>): void {
    const was = this.#dirty;
    this.#dirty = { view: was.view || !!parts.view, regions: was.regions || !!parts.regions, patches: parts.patches ? [...was.patches, ...parts.patches] : was.patches, arrows: was.arrows || !!parts.arrows, selection: was.selection || !!parts.selection };
    this.#frame ||= requestAnimationFrame(() => {
      const due = this.#dirty;
      this.#frame = 0;
      this.#dirty = NOTHING;
      this.paint(due);
    });
  }

  /** Draws the regions once nothing has moved for a while. */
  afterRest(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      this.ask({ regions: true, view: true });
    }, this.restMs);
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
  }
}
