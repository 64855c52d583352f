/** The one registry of the page, and how components offer commands to it and learn their keys. */

import { useCallback, useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import type { Command } from "./command";
import { isSingleKey, printChord } from "./keys";
import { CommandRegistry } from "./registry";

export const registry = new CommandRegistry({ strict: import.meta.env.DEV });

/** Offers commands while the component is mounted. Running one always runs the latest version of it. */
export function useCommands(source: string, commands: readonly Command[]): void {
  const latest = useRef(commands);
  useLayoutEffect(() => {
    latest.current = commands;
  });
  const signature = commands.map((c) => [c.id, c.title, c.enabled ?? true, c.keys.join(" ")].join("\t")).join("\n");
  useEffect(() => {
    const run = (id: string) => latest.current.find((c) => c.id === id)?.run();
    registry.set(source, latest.current.map((c) => ({ ...c, run: () => run(c.id) })));
    return () => registry.set(source, []);
  }, [source, signature]);
}

/** All commands offered now. */
export function useAllCommands(): readonly Command[] {
  return useSyncExternalStore(registry.subscribe, registry.commands);
}

/** The first key of a command as it is printed on a key cap; null if it has none. */
export function useKey(id: string): string | null {
  const chord = useSyncExternalStore(registry.subscribe, () => registry.keysOf(id)[0] ?? null);
  return chord === null ? null : printChord(chord);
}

/**
 * What is printed on the cap of a command that need not be on offer now, given its default key: the user's own key if
 * there is one, nothing where single keys are switched off. The function changes only with the user's settings.
 */
export function useCap(): (id: string, key: string | null) => string | null {
  const keymap = useSyncExternalStore(registry.subscribe, () => registry.settings().keymap);
  const singleKeys = useSyncExternalStore(registry.subscribe, () => registry.settings().singleKeys);
  return useCallback((id, key) => {
    const chord = id in keymap ? keymap[id]![0] : key;
    return chord === undefined || chord === null || (!singleKeys && isSingleKey(chord)) ? null : printChord(chord);
  }, [keymap, singleKeys]);
}
