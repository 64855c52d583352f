/** Finding commands by typed words. */

import type { Command } from "./command";

const SHOWN = 60;

/** Commands whose title or group contains every typed word; those whose title begins with the text come first, disabled ones last. */
export function searchCommands(commands: readonly Command[], typed: string): Command[] {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const hit = (c: Command) => words.every((word) => `${c.title} ${c.group}`.toLowerCase().includes(word));
  const rank = (c: Command) => (c.enabled === false ? 2 : 0) + (c.title.toLowerCase().startsWith(words[0] ?? "") ? 0 : 1);
  return commands
    .filter((c) => !c.hidden && hit(c))
    .map((command, i) => ({ command, i }))
    .sort((a, b) => rank(a.command) - rank(b.command) || a.i - b.i)
    .slice(0, SHOWN)
    .map(({ command }) => command);
}

/** Commands by their group, in order of first appearance. */
export function byGroup(commands: readonly Command[]): [string, Command[]][] {
  const groups = new Map<string, Command[]>();
  for (const command of commands) groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  return [...groups];
}
