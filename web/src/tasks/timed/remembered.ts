/** How sound is drawn: one choice for all items, remembered in this browser. */
import { useSyncExternalStore } from "react";

function remembered(name: string): () => [boolean, () => void] {
  const listeners = new Set<() => void>();
  let on: boolean | null = null;
  const read = (): boolean => {
    if (on === null) {
      try {
        on = localStorage.getItem(name) === "1";
      } catch {
        on = false;
      }
    }
    return on;
  };
  const toggle = (): void => {
    on = !read();
    try {
      localStorage.setItem(name, on ? "1" : "0");
    } catch {
      // Where nothing may be stored, it holds for this page.
    }
    listeners.forEach((tell) => tell());
  };
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return function useRemembered() {
    return [useSyncExternalStore(subscribe, read), toggle];
  };
}

/** Whether the spectrogram is shown. */
export const useSpectrogram = remembered("milo.spectrogram");

/** Whether the pitch is drawn. */
export const usePitch = remembered("milo.pitch");

/** Whether the intensity is drawn. */
export const useIntensity = remembered("milo.intensity");

/** Whether the two channels of a recording are drawn apart. */
export const useChannels = remembered("milo.channels");
