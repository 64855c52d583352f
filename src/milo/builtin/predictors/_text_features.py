"""Text as hashed n-grams with TF-IDF weights, and which words spoke for a class.

Features of a text, after NFKC and lower-casing: character n-grams of 2 to 5 inside each token padded with a space, and
single tokens and pairs of them. A token is a run of letters and digits, or a run of anything else but space. All n-grams
of a batch are hashed at once as arrays, many times faster than a loop over strings, and every n-gram belongs to a token,
so that weights can be summed back to words. Nothing is stored of the texts but the hashes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
BITS = 21
"""Buckets per block (character n-grams, words): 2 ** BITS."""
_BATCH = 400_000
"""Code points worked on at once, about 100 MB."""
_P, _Q = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
_SPACE, _NEWLINE = 32, 10


class Grams(NamedTuple):
    """All n-grams of a batch: for each its document, its bucket (words from 2**BITS on) and its token; and the tokens:
    document and place (start, end) in `text`."""

    docs: Ints
    buckets: Ints
    tokens: Ints
    token_docs: Ints
    starts: Ints
    ends: Ints
    text: str


def batches(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Ranges (first, last exclusive) of texts that are worked on at once."""
    first = size = 0
    for i, text in enumerate(texts):
        size += len(text) + 1
        if size >= _BATCH:
            yield first, i + 1
            first, size = i + 1, 0
    if first < len(texts):
        yield first, len(texts)


def analyse(texts: Sequence[str]) -> Grams:
    """The n-grams of a batch of texts."""
    text = "\n" + "\n".join(_normal(t) for t in texts) + "\n"
    points = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)
    kinds = _kinds()[points]
    cut = np.flatnonzero((kinds[1:] != kinds[:-1]) & (kinds[1:] > 0) & (kinds[:-1] > 0)) + 1
    docs = np.insert(np.cumsum(points == _NEWLINE) - 1, cut, 0)
    origin = np.insert(np.arange(len(points)), cut, 0)
    solid = np.insert(kinds, cut, 0) > 0
    codes = np.where(solid, np.insert(points, cut, _SPACE), _SPACE).astype(np.uint64)
    first = solid & ~np.concatenate([[False], solid[:-1]])
    token = np.cumsum(first) - 1
    starts = np.flatnonzero(first)
    last = np.flatnonzero(solid & ~np.concatenate([solid[1:], [False]]))
    spans = (docs[starts], origin[starts], origin[last] + 1)
    if not len(starts):
        nothing = np.empty(0, dtype=np.int64)
        return Grams(nothing, nothing, nothing, *spans, text)
    parts = [*_char_grams(codes, solid, token), *_word_grams(codes, solid, token, starts, docs[starts])]
    tokens = np.concatenate([p[1] for p in parts])
    return Grams(docs[starts][tokens], np.concatenate([p[0] for p in parts]), tokens, *spans, text)


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


@cache
def _kinds() -> NDArray[np.uint8]:
    """By code point: 0 space, 1 letter, mark or digit, 2 anything else."""
    letter = (1 if chr(i).isalnum() else 2 for i in range(0x110000))
    table = np.fromiter(letter, dtype=np.uint8, count=0x110000)
    table[[i for i in range(0x3100) if chr(i).isspace()]] = 0
    table[[i for i in range(0x20000) if unicodedata.combining(chr(i))]] = 1
    return table


def _char_grams(codes: Any, solid: Any, token: Ints) -> Iterator[tuple[Ints, Ints]]:
    filled = np.concatenate([[0], np.cumsum(solid)])
    powers = np.cumprod(np.full(5, _P))
    rolling = codes * _P
    for n in range(2, 6):
        if len(codes) < n:
            return
        rolling = rolling[: len(codes) - n + 1] + codes[n - 1 :] * powers[n - 1]
        at = np.arange(len(rolling))
        inside = filled[at + n - 1] - filled[at + 1] == n - 2
        at = at[inside & (solid[: len(rolling)] | solid[1 : len(rolling) + 1])]
        yield _bucket(rolling[at] + np.uint64(n)), token[np.where(solid[at], at, at + 1)]


def _word_grams(codes: Any, solid: Any, token: Ints, starts: Ints, docs: Ints) -> Iterator[tuple[Ints, Ints]]:
    offset = np.where(solid, np.arange(len(codes)) - starts[np.maximum(token, 0)], 0)
    powers = np.cumprod(np.full(int(offset.max()) + 1, _Q))
    words = np.add.reduceat(np.where(solid, codes * powers[offset], np.uint64(0)), starts)
    every = np.arange(len(starts))
    yield _bucket(words) + (1 << BITS), every
    pair = every[:-1][docs[1:] == docs[:-1]]
    yield _bucket(words[pair] * _P + words[pair + 1]) + (1 << BITS), pair


