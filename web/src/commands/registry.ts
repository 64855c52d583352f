/**
 * The live list of commands: who is offered now, under which keys, and which keys are claimed twice.
 *
 * Parts of the page hand in their commands under a source name and take them back by handing in an empty list. The user's
 * own keys lie over the default ones.
 */

import { SCOPES, type Command, type Keymap, type Scope } from "./command";
import { canonical, eventChords, isSingleKey, type KeyLike } from "./keys";

export interface Conflict {
  chord: string;
  first: Command;
  second: Command;
}

export interface RegistryOptions {
  /** Throw when two built-in commands claim one key. For development and tests. */
  strict?: boolean;
}

export class CommandRegistry {
  private readonly sources = new Map<string, readonly Command[]>();
  private readonly listeners = new Set<() => void>();
  private keymap: Keymap = {};
  private singleKeys = true;
  private pauses = 0;
  private list: readonly Command[] | null = null;
  private index: Map<string, Command[]> | null = null;

  constructor(private readonly options: RegistryOptions = {}) {}

  /** Replaces what `source` offers. Throws in strict mode if two built-in commands claim the same key. */
  set(source: string, commands: readonly Command[]): void {
    const before = this.sources.get(source);
    if (commands.length === 0 && before === undefined) return;
    if (commands.length === 0) this.sources.delete(source);
    else this.sources.set(source, commands);
    this.changed();
    if (this.options.strict) this.refuseConflicts(source);
  }

  /** The user's own keys and whether bare characters act as shortcuts at all. */
  configure(keymap: Keymap, singleKeys: boolean): void {
    this.keymap = keymap;
    this.singleKeys = singleKeys;
    this.changed();
  }

  settings(): { keymap: Keymap; singleKeys: boolean } {
    return { keymap: this.keymap, singleKeys: this.singleKeys };
  }

  /** No key is a command until the returned function is called: a dialog is open. */
  pause(): () => void {
    this.pauses += 1;
    let over = false;
    return () => {
      if (!over) this.pauses -= 1;
      over = true;
    };
  }

  /** All commands with the keys that work now; the same array until something changes. */
  commands = (): readonly Command[] => {
    this.list ??= [...this.sources.values()].flat().map((c) => withKeys(c, this.keymap));
    return this.list;
  };

  /** The keys that a command has where the user changed nothing. */
  defaultKeys(id: string): string[] {
    return [...this.sources.values()].flat().find((c) => c.id === id)?.keys ?? [];
  }

  /** The keys of a command as they are now; empty if there is no such command. */
  keysOf(id: string): string[] {
    return this.commands().find((c) => c.id === id)?.keys ?? [];
  }

  /** The command that a key press means, or undefined. The narrowest scope wins; disabled ones are passed over. */
  match(event: KeyLike): Command | undefined {
    if (this.pauses > 0) return undefined;
    const index = this.indexed();
    for (const chord of eventChords(event)) {
      if (!this.singleKeys && isSingleKey(chord)) continue;
      const found = index.get(chord)?.find((c) => c.enabled !== false);
      if (found) return found;
    }
    return undefined;
  }

  /** Keys claimed twice by commands that are offered at the same time. */
  conflicts(): Conflict[] {
    return [...this.indexed()].flatMap(([chord, commands]) => conflictsOf(chord, commands));
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private indexed(): Map<string, Command[]> {
    this.index ??= indexByChord(this.commands());
    return this.index;
  }

  private changed(): void {
    this.list = null;
    this.index = null;
    for (const listener of this.listeners) listener();
  }

  private refuseConflicts(source: string): void {
    const own = new Set((this.sources.get(source) ?? []).map((c) => c.id));
    const builtIn = (c: Command) => c.scope !== "label" && !(c.id in this.keymap);
    const bad = this.conflicts().find(
      ({ first, second }) => builtIn(first) && builtIn(second) && (own.has(first.id) || own.has(second.id)),
    );
    if (bad) throw new Error(`The key ${bad.chord} is claimed by "${bad.first.id}" and by "${bad.second.id}".`);
  }
}

/** Whether commands of the two scopes compete for a key. A selected region takes its keys from the wider scopes. */
export function scopesOverlap(a: Scope, b: Scope): boolean {
  return a === b || (a !== "region" && b !== "region");
}

/** The keys that would clash if `id` got `chord`: the commands that already hold it. */
export function holders(commands: readonly Command[], id: string, chord: string): Command[] {
  const scope = commands.find((c) => c.id === id)?.scope ?? "global";
  const wanted = canonical(chord);
  return commands.filter(
    (c) => c.id !== id && scopesOverlap(c.scope, scope) && c.keys.some((key) => canonical(key) === wanted),
  );
}

function withKeys(command: Command, keymap: Keymap): Command {
  const own = keymap[command.id];
  return own === undefined ? command : { ...command, keys: own };
}

function indexByChord(commands: readonly Command[]): Map<string, Command[]> {
  const index = new Map<string, Command[]>();
  for (const command of commands) {
    for (const chord of new Set(command.keys.map((key) => canonical(key)))) {
      index.set(chord, [...(index.get(chord) ?? []), command]);
    }
  }
  for (const list of index.values()) list.sort((a, b) => SCOPES.indexOf(b.scope) - SCOPES.indexOf(a.scope));
  return index;
}

function conflictsOf(chord: string, commands: readonly Command[]): Conflict[] {
  const live = commands.filter((c) => c.enabled !== false);
  return live.flatMap((first, i) =>
    live
      .slice(i + 1)
      .filter((second) => second.id !== first.id && scopesOverlap(first.scope, second.scope))
      .map((second) => ({ chord, first, second })),
  );
}
