"""HOW Milo remembers and runs: database, files, jobs, training, authentication, the clock."""