def _bucket(hashed: Any) -> Ints:
    mixed = (hashed ^ (hashed >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xC4CEB9FE1A85EC53)
    return (mixed >> np.uint64(64 - BITS)).astype(np.int64)


class TextFeatures:
    """TF-IDF over the buckets that the training texts used. `columns`: their buckets, ascending, int64, shape (d,);
    `idf`: float64, shape (d,)."""

    def __init__(self, columns: Any, idf: Any) -> None:
        self.columns: Ints = np.asarray(columns, dtype=np.int64)
        self.idf: Floats = np.asarray(idf, dtype=np.float64)
        self._place = np.full(2 << BITS, -1, dtype=np.int32)
        self._place[self.columns] = np.arange(len(self.columns), dtype=np.int32)

    @staticmethod
    def fit(texts: Sequence[str], limit: int, common: float = 1.0) -> TextFeatures:
        """Learn the columns and their weights; of more than `limit` columns the ones in most texts stay, and none that is
        in more than the share `common` of the texts."""
        seen = np.zeros(2 << BITS, dtype=np.int64)
        for first, last in batches(texts):
            grams = analyse(texts[first:last])
            ones = np.ones(len(grams.docs), dtype=np.int32)
            pairs = csr_matrix((ones, (grams.docs, grams.buckets)), shape=(last - first, 2 << BITS))
            pairs.sum_duplicates()
            seen += np.bincount(pairs.indices, minlength=2 << BITS)
        columns = np.flatnonzero((seen > 0) & (seen <= common * len(texts)))
        if len(columns) > limit:
            keep = np.argsort(-seen[columns], kind="stable")[:limit]
            columns = np.sort(columns[keep])
        return TextFeatures(columns, np.log((1 + len(texts)) / (1 + seen[columns])) + 1)

    def rows(self, grams: Grams, n: int) -> Any:
        """The features of a batch of `n` texts: CSR, float64, shape (n, d). The character block and the word block of each row
        have length sqrt(1/2), so that a full row has length 1."""
        places = self._place[grams.buckets]
        known = places >= 0
        ones = np.ones(int(known.sum()))
        table = csr_matrix((ones, (grams.docs[known], places[known])), shape=(n, len(self.columns)))
        table.sum_duplicates()
        table.data = (1 + np.log(table.data)) * self.idf[table.indices]
        row = np.repeat(np.arange(n), np.diff(table.indptr))
        block = row * 2 + (self.columns[table.indices] >> BITS)
        length = np.sqrt(2 * np.bincount(block, weights=table.data**2, minlength=2 * n))
        table.data /= length[block]
        return table

    def transform(self, texts: Sequence[str]) -> Any:
        """The features of any number of texts: CSR, shape (n, d)."""
        from scipy.sparse import vstack

        parts = [self.rows(analyse(texts[a:b]), b - a) for a, b in batches(texts)]
        return vstack(parts, format="csr") if parts else csr_matrix((0, len(self.columns)))

    def speaking(self, grams: Grams, weights: Any, chosen: Any, against_others: bool) -> list[str]:
        """For each text of a batch the words that spoke most for its class, like "refund, charged twice"; "" if none.

        `weights`: shape (d, classes); `chosen`: the class of each text, shape (n,). A word's voice is the sum, over its
        n-grams, of idf times the class's weight (`against_others`: its lead over the mean of all classes).
        """
        places = self._place[grams.buckets]
        known = places >= 0
        at, doc = places[known], grams.docs[known]
        rest = weights.mean(axis=1) if against_others else np.zeros(len(weights))
        voice = (weights[at, chosen[doc]] - rest[at]) * self.idf[at]
        heard: Any = np.bincount(grams.tokens[known], weights=voice, minlength=len(grams.starts))
        edges = np.searchsorted(grams.token_docs, np.arange(len(chosen) + 1))
        return [_phrases(grams, heard, int(a), int(b)) for a, b in pairwise(edges)]


def _phrases(grams: Grams, heard: Floats, first: int, last: int) -> str:
    """The strongest words of one text; words that stand side by side become one phrase."""
    loudest = (first + np.argsort(-heard[first:last], kind="stable")[:12]).tolist()
    floor = max(0.0, 0.2 * float(heard[loudest[0]])) if loudest else 0.0
    words: dict[str, int] = {}
    for t in loudest:
        word = grams.text[grams.starts[t] : grams.ends[t]]
        if heard[t] > floor and word[:1].isalnum() and 2 <= len(word) <= 30:
            words.setdefault(word, t)
    return ", ".join(_joined(grams, list(words.values())[:3]))


def _joined(grams: Grams, tokens: list[int]) -> list[str]:
    runs: list[list[int]] = []
    for t in sorted(tokens):
        if runs and t == runs[-1][1] + 1:
            runs[-1][1] = t
        else:
            runs.append([t, t])
    runs.sort(key=lambda r: min(tokens.index(t) for t in range(r[0], r[1] + 1)))
    return [grams.text[grams.starts[a] : grams.ends[b]] for a, b in runs]
