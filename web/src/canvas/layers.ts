/** The layers of a surface over each other: image, regions, arrows, ink, selection, and the minimap in the corner. */
import { ImageLayer } from "../lib/image-layer";
import type { Point, Rect, Size } from "../lib/geometry";
import type { Turn, View } from "../lib/view";
import { ArrowsLayer, DRAWN_LIVE } from "./arrows-layer";
import { InkLayer } from "./ink-layer";
import { Minimap } from "./minimap";
import { RegionsLayer } from "./regions-layer";
import type { Parts } from "./repaint";
import { SelectionLayer, type Outline } from "./selection-layer";

/** Above this many regions in view the bitmap is moved instead of drawn anew in every frame. */
export const MOVE_ABOVE = 1500;

/** What is to be seen now. */
export interface Scene {
  view: View;
  size: Size;
  turn: Turn;
  /** The view moves, and what is dear is only moved with it. */
  moving: boolean;
  /** The region that is being changed, and where it is. */
  edited: { key: string; bounds: Rect } | null;
  outline: Outline | null;
}

export class Layers {
  readonly image = new ImageLayer();
  readonly regions = new RegionsLayer();
  readonly arrows = new ArrowsLayer();
  readonly ink: InkLayer;
  readonly selection = new SelectionLayer();
  readonly minimap: Minimap;
  #frame = document.createElement("div");
  #ratio = 0;

  constructor(host: HTMLElement, view: () => View, onCentre: (at: Point) => void) {
    this.ink = new InkLayer(view);
    this.minimap = new Minimap(onCentre);
    this.#frame.className = "milo-layers";
    this.#frame.append(this.image.canvas, this.regions.canvas, this.arrows.canvas, this.ink.canvas, this.selection.svg);
    host.append(this.#frame, this.minimap.canvas);
  }

  /** So much is in view that drawing it anew in every frame would be too slow. */
  get dear(): boolean {
    return this.regions.inView > MOVE_ABOVE || this.regions.costly || this.arrows.inView > DRAWN_LIVE;
  }

  /** Another size, or another turn. */
  resize(size: Size, ratio: number, turn: Turn): void {
    this.#ratio = ratio;
    for (const layer of [this.image, this.regions, this.arrows, this.ink]) layer.resize(size, ratio);
    this.#frame.style.cssText = `position:absolute;left:50%;top:50%;width:${size.w}px;height:${size.h}px;transform:translate(-50%,-50%) rotate(${turn}deg)`;
  }

  /** Whether the layers are made for other device pixels. */
  isStale(ratio: number): boolean {
    return ratio !== this.#ratio;
  }

  /** Brightness and contrast of the image, 1 as it is. */
  setLight(brightness: number, contrast: number): void {
    this.image.canvas.style.filter = brightness === 1 && contrast === 1 ? "" : `brightness(${brightness}) contrast(${contrast})`;
  }

  setHidden(hidden: boolean): void {
    for (const one of [this.regions.canvas, this.arrows.canvas, this.selection.svg]) one.style.visibility = hidden ? "hidden" : "";
  }

  paint({ view, regions, patches, arrows, selection }: Parts, scene: Scene): void {
    if (view) this.image.draw(scene.view, !scene.moving);
    if (view) this.minimap.show(scene.view, scene.size, scene.turn);
    if (regions) this.regions.draw(scene.view, scene.edited?.key ?? null);
    else {
      if (view) this.regions.follow(scene.view);
      if (patches.length > 0 && this.regions.shows(scene.view)) this.regions.patch(patches, scene.edited?.key ?? null);
    }
    if (regions || arrows) this.arrows.draw(scene.view, scene.edited);
    else if (view) this.arrows.follow(scene.view);
    if (selection || view) this.selection.show(scene.outline, scene.view);
  }
}
