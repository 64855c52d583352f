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
import type { Several } from "./several";

/** Above this many regions in view the bitmap is moved instead of drawn anew in every frame. */
export const MOVE_ABOVE = 1500;

/** So many selected regions are drawn anew in every frame. */
const FEW = 300;

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
  /** Several selected regions, and how far they are dragged. */
  several: Pick<Several, "regions" | "moved" | "lifted" | "drawn">;
}

const NONE: ReadonlySet<string> = new Set();

export class Layers {
  readonly image = new ImageLayer();
  readonly regions = new RegionsLayer();
  /** Of several selected regions, drawn over all. */
  readonly chosen = new RegionsLayer(true);
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
    this.#frame.append(this.image.canvas, this.regions.canvas, this.chosen.canvas, this.arrows.canvas, this.ink.canvas, this.selection.svg);
    host.append(this.#frame, this.minimap.canvas);
  }

  /** So much is in view that drawing it anew in every frame would be too slow. */
  get dear(): boolean {
    return this.regions.inView > MOVE_ABOVE || this.regions.costly || this.arrows.inView > DRAWN_LIVE;
  }

  /** Another size, or another turn. */
  resize(size: Size, ratio: number, turn: Turn): void {
    this.#ratio = ratio;
    for (const layer of [this.image, this.regions, this.chosen, this.arrows, this.ink]) layer.resize(size, ratio);
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
    for (const one of [this.regions.canvas, this.chosen.canvas, this.arrows.canvas, this.selection.svg]) one.style.visibility = hidden ? "hidden" : "";
  }

  paint({ view, regions, patches, arrows, selection }: Parts, scene: Scene): void {
    if (view) this.image.draw(scene.view, !scene.moving);
    if (view) this.minimap.show(scene.view, scene.size, scene.turn);
    const away = scene.edited ? new Set([scene.edited.key]) : scene.several.lifted;
    if (regions) this.regions.draw(scene.view, away);
    else {
      if (view) this.regions.follow(scene.view);
      if (patches.length > 0 && this.regions.shows(scene.view)) this.regions.patch(patches, away);
    }
    if (regions || selection || view) this.#paintChosen(scene, regions);
    if (selection) this.selection.band(scene.several.drawn);
    if (regions || arrows) this.arrows.draw(scene.view, scene.edited);
    else if (view) this.arrows.follow(scene.view);
    if (selection || view) this.selection.show(scene.outline, scene.view);
  }

  /** Many that are dragged are moved as they are drawn; few are drawn anew, so that those come in that were out of view. */
  #paintChosen({ view, several, moving }: Scene, anew: boolean): void {
    const { regions, moved } = several;
    const same = regions === this.chosen.regions;
    if (!same) this.chosen.setRegions(regions);
    const at = moved ? { ...view, x: view.x + moved.x * view.scale, y: view.y + moved.y * view.scale } : view;
    const few = this.chosen.inView <= FEW;
    if (same && ((moving || moved) && !few || (!anew && this.chosen.shows(at)))) return this.chosen.follow(at);
    if (regions.length > 0 || this.chosen.inView > 0) this.chosen.draw(at, NONE);
  }
}
