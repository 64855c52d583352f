"""Pictures that are nearly the same: scaled, compressed anew, made brighter, or cut a little at the edges.

Candidates by a hash of 64 bits of the low frequencies of the grey picture (a DCT hash, as in Zauner 2010), of the whole of it
and of its middle; each is checked by the correlation of the two pictures, over a few ways in which one may be cut out of the
other. Brightness and contrast do not count. Work is bounded: hashes of all pairs are compared (8 bytes each), pictures only of
those that are near.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIDE = 32
"""Pictures are given as squares of so many pixels, in grey."""
MOST = 200_000
FAR = 14
"""Bits in which hashes of candidates differ at most; those of any two pictures differ in about 32."""
USUAL = 0.92
_BITS = 8
_FINE = 16
_CUTS = (1.0, 0.95, 0.9)
_STEP = 500
_CELLS = 4_000_000
_MOST_ALIKE = 200
_KEPT = 20_000


class NearPictures:
    """Collects pictures, then tells which are nearly the same."""

    def __init__(self) -> None:
        self._idents: list[int] = []
        self._pictures: list[NDArray[np.uint8]] = []
        self._places: dict[int, int] = {}
        self._views: dict[int, NDArray[np.float32]] = {}

    def add(self, ident: int, grey: NDArray[Any]) -> None:
        """Take a picture of SIDE x SIDE; one without anything on it is passed over. Raises ValueError for too many."""
        if len(self._idents) >= MOST:
            raise ValueError(f"more than {MOST:,} pictures")
        if float(np.std(grey)) >= 2.0:
            self._places[ident] = len(self._idents)
            self._idents.append(ident)
            self._pictures.append(np.asarray(grey, np.uint8))

    def compare(self, least: float = USUAL) -> Iterator[tuple[float, dict[tuple[int, int], float]]]:
        """Goes on in short steps: the share of the work that is done, and the pairs that a step found, smaller number first."""
        n = len(self._pictures)
        hashes = np.zeros((len(_CUTS), n), np.uint64)
        for start in range(0, n, _STEP):
            for place, picture in enumerate(self._pictures[start : start + _STEP], start):
                hashes[:, place] = [_hash(_cut(picture, share)) for share in _CUTS]
            yield 0.3 * min(1.0, (start + _STEP) / n), {}
        leaders, followers = _leaders(hashes[0])
        yield 0.3, self._alike(followers, least)
        for done, near in _candidates(hashes, leaders):
            yield 0.3 + 0.7 * done, self._alike(near, least)

    def _alike(self, near: list[tuple[int, int]], least: float) -> dict[tuple[int, int], float]:
        found: dict[tuple[int, int], float] = {}
        for a, b in near:
            alike = self._between(a, b)
            if alike >= least:
                low, high = sorted((self._idents[a], self._idents[b]))
                found[low, high] = alike
        return found

    def between(self, a: int, b: int) -> float:
        """How alike two of the pictures are, by their numbers."""
        return self._between(self._places[a], self._places[b])

    def _between(self, a: int, b: int) -> float:
        one, other = self._seen(a), self._seen(b)
        return min(1.0, max(float((one @ other[0]).max()), float((other @ one[0]).max())))

    def _seen(self, place: int) -> NDArray[np.float32]:
        """The views of a picture; those of the pictures looked at lately are kept."""
        if place not in self._views:
            if len(self._views) >= _KEPT:
                self._views.clear()
            self._views[place] = _views(self._pictures[place])
        return self._views[place]

    def pairs(self, least: float = USUAL) -> dict[tuple[int, int], float]:
        """Pairs with a correlation of at least so much, smaller number first."""
        found: dict[tuple[int, int], float] = {}
        for _, more in self.compare(least):
            found |= more
        return dict(sorted(found.items()))


def _leaders(hashes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], list[tuple[int, int]]]:
    """The places that are compared with all others; of very many with one hash the first is, and the rest with that alone."""
    _, first, which, count = np.unique(hashes, return_index=True, return_inverse=True, return_counts=True)
    places = np.arange(len(hashes))
    follows = (count[which] > _MOST_ALIKE) & (first[which] != places)
    pairs = zip(first[which][follows].tolist(), places[follows].tolist(), strict=True)
    return places[~follows], [(a, b) for a, b in pairs]


def _candidates(hashes: NDArray[np.uint64], leaders: NDArray[np.int64]) -> Iterator[tuple[float, list[tuple[int, int]]]]:
    """Places of pictures whose hashes are near, the whole of one against the whole or the middle of the other; of a picture
    with very many that are near, the nearest."""
    n = len(leaders)
    whole, block = hashes[0][leaders], max(1, _CELLS // max(1, n))
    for start in range(0, n, block):
        rows = leaders[start : start + block]
        apart = np.min([np.bitwise_count(some[rows, None] ^ whole[None, :]) for some in hashes], axis=0)
        apart[np.arange(len(rows)), np.arange(start, start + len(rows))] = 255
        found: set[tuple[int, int]] = set()
        for i in np.flatnonzero((apart <= FAR).any(axis=1)).tolist():
            near = np.flatnonzero(apart[i] <= FAR)
            if len(near) > _MOST_ALIKE:
                near = near[np.argsort(apart[i][near], kind="stable")[:_MOST_ALIKE]]
            found.update(
                (min(a, b), max(a, b)) for a, b in zip([int(rows[i])] * len(near), leaders[near].tolist(), strict=True)
            )
        yield (start + len(rows)) / n, sorted(found)


def _hash(grey: NDArray[Any]) -> int:
    """The signs of the lowest frequencies against their median, the constant part left out."""
    wave = _DCT @ grey @ _DCT.T
    low = wave.ravel()[1:]
    bits = low > np.median(low)
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def _cut(grey: NDArray[Any], share: float, x: float = 0.5, y: float = 0.5, side: int = SIDE) -> NDArray[np.float32]:
    """A part with so large a share of either side, placed by x and y (0: left or top, 1: right or bottom), resampled."""
    steps = (np.arange(side) + 0.5) / side * share * SIDE - 0.5
    rows, columns = (np.clip(steps + at * (1 - share) * SIDE, 0, SIDE - 1) for at in (y, x))
    top, left = np.minimum(rows.astype(int), SIDE - 2), np.minimum(columns.astype(int), SIDE - 2)
    down, over = (rows - top)[:, None], (columns - left)[None, :]
    g = np.asarray(grey, np.float32)
    upper = g[np.ix_(top, left)] * (1 - over) + g[np.ix_(top, left + 1)] * over
    lower = g[np.ix_(top + 1, left)] * (1 - over) + g[np.ix_(top + 1, left + 1)] * over
    return (upper * (1 - down) + lower * down).astype(np.float32)


def _views(grey: NDArray[Any]) -> NDArray[np.float32]:
    """The picture and ways to cut it, each as a vector of length 1 about its mean; the first is the whole."""
    found: list[NDArray[np.float32]] = []
    for share in _CUTS:
        places = [(0.5, 0.5)] if share == 1.0 else [(x, y) for y in (0.0, 0.5, 1.0) for x in (0.0, 0.5, 1.0)]
        for x, y in places:
            part = _cut(grey, share, x, y, _FINE).ravel()
            part -= part.mean()
            found.append(part / max(1e-6, float(np.linalg.norm(part))))
    return np.array(found, np.float32)


_DCT = np.cos(np.arange(_BITS)[:, None] * ((np.arange(SIDE) + 0.5) * np.pi / SIDE)[None, :])
"""The lowest frequencies of a cosine transform."""
