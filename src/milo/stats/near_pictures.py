"""Pictures that are nearly the same: scaled, compressed anew, made brighter, or cut a little at the edges.

Candidates by a hash of 64 bits of the low frequencies of the grey picture (a DCT hash, as in Zauner 2010), of the whole of it
and of its middle; each is checked by the correlation of the two pictures, over a few ways in which one may be cut out of the
other. Brightness and contrast do not count. Work is bounded: hashes of all pairs are compared (8 bytes each), pictures only of
those that are near.
"""

from __future__ import annotations

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
_BLOCK = 1024


class NearPictures:
    """Collects pictures, then tells which are nearly the same."""

    def __init__(self) -> None:
        self._idents: list[int] = []
        self._pictures: list[NDArray[np.uint8]] = []

    def add(self, ident: int, grey: NDArray[Any]) -> None:
        """Take a picture of SIDE x SIDE; one without anything on it is passed over. Raises ValueError for too many."""
        if len(self._idents) >= MOST:
            raise ValueError(f"more than {MOST:,} pictures")
        if float(np.std(grey)) >= 2.0:
            self._idents.append(ident)
            self._pictures.append(np.asarray(grey, np.uint8))

    def pairs(self, least: float = USUAL) -> dict[tuple[int, int], float]:
        """Pairs with a correlation of at least so much, smaller number first."""
        hashes = [np.array([_hash(_cut(p, share)) for p in self._pictures], np.uint64) for share in _CUTS]
        found: dict[tuple[int, int], float] = {}
        views: dict[int, NDArray[np.float32]] = {}
        for a, b in _candidates(hashes):
            for n in (a, b):
                if n not in views:
                    views[n] = _views(self._pictures[n])
            alike = max(float((views[a] @ views[b][0]).max()), float((views[b] @ views[a][0]).max()))
            if alike >= least:
                low, high = sorted((self._idents[a], self._idents[b]))
                found[low, high] = min(1.0, alike)
        return dict(sorted(found.items()))


def _candidates(hashes: list[NDArray[np.uint64]]) -> list[tuple[int, int]]:
    """Places of pictures whose hashes are near, the whole of one against the whole or the middle of the other."""
    whole, found = hashes[0], set[tuple[int, int]]()
    for start in range(0, len(whole), _BLOCK):
        for some in hashes:
            apart = np.bitwise_count(some[start : start + _BLOCK, None] ^ whole[None, :])
            for i, j in np.argwhere(apart <= FAR).tolist():
                if start + i != j:
                    found.add((min(start + i, j), max(start + i, j)))
    return sorted(found)


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
