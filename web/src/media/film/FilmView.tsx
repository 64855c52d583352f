/** A video to look at: in the browser's own player, and frame by frame where that cannot play the file. */
import { IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext, IconPlayerTrackPrev } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { mediaUrl } from "../../api/client";
import type { MediaValue } from "../../api/types";
import type { Mips } from "../../lib/mips";
import { ErrorNote, IconButton, Skeleton } from "../../ui";
import { GoToFrame, Position } from "./Position";
import css from "./film.module.css";
import { useClock, useFilm, type Film } from "./useFilm";

export function FilmView({ value, name }: { value: MediaValue; name: string }) {
  const [played, setPlayed] = useState(true);
  // What is said in the film is the annotator's to write down; there are no captions to give.
  if (played) return <video className={css.film} controls preload="metadata" src={mediaUrl(value.media)} aria-label={name} onError={() => setPlayed(false)} />;
  return <FrameByFrame value={value} name={name} />;
}

function FrameByFrame({ value, name }: { value: MediaValue; name: string }) {
  const film = useFilm(value);
  const { clock, picture } = film;
  const { playing } = useClock(clock);
  if (picture.kind === "failed") return <ErrorNote error={picture.message} onRetry={picture.retry} />;
  if (!clock) return <Skeleton width={220} height={14} />;
  return (
    <figure className={css.frames}>
      <Pictures film={film} name={name} className={css.picture} />
      <figcaption className={css.bar}>
        <IconButton size="small" label="Previous frame" onClick={() => clock.step(-1)}><IconPlayerTrackPrev size={15} /></IconButton>
        <IconButton size="small" label={playing ? "Stop" : "Play"} onClick={() => (playing ? clock.pause() : clock.play())}>{playing ? <IconPlayerPause size={15} /> : <IconPlayerPlay size={15} />}</IconButton>
        <IconButton size="small" label="Next frame" onClick={() => clock.step(1)}><IconPlayerTrackNext size={15} /></IconButton>
        <input type="range" min={0} max={clock.table.frames - 1} value={clock.frame} aria-label="Frame" onChange={(event) => clock.goTo(Number(event.currentTarget.value))} />
        <Position clock={clock} />
        <GoToFrame clock={clock} />
        <span className={css.note}>This browser cannot play the file; it is shown frame by frame, without sound.</span>
      </figcaption>
    </figure>
  );
}

/** The picture of frame after frame, on a canvas. */
export function Pictures({ film: { clock, shown }, name, className }: { film: Film; name: string; className: string | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (shown) draw(canvas.current, shown.mips);
    return clock?.watch((_, mips) => draw(canvas.current, mips));
  }, [clock, shown]);
  return <canvas ref={canvas} className={className} role="img" aria-label={name} />;
}

function draw(canvas: HTMLCanvasElement | null, { size, levels }: Mips): void {
  if (!canvas) return;
  if (canvas.width !== size.w || canvas.height !== size.h) [canvas.width, canvas.height] = [size.w, size.h];
  canvas.getContext("2d")!.drawImage(levels[0]!, 0, 0);
}
