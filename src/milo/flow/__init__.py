"""HOW work moves: one verb a file. Decisions only; the world is reached through `ports`."""
