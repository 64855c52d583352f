/** The colour scheme as components see it that paint on canvases. */
import { useSyncExternalStore } from "react";

function watchTheme(changed: () => void): () => void {
  const watch = new MutationObserver(changed);
  watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-mantine-color-scheme"] });
  return () => watch.disconnect();
}

/** The name of the present colour scheme; a change of it draws surfaces anew. */
export function useTheme(): string {
  return useSyncExternalStore(watchTheme, () => document.documentElement.dataset.mantineColorScheme ?? "light");
}
