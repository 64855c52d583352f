/** Gathers what must be drawn anew until the next frame, and waits for the view to rest where drawing all is dear. */

export interface Parts {
  view: boolean;
  regions: boolean;
  selection: boolean;
}

const NOTHING: Parts = { view: false, regions: false, selection: false };

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

  /** Whether the regions wait for being drawn anew. */
  get waiting(): boolean {
    return this.#dirty.regions || this.moving;
  }

  ask(parts: Partial<Parts>): void {
    this.#dirty = { view: this.#dirty.view || !!parts.view, regions: this.#dirty.regions || !!parts.regions, selection: this.#dirty.selection || !!parts.selection };
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
