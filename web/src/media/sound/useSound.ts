/** The pictures of a sound for as long as a component shows it. The spectrogram and the curves are asked for only when they are wanted. */
import { useEffect, useState } from "react";
import { api, errorText } from "../../api/client";
import type { Intensity, MediaValue, Pitch, Spectrogram, Waveform } from "../../api/types";
import { Contour, intensityScale, pitchScale } from "./contour";
import { Spectro } from "./spectro";
import { Wave } from "./wave";

export type Loaded<T> = { kind: "loading" } | { kind: "ready"; it: T } | { kind: "failed"; message: string };

/** What a component draws from; `version` changes whenever there is more to draw. */
export interface Pictures {
  wave: Loaded<Wave>;
  /** The right channel where the two are drawn apart; `wave` is the left one then. */
  right: Loaded<Wave> | null;
  spectro: Loaded<Spectro> | null;
  pitch: Loaded<Contour<Pitch>> | null;
  intensity: Loaded<Contour<Intensity>> | null;
  version: number;
}

const LOADING = { kind: "loading" } as const;

interface Held {
  destroy(): void;
}

function usePicture<A, T extends Held>(media: number | null, what: string, wanted: boolean, make: (about: A, media: number, onTile: () => void) => T, onTile: () => void): Loaded<T> {
  const of = wanted && media !== null ? `${what}:${media}` : "";
  const [found, setFound] = useState<{ of: string; state: Loaded<T> }>({ of: "", state: LOADING });
  useEffect(() => {
    if (of === "" || media === null) return;
    const stop = new AbortController();
    let made: T | null = null;
    api.get<A>(`/media/${media}/${what}`, undefined, stop.signal).then(
      (about) => {
        if (stop.signal.aborted) return;
        made = make(about, media, onTile);
        setFound({ of, state: { kind: "ready", it: made } });
      },
      (error: unknown) => !stop.signal.aborted && setFound({ of, state: { kind: "failed", message: errorText(error) } }),
    );
    return () => {
      stop.abort();
      made?.destroy();
    };
    // `make` and `onTile` are fixed for a component.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [of, media, what]);
  return found.of === of && of !== "" ? found.state : LOADING;
}

const makeWave = (about: Waveform, media: number, onTile: () => void) => new Wave(about, media, onTile);
const makeLeft = (about: Waveform, media: number, onTile: () => void) => new Wave(about, media, onTile, 0);
const makeRight = (about: Waveform, media: number, onTile: () => void) => new Wave(about, media, onTile, 1);
const makeSpectro = (about: Spectrogram, media: number, onTile: () => void) => new Spectro(about, media, onTile);

const makePitch = (about: Pitch, media: number, onTile: () => void) => new Contour(about, pitchScale(about), `/media/${media}/pitch`, onTile);
const makeIntensity = (about: Intensity, media: number, onTile: () => void) => new Contour(about, intensityScale(about), `/media/${media}/intensity`, onTile);

export interface Wanted {
  spectrogram?: boolean;
  /** The two channels apart. */
  apart?: boolean;
  pitch?: boolean;
  intensity?: boolean;
}

export function useSound(value: MediaValue | null, wanted: Wanted = {}): Pictures {
  const apart = wanted.apart ?? false;
  const media = value && !value.error ? value.media : null;
  const [version, setVersion] = useState(0);
  const [onTile] = useState(() => () => setVersion((n) => n + 1));
  const mixed = usePicture<Waveform, Wave>(media, "waveform", !apart, makeWave, onTile);
  const left = usePicture<Waveform, Wave>(media, "waveform?channel=0", apart, makeLeft, onTile);
  const right = usePicture<Waveform, Wave>(media, "waveform?channel=1", apart, makeRight, onTile);
  const spectro = usePicture<Spectrogram, Spectro>(media, "spectrogram", wanted.spectrogram ?? false, makeSpectro, onTile);
  const pitch = usePicture<Pitch, Contour<Pitch>>(media, "pitch", wanted.pitch ?? false, makePitch, onTile);
  const intensity = usePicture<Intensity, Contour<Intensity>>(media, "intensity", wanted.intensity ?? false, makeIntensity, onTile);
  return {
    wave: apart ? left : mixed, right: apart ? right : null, spectro: wanted.spectrogram ? spectro : null,
    pitch: wanted.pitch ? pitch : null, intensity: wanted.intensity ? intensity : null, version,
  };
}

/** Lets the server draw the waveform of what will be shown next; whatever goes wrong is said where it is shown. */
export function warmSound(value: MediaValue): void {
  void api.get(`/media/${value.media}/waveform`).catch(() => undefined);
}
