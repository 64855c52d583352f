/** The edge between two columns: drag it, or move it with the arrow keys. */
import { useRef, type KeyboardEvent, type PointerEvent } from "react";
import { WIDTHS, type Layout } from "./logic/memory";
import css from "./workbench.module.css";

export function Splitter({ side, layout, onChange }: { side: "left" | "right"; layout: Layout; onChange(part: Partial<Layout>): void }) {
  const from = useRef<{ x: number; width: number } | null>(null);
  const [low, high] = WIDTHS[side];
  const toward = side === "left" ? 1 : -1;
  const set = (width: number) => onChange({ [side]: Math.round(Math.min(high, Math.max(low, width))) });
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 16, ArrowLeft: -16 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    set(layout[side] + step * toward);
  };
  const onPointerDown = (event: PointerEvent) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, width: layout[side] };
  };
  return (
    <div
      className={css.splitter} role="separator" tabIndex={0} aria-orientation="vertical" aria-label={`Width of the ${side} column`}
      aria-valuemin={low} aria-valuemax={high} aria-valuenow={layout[side]} onKeyDown={onKeyDown} onPointerDown={onPointerDown}
      onPointerMove={(event) => from.current && set(from.current.width + (event.clientX - from.current.x) * toward)}
      onPointerUp={() => { from.current = null; }}
    />
  );
}
