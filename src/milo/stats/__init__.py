"""Numerics on arrays: agreement, truth, confidence, promises, totals, studies. Knows nothing of items or questions."""
