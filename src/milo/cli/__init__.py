"""The command line: one file per group of commands. It reaches workspaces through the client."""
