"""One text out of several: align the words of all versions, then vote place by place.

Stands alone: lists of words in, one list of words with its votes out. The versions are aligned one after the other against the
word network built so far, at least edit cost; each place of the network holds words, or nothing, with the weight of those who
wrote it. The order in which versions are aligned is by closeness to all others, not by the order given, so that the result
does not depend on it. Source: the idea of Fiscus, "ROVER", ASRU 1997; network alignment by dynamic programming.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from milo.stats.ratings import Floats

NOTHING = ""
"""What a version has at a place where it has no word."""


class Voted(NamedTuple):
    """`words` chosen, the share of weight behind each (`support`), and, for each version, its word error rate against them."""

    words: list[str]
    support: list[float]
    error: list[float]


def vote_text(versions: Sequence[Sequence[str]], weight: Any = None) -> Voted:
    """The words that most versions have, place by place. `versions`: words, as they are to be compared.

    `weight`: at least 0, one for each version (default 1). At equal weight a word beats nothing, and of two words the one
    that comes first in the alphabet, so that the order of the versions does not matter. No versions give no words.
    """
    weights = np.ones(len(versions)) if weight is None else np.asarray(weight, dtype=np.float64)
    if weights.shape != (len(versions),) or (weights < 0).any() or not np.isfinite(weights).all():
        raise ValueError(f"A weight of at least 0 is needed for each of the {len(versions)} versions.")
    if not len(versions):
        return Voted([], [], [])
    network: list[dict[str, float]] = []
    total = 0.0
    for i in _central_first(versions, weights):
        network = _aligned(network, versions[i], float(weights[i]), total)
        total += float(weights[i])
    chosen = [min(place.items(), key=lambda entry: (-entry[1], entry[0] == NOTHING, entry[0])) for place in network]
    kept = [(word, share / total if total else 0.0) for word, share in chosen if word != NOTHING]
    words = [word for word, _ in kept]
    return Voted(words, [share for _, share in kept], [word_errors(v, words) / max(len(words), 1) for v in versions])


def _central_first(versions: Sequence[Sequence[str]], weights: Floats) -> list[int]:
    """The versions by their mean distance to the others, the closest first; ties by their words."""
    n = len(versions)
    away = np.zeros(n)
    for i in range(n):
        for j in range(i):
            far = word_errors(versions[i], versions[j])
            away[i] += far * weights[j]
            away[j] += far * weights[i]
    return sorted(range(n), key=lambda i: (away[i], list(versions[i]), float(weights[i])))


def word_errors(a: Sequence[str], b: Sequence[str]) -> int:
    """The least number of words to insert, delete or replace to turn one into the other (Levenshtein)."""
    codes = {word: i for i, word in enumerate(dict.fromkeys([*a, *b]))}
    x, y = (np.array([codes[w] for w in words], dtype=np.int64) for words in (a, b))
    row = np.arange(len(y) + 1)
    steps = np.arange(len(y) + 1)
    for i, word in enumerate(x.tolist(), start=1):
        best = np.empty(len(y) + 1, dtype=np.int64)
        best[0] = i
        best[1:] = np.minimum(row[:-1] + (y != word), row[1:] + 1)
        row = np.minimum.accumulate(best - steps) + steps
    return int(row[-1])


def _aligned(network: list[dict[str, float]], words: Sequence[str], weight: float, total: float) -> list[dict[str, float]]:
    """The network with one more version in it."""
    if not network:
        return [_with({NOTHING: total} if total else {}, word, weight) for word in words]
    moves = _moves(network, words, total)
    out: list[dict[str, float]] = []
    i, j = len(network), len(words)
    while i or j:
        move = moves[i][j]
        if move == 0:
            i, j = i - 1, j - 1
            out.append(_with(network[i], words[j], weight))
        elif move == 1:
            i -= 1
            out.append(_with(network[i], NOTHING, weight))
        else:
            j -= 1
            out.append(_with({NOTHING: total} if total else {}, words[j], weight))
    return out[::-1]


def _with(place: dict[str, float], word: str, weight: float) -> dict[str, float]:
    return {**place, word: place.get(word, 0.0) + weight}


def _moves(network: list[dict[str, float]], words: Sequence[str], total: float) -> Any:
    """For each cell of the alignment, how it is reached best: 0 together, 1 the version has no word here, 2 a new place.

    A word costs what share of weight does not have it at that place.
    """
    n, m = len(network), len(words)
    scale = total or 1.0
    share = [{word: w / scale for word, w in place.items()} for place in network]
    skip = [1 - place.get(NOTHING, 0.0) for place in share]
    cost = np.empty((n + 1, m + 1))
    moves = np.zeros((n + 1, m + 1), dtype=np.int8)
    cost[0], moves[0] = np.arange(m + 1), 2
    for i in range(1, n + 1):
        place, above, here = share[i - 1], cost[i - 1].tolist(), [cost[i - 1, 0] + skip[i - 1]]
        line = [1]
        for j in range(1, m + 1):
            together = above[j - 1] + 1 - place.get(words[j - 1], 0.0)
            absent = above[j] + skip[i - 1]
            new = here[j - 1] + 1.0
            least = min(together, absent, new)
            here.append(least)
            line.append(0 if together <= least + 1e-12 else 1 if absent <= least + 1e-12 else 2)
        cost[i], moves[i] = here, line
    return moves.tolist()
