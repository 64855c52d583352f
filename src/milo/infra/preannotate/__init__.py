"""Runs of connected models over a project's items: which items, the running, examples, estimates, batches, confidence."""
