"""Formats: one file for each way in or out."""
