"""Numerics on arrays: intervals, calibration, agreement. Knows nothing of items, questions or annotations."""
