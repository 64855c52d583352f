/** The clock of a video for as long as a component shows it, and the frame at rest. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { mediaUrl } from "../../api/client";
import type { MediaValue } from "../../api/types";
import type { ImageState } from "../useImage";
import { FilmClock, type Shown } from "./film-clock";
import { tableOf } from "./frames";

export interface Film {
  clock: FilmClock | null;
  shown: Shown | null;
  /** As an image's state: what stands in the middle until there is a picture. */
  picture: ImageState & { retry(): void };
}

const never = () => () => undefined;

export function useFilm(value: MediaValue | null): Film {
  const [attempt, setAttempt] = useState(0);
  const [found, setFound] = useState<{ of: string; clock: FilmClock | null; message: string | null }>({ of: "", clock: null, message: null });
  const media = value && !value.error ? value.media : null;
  const of = `${media}#${attempt}`;
  useEffect(() => {
    if (media === null) return;
    let made: FilmClock | null = null;
    let gone = false;
    tableOf(media).then(
      (table) => {
        if (gone) return;
        made = new FilmClock(media, mediaUrl(media), table);
        setFound({ of, clock: made, message: null });
      },
      (error: unknown) => !gone && setFound({ of, clock: null, message: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      gone = true;
      made?.destroy();
    };
  }, [media, of]);
  const clock = found.of === of ? found.clock : null;
  const shown = useSyncExternalStore(clock?.subscribe ?? never, () => clock?.shown() ?? null);
  const trouble = useSyncExternalStore(clock?.subscribe ?? never, () => clock?.trouble ?? null);
  const retry = () => setAttempt(attempt + 1);
  const state = ((): ImageState => {
    if (!value) return { kind: "failed", message: "This item has no video in the field." };
    const message = value.error ?? (found.of === of ? found.message : null) ?? trouble;
    if (message) return { kind: "failed", message };
    return shown ? { kind: "ready", mips: shown.mips } : { kind: "loading" };
  })();
  return { clock, shown, picture: { ...state, retry } };
}

/** What may change while nothing on the screen does: whether it plays, how fast, what it repeats. */
export function useClock(clock: FilmClock | null): { playing: boolean; rate: number } {
  const playing = useSyncExternalStore(clock?.subscribe ?? never, () => clock?.playing ?? false);
  const rate = useSyncExternalStore(clock?.subscribe ?? never, () => clock?.rate ?? 1);
  return { playing, rate };
}
