/** A judge's settings as the form sees them: one connected model, or the members of a panel. */

export function connectionsOf(plugin: string, config: Record<string, unknown>): string[] {
  if (plugin !== "panel") return typeof config.connection === "string" ? [config.connection] : [];
  const members = Array.isArray(config.members) ? (config.members as unknown[]) : [];
  return members.flatMap((m) => (typeof m === "string" ? [m] : nameOf(m)));
}

/** The settings with these models; a member of a panel that stays keeps its own settings. */
export function withConnections(plugin: string, config: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  const { connection, members, ...rest } = config;
  if (plugin !== "panel") return { ...rest, connection: names.at(-1) ?? "" };
  const known = Array.isArray(members) ? (members as unknown[]) : typeof connection === "string" ? [connection] : [];
  return { ...rest, members: names.map((name) => known.find((m) => nameOf(m)[0] === name) ?? name) };
}

function nameOf(member: unknown): string[] {
  if (typeof member !== "object" || member === null) return [];
  const { connection } = member as { connection?: unknown };
  return typeof connection === "string" ? [connection] : [];
}
