"""Judges: reviewers that follow a rubric."""
