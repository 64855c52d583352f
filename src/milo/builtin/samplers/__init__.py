"""Ways of ordering the queue, one per file."""
