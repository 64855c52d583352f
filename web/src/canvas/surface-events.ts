/** What the owner of a surface hears of it. */
import type { Grip, Shape } from "../lib/shape";

export interface SurfaceEvents {
  onSelect(key: string | null): void;
  onDraw(shape: Shape): void;
  onEdit(key: string, shape: Shape): void;
  /** Something is begun by the pen, or ended. */
  onBusy?(busy: boolean): void;
  /** A point of the selected shape was clicked. */
  onPick?(grip: Grip): void;
  /** What else is selected now: these only, these besides, or each of them the other way round. */
  onSeveral?(keys: readonly string[], how: "only" | "add" | "toggle"): void;
  /** All that are selected were dragged by so many pixels of the image. */
  onMove?(dx: number, dy: number): void;
  /** An arrow was clicked. */
  onArrow?(key: string): void;
  /** After the view changed: the magnification in CSS pixels per image pixel. */
  onView?(scale: number): void;
}
