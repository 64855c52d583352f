/** The edge between the pages and the table: drag it, or move it with the arrow keys. The height is kept while the page is open. */
import { useRef, useState, type CSSProperties, type ReactNode } from "react";
import css from "./rows.module.css";

const [LOW, HIGH] = [15, 80];
let kept = 42;

/** Two parts, one above the other; the lower one has so many hundredths of the height. */
export function Parted({ above, below, label }: { above: ReactNode; below: ReactNode; label: string }) {
  const frame = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(kept);
  const set = (next: number) => setShare((kept = Math.min(HIGH, Math.max(LOW, next))));
  return (
    <div ref={frame} className={css.parted} style={{ "--share": `${share}%` } as CSSProperties}>
      <div className={css.above}>{above}</div>
      <div
        className={css.edge} role="separator" tabIndex={0} aria-orientation="horizontal" aria-label={label} aria-valuemin={LOW} aria-valuemax={HIGH} aria-valuenow={Math.round(share)}
        onKeyDown={(event) => {
          const by = { ArrowUp: 4, ArrowDown: -4 }[event.key];
          if (by === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          set(share + by);
        }}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={(event) => {
          const box = event.currentTarget.hasPointerCapture(event.pointerId) ? frame.current?.getBoundingClientRect() : undefined;
          if (box) set((100 * (box.bottom - event.clientY)) / box.height);
        }}
      />
      <div className={css.below}>{below}</div>
    </div>
  );
}
