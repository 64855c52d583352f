"""Texts that are nearly the same, by MinHash: candidates by signatures in bands, each checked by the true overlap.

Two texts are as alike as the share of their runs of words that they have in common (Jaccard). Signatures only say which pairs
are worth looking at, so nothing that is told is a guess; what may be missed is told by `chance`.
Source: Broder 1997; bands as in Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

WORDS = 3
BANDS, ROWS = 32, 4
USUAL = 0.7
_PRIME = (1 << 31) - 1
_MOST_IN_BUCKET = 200
_WORD = re.compile(r"\w+")


def shingles(text: str) -> NDArray[np.uint64]:
    """The distinct runs of three words, as sorted numbers; a shorter text is one run. Case and punctuation do not count."""
    words = _WORD.findall(text.casefold())
    if not words:
        return np.zeros(0, np.uint64)
    size = min(WORDS, len(words))
    runs = {" ".join(words[k : k + size]) for k in range(len(words) - size + 1)}
    return np.array(sorted({zlib.crc32(run.encode()) for run in runs}), np.uint64)


def likeness(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> float:
    """The share of runs that two texts have in common, 0..1; 0 where one has none."""
    common = len(np.intersect1d(a, b, assume_unique=True))
    either = len(a) + len(b) - common
    return common / either if either and len(a) and len(b) else 0.0


def chance(likeness: float) -> float:
    """The chance that a pair so alike is found."""
    return 1 - (1 - likeness**ROWS) ** BANDS


class NearDuplicates:
    """Collects texts, then tells which are nearly the same. The same texts give the same answer, whatever their order."""

    def __init__(self, seed: int = 1) -> None:
        rng = np.random.default_rng(seed)
        n = BANDS * ROWS
        self._a = rng.integers(1, _PRIME, n, dtype=np.uint64)[:, None]
        self._b = rng.integers(0, _PRIME, n, dtype=np.uint64)[:, None]
        self._sets: dict[int, NDArray[np.uint64]] = {}
        self._buckets: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)

    def add(self, ident: int, text: str) -> None:
        """Take a text; one without words is passed over."""
        found = shingles(text)
        if not len(found):
            return
        self._sets[ident] = found
        signature = ((self._a * (found % _PRIME) + self._b) % _PRIME).min(axis=1).astype(np.uint32).reshape(BANDS, ROWS)
        for band, row in enumerate(signature):
            self._buckets[band, row.tobytes()].append(ident)

    def pairs(self, least: float = USUAL) -> dict[tuple[int, int], float]:
        """Pairs at least so alike, smaller number first. Of a bucket with very many texts each is compared with some only."""
        found: dict[tuple[int, int], float] = {}
        seen: set[tuple[int, int]] = set()
        for bucket in self._buckets.values():
            for pair in _within(sorted(bucket)):
                if pair not in seen:
                    seen.add(pair)
                    share = likeness(self._sets[pair[0]], self._sets[pair[1]])
                    if share >= least:
                        found[pair] = share
        return dict(sorted(found.items()))


def _within(bucket: list[int]) -> Iterable[tuple[int, int]]:
    """All pairs of a small bucket; of a large one each with the first, which holds a group together all the same."""
    if len(bucket) > _MOST_IN_BUCKET:
        return ((bucket[0], other) for other in bucket[1:])
    return ((a, b) for k, a in enumerate(bucket) for b in bucket[k + 1 :])


def groups(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """What hangs together, largest group first, each in ascending order."""
    parent: dict[int, int] = {}

    def root(x: int) -> int:
        parent.setdefault(x, x)
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for a, b in pairs:
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    found: defaultdict[int, list[int]] = defaultdict(list)
    for one in sorted(parent):
        found[root(one)].append(one)
    return sorted(found.values(), key=lambda g: (-len(g), g[0]))
