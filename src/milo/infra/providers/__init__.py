"""Wrappers around any provider's client. Each is a client itself, does one thing, and can be put around any other."""
