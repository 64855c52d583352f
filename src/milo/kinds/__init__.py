"""What can be plugged in: one protocol per file, plus the registry."""
