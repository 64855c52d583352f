"""SIMILAR: the items most like an item or a phrase.

Text: the words of the query that tell most (rare in the project, frequent in the query) are looked up in the text index and
ranked by BM25; the similarity is the score as a share of the best that any item could reach. Images: exact search over
small descriptions of colour and shape; the similarity is the cosine.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

WORDS = 12
MAX_HITS = 500
_SATURATION = 2.2
"""BM25 with k1 = 1.2 gives a word at most its weight times k1 + 1."""

Hits = list[tuple[int, float]]


class TextPort(Protocol):
    """The text index."""

    def weights(self, project_id: int, text: str, limit: int) -> dict[str, float]:
        """The most telling words of a text with their weight."""
        ...

    def ranked(self, project_id: int, words: list[str], limit: int) -> Hits:
        """Items with any of the words, best first."""
        ...


def by_text(index: TextPort, project_id: int, text: str, without: int | None, limit: int) -> Hits:
    """(item, similarity 0..1) for the items most like a text, best first."""
    weights = index.weights(project_id, text, WORDS)
    found = index.ranked(project_id, list(weights), min(limit + 1, MAX_HITS + 1))
    own = next((score for item, score in found if item == without), None)
    best = own if own else sum(weights.values()) * _SATURATION
    hits = [(item, min(1.0, score / best) if best > 0 else 0.0) for item, score in found if item != without]
    return hits[:limit]


def by_vector(
    query: NDArray[np.float32], pages: Iterable[tuple[NDArray[np.int64], NDArray[np.float32]]], without: int | None, limit: int
) -> Hits:
    """(item, cosine 0..1) for the items whose vectors (unit length, shape (n, d) a page) are nearest; exact, page by page."""
    best_ids, best = np.empty(0, np.int64), np.empty(0, np.float32)
    for ids, vectors in pages:
        scores = vectors @ query
        best_ids, best = np.concatenate([best_ids, ids]), np.concatenate([best, scores])
        if best.size > limit + 1:
            keep = np.argpartition(-best, limit)[: limit + 1]
            best_ids, best = best_ids[keep], best[keep]
    order = np.lexsort((best_ids, -best))
    hits: list[tuple[int, float]] = [(int(best_ids[i]), float(np.clip(best[i], 0.0, 1.0))) for i in order]
    return [hit for hit in hits if hit[0] != without][:limit]
