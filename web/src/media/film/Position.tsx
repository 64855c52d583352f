/** Frame and time of what is on the screen, written past React while the film runs; and a field to go to a frame by its number. */
import { useEffect, useRef } from "react";
import { clockText } from "../time/axis";
import type { FilmClock } from "./film-clock";
import css from "./film.module.css";

export function Position({ clock }: { clock: FilmClock }) {
  const host = useRef<HTMLOutputElement>(null);
  useEffect(() => {
    const write = () => {
      if (!host.current) return;
      host.current.textContent = `${clock.frame} · ${clockText(clock.table.times[clock.frame] ?? 0)}`;
      host.current.dataset.frame = String(clock.frame);
    };
    const ends = [clock.subscribe(write), clock.watch(write)];
    write();
    return () => ends.forEach((end) => end());
  }, [clock]);
  return <output ref={host} className={css.position} aria-label="Frame and time" data-testid="frame" />;
}

export function GoToFrame({ clock }: { clock: FilmClock }) {
  const go = (field: HTMLInputElement) => {
    if (/^\d+$/.test(field.value.trim())) clock.goTo(Number(field.value));
    field.value = "";
    field.blur();
  };
  return (
    <input
      className={css.goto} inputMode="numeric" placeholder="frame…" aria-label="Go to frame" title="Go to a frame: type its number, then Enter"
      onKeyDown={(event) => {
        if (event.key === "Enter") go(event.currentTarget);
        else if (event.key === "Escape") event.currentTarget.blur();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}
