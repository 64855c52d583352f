"""Texts that are nearly the same, by MinHash: candidates by signatures in bands, each checked by the true overlap.

Two texts are as alike as the share of their runs of words that they have in common (Jaccard). Signatures only say which pairs
are worth looking at, so nothing that is told is a guess; what may be missed is told by `chance`.
Source: Broder 1997; bands as in Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORDS = 3
BANDS, ROWS = 32, 4
USUAL = 0.7
MOST = 500_000
"""Texts that are compared at most."""
_PRIME = (1 << 31) - 1
_MOST_IN_BUCKET = 100
_PIECE = 4_096
_STEP = 2_000
_WORD = re.compile(r"\w+")


def shingles(text: str) -> NDArray[np.uint64]:
    """The distinct runs of three words, as sorted numbers; a shorter text is one run. Case and punctuation do not count."""
    words = _WORD.findall(text.casefold())
    if not words:
        return np.zeros(0, np.uint64)
    size = min(WORDS, len(words))
    runs = {" ".join(words[k : k + size]) for k in range(len(words) - size + 1)}
    return np.array(sorted({zlib.crc32(run.encode()) for run in runs}), np.uint64)


def likeness(a: NDArray[np.unsignedinteger[Any]], b: NDArray[np.unsignedinteger[Any]]) -> float:
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
        self._mix = rng.integers(1, 1 << 63, ROWS, dtype=np.uint64) | np.uint64(1)
        self._sets: dict[int, NDArray[np.uint32]] = {}
        self._bands: list[NDArray[np.uint64]] = []

    def add(self, ident: int, text: str) -> None:
        """Take a text; one without words is passed over. Raises ValueError for too many."""
        found = shingles(text)
        if not len(found):
            return
        if len(self._sets) >= MOST:
            raise ValueError(f"more than {MOST:,} texts")
        self._sets[ident] = found.astype(np.uint32)
        signature = np.full(BANDS * ROWS, _PRIME, np.uint64)
        for start in range(0, len(found), _PIECE):
            part = (self._a * (found[start : start + _PIECE] % _PRIME) + self._b) % _PRIME
            np.minimum(signature, part.min(axis=1), out=signature)
        self._bands.append((signature.reshape(BANDS, ROWS) * self._mix).sum(axis=1, dtype=np.uint64))

    def compare(self, least: float = USUAL) -> Iterator[tuple[float, dict[tuple[int, int], float]]]:
        """Goes on in short steps: the share of the work that is done, and the pairs that a step found, smaller number first."""
        idents = np.array(list(self._sets), np.int64)
        bands = np.array(self._bands).reshape(len(idents), BANDS)
        order = np.argsort(idents)
        idents, bands = idents[order], bands[order]
        near = np.zeros(0, np.int64)
        for band in range(BANDS):
            near = np.union1d(near, _together(bands[:, band]))
            yield 0.5 * (band + 1) / BANDS, {}
        for start in range(0, len(near), _STEP):
            part = near[start : start + _STEP]
            yield 0.5 + 0.5 * (start + len(part)) / len(near), self._alike(idents, part, least)

    def _alike(self, idents: NDArray[np.int64], codes: NDArray[np.int64], least: float) -> dict[tuple[int, int], float]:
        n = len(idents)
        both = zip(idents[codes // n].tolist(), idents[codes % n].tolist(), strict=True)
        shares = ((pair, self.between(*pair)) for pair in both)
        return {pair: share for pair, share in shares if share >= least}

    def between(self, a: int, b: int) -> float:
        """How alike two of the texts are."""
        return likeness(self._sets[a], self._sets[b])

    def pairs(self, least: float = USUAL) -> dict[tuple[int, int], float]:
        """Pairs at least so alike, smaller number first. Of a bucket with very many texts each is compared with one only."""
        found: dict[tuple[int, int], float] = {}
        for _, more in self.compare(least):
            found |= more
        return dict(sorted(found.items()))


def _together(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Pairs of places with one key, each as low * n + high; of very many with one key each with the first, which holds a group
    together all the same."""
    n = len(keys)
    order = np.argsort(keys, kind="stable").astype(np.int64)
    cuts = np.flatnonzero(np.diff(keys[order])) + 1
    starts, ends = np.r_[0, cuts], np.r_[cuts, n]
    found: list[NDArray[np.int64]] = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        size = end - start
        if size < 2:
            continue
        run = order[start:end]
        low, high = np.triu_indices(size, 1) if size <= _MOST_IN_BUCKET else (np.zeros(size - 1, int), np.arange(1, size))
        found.append(run[low] * n + run[high])
    return np.concatenate(found) if found else np.zeros(0, np.int64)


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
