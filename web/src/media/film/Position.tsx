/** Frame and time of what is on the screen, written past React while the film runs. */
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
