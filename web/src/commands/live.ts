/** The one registry of the page, and how components offer commands to it and learn their keys. */

import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import type { Command } from "./command";
import { printChord } from "./keys";
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
