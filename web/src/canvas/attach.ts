/** Wires a surface's element to the gestures: pointer capture, wheel, the pan key, and a watch on its size. */
import type { Point } from "../lib/geometry";
import type { Gestures } from "./gestures";

interface Zoomable {
  zoomAt(at: Point, factor: number): void;
  panBy(dx: number, dy: number): void;
}

const WHEEL_LINE = 16;

/** How far the wheel turned, in CSS pixels. */
const turned = (delta: number, mode: number) => (mode === WheelEvent.DOM_DELTA_LINE ? delta * WHEEL_LINE : delta);

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable=true]") !== null;

/** Begins to listen; the returned function ends it. `unturned` maps a place in the element to the surface, which may be turned in it. */
export function attach(host: HTMLElement, gestures: Gestures, zoom: Zoomable, resized: () => void, unturned: (at: Point) => Point, spacePans: () => boolean): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const at = (event: MouseEvent): Point => {
    const frame = host.getBoundingClientRect();
    return unturned({ x: event.clientX - frame.left, y: event.clientY - frame.top });
  };
  const keysOf = (event: MouseEvent) => ({ shift: event.shiftKey, alt: event.altKey, more: event.ctrlKey || event.metaKey });
  host.addEventListener("pointerdown", (event) => {
    if (event.button > 2) return;
    if (event.button === 1) event.preventDefault();
    if (event.button < 2) host.setPointerCapture(event.pointerId);
    gestures.down(at(event), event.button, keysOf(event), event.timeStamp);
  }, { signal });
  host.addEventListener("pointermove", (event) => gestures.move(at(event), keysOf(event)), { signal });
  host.addEventListener("pointerup", (event) => gestures.up(at(event), keysOf(event)), { signal });
  host.addEventListener("pointercancel", () => gestures.cancel(), { signal });
  host.addEventListener("pointerleave", () => gestures.leave(), { signal });
  host.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  host.addEventListener("auxclick", (event) => event.preventDefault(), { signal });
  host.addEventListener("wheel", (event) => {
    event.preventDefault();
    if (event.shiftKey) return zoom.panBy(-turned(event.deltaX || event.deltaY, event.deltaMode), 0);
    zoom.zoomAt(at(event), Math.exp(-turned(event.deltaY, event.deltaMode) * (event.ctrlKey ? 0.01 : 0.0016)));
  }, { signal, passive: false });
  holdToPan(host, gestures, signal, spacePans);
  const watch = new ResizeObserver(resized);
  watch.observe(host);
  signal.addEventListener("abort", () => watch.disconnect());
  return () => stop.abort();
}

/** While Space is held (and nobody types), dragging pans. */
function holdToPan(host: HTMLElement, gestures: Gestures, signal: AbortSignal, pans: () => boolean): void {
  window.addEventListener("keydown", (event) => {
    if (event.key !== " " || !pans() || typing(event.target)) return;
    const onControl = event.target instanceof HTMLElement && event.target.closest("button, a, [role=option], [role=listbox], summary");
    if (onControl) return;
    event.preventDefault();
    gestures.panning = true;
    if (!gestures.busy) host.style.cursor = "grab";
  }, { signal });
  const end = () => {
    gestures.panning = false;
    if (!gestures.busy) host.style.cursor = "";
  };
  window.addEventListener("keyup", (event) => event.key === " " && end(), { signal });
  window.addEventListener("blur", end, { signal });
}
