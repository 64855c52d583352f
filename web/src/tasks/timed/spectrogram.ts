/** Whether the spectrogram is shown: one choice for all items, remembered in this browser. */
import { useSyncExternalStore } from "react";

const NAME = "milo.spectrogram";
const listeners = new Set<() => void>();
let shown: boolean | null = null;

function read(): boolean {
  if (shown === null) {
    try {
      shown = localStorage.getItem(NAME) === "1";
    } catch {
      shown = false;
    }
  }
  return shown;
}

function toggle(): void {
  shown = !read();
  try {
    localStorage.setItem(NAME, shown ? "1" : "0");
  } catch {
    // Where nothing may be stored, it holds for this page.
  }
  listeners.forEach((tell) => tell());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useSpectrogram = (): [boolean, () => void] => [useSyncExternalStore(subscribe, read), toggle];
