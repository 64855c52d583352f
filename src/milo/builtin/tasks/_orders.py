"""Orders with ties: how far two agree, and the one that stands closest to several.

Stands alone because it is published statistics with nothing of questions in it: Kendall's tau-b (1945), the rule of Kemeny
(1959) for few candidates, and Borda's mean ranks for many. An order is a list of tiers, best first.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations, permutations, product
from math import isqrt, sqrt

Tiers = Sequence[Sequence[str]]
KEMENY_MOST = 5
"""So many candidates have 541 orders with ties; one more would have nine times as many."""


def ranks_of(tiers: Tiers) -> dict[str, int]:
    """The tier of each candidate, from 0."""
    return {ident: rank for rank, tier in enumerate(tiers) for ident in tier}


def tau_b(a: Tiers, b: Tiers) -> float | None:
    """Kendall's tau-b of two orders of the same candidates, -1..1; None where one of them puts all on one tier."""
    first, second = ranks_of(a), ranks_of(b)
    balance = apart_a = apart_b = 0
    for x, y in combinations(sorted(first), 2):
        one, two = _sign(first[x] - first[y]), _sign(second[x] - second[y])
        balance += one * two
        apart_a += one != 0
        apart_b += two != 0
    if not apart_a or not apart_b:
        return None
    product = apart_a * apart_b
    root = isqrt(product)
    return balance / (root if root * root == product else sqrt(product))


def agreement(a: Tiers, b: Tiers) -> float:
    """(tau-b + 1) / 2, so 0 for opposite orders and 1 for equal ones; 1/2 where just one of them prefers nothing."""
    tau = tau_b(a, b)
    if tau is None:
        return 1.0 if len(a) == len(b) else 0.5
    return min(1.0, max(0.0, (tau + 1) / 2))


def central(orders: Sequence[Tiers], ids: Sequence[str], *, ties: bool) -> list[list[str]]:
    """The order closest to all: Kemeny's for few candidates, else by Borda's mean ranks.

    `ids` is the candidates' own order, which settles what is equal otherwise.
    """
    return _kemeny(orders, ids, ties) if len(ids) <= KEMENY_MOST else _borda(orders, ids, ties)


def _kemeny(orders: Sequence[Tiers], ids: Sequence[str], ties: bool) -> list[list[str]]:
    """The least sum of distances; a pair costs 2 where it is turned round and 1 where just one of the two orders ties it."""
    votes = _votes(orders, ids)
    pairs = list(combinations(range(len(ids)), 2))

    def cost(ranks: Sequence[int]) -> int:
        return sum(votes[i, j][_sign(ranks[i] - ranks[j]) + 1] for i, j in pairs)

    best = min(_weak_orders(len(ids)) if ties else permutations(range(len(ids))), key=lambda ranks: (cost(ranks), ranks))
    return _tiers(best, ids)


def _votes(orders: Sequence[Tiers], ids: Sequence[str]) -> dict[tuple[int, int], tuple[int, int, int]]:
    """For each pair, what it costs to put the first before, level with, or behind the second."""
    costs: dict[tuple[int, int], tuple[int, int, int]] = {}
    ranks = [ranks_of(order) for order in orders]
    for i, j in combinations(range(len(ids)), 2):
        signs = [_sign(r[ids[i]] - r[ids[j]]) for r in ranks]
        costs[i, j] = (sum(abs(s + 1) for s in signs), sum(abs(s) for s in signs), sum(abs(s - 1) for s in signs))
    return costs


@lru_cache
def _weak_orders(n: int) -> tuple[tuple[int, ...], ...]:
    """Every way to give n candidates tiers from 0 without a gap."""
    return tuple(ranks for ranks in product(range(n), repeat=n) if len(set(ranks)) == max(ranks) + 1)


def _borda(orders: Sequence[Tiers], ids: Sequence[str], ties: bool) -> list[list[str]]:
    """By the sum of mid-ranks; equal sums are level where that is allowed."""
    sums = dict.fromkeys(ids, 0)
    for order in orders:
        above = 0
        for tier in order:
            for ident in tier:
                sums[ident] += 2 * above + len(tier) - 1
            above += len(tier)
    if not ties:
        return [[ident] for ident in sorted(ids, key=lambda i: (sums[i], ids.index(i)))]
    levels = sorted(set(sums.values()))
    return _tiers([levels.index(sums[i]) for i in ids], ids)


def _tiers(ranks: Sequence[int], ids: Sequence[str]) -> list[list[str]]:
    return [[i for i, rank in zip(ids, ranks, strict=True) if rank == at] for at in range(max(ranks) + 1)]


def _sign(x: int) -> int:
    return (x > 0) - (x < 0)
