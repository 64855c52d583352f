"""How many independent opinions the answers amount to: copies count once, and no crowd counts without limit.

Stands alone: answers in, a weight for each answer out, which every aggregation in this package takes: it is the power to which
the answer's likelihood is raised when a task is judged, while each worker's errors are still learned from all answers. All of
them assume that sources err independently given the truth. Where they do not (one person with two accounts, two prompts of
one model, people who saw the same suggestion), certainty grows with every further copy although nothing is learned. So

1. **Found dependence.** For each two workers, how often they agree is held against how often they should if they erred
   independently: (1 + (K - 1) s_a s_b) / K, with skills s from their agreement with *the others* (a rank-one fit over all
   pairs; pairs that hardly ever differ stay out of the fit, since copies would vouch for each other). r_ab is the posterior
   mean of the share of answers that one took from the other: 0 beforehand but for a small chance, else 0.3, 0.6, 0.9 or all.
   Two workers who hardly ever differ and whom nobody else can be held against count as copies.
2. **Effective number.** On a task, answer i counts a_i = 1 / sum_j r_ij (with r_ii = 1; a second answer of the same
   worker has r = 1): k exact copies count 1 / k each. Their sum G is the number of independent opinions.
3. **Base rate.** Even sources that show no dependence share what makes a task hard. Each weight is divided by
   1 + (G - 1) * floor, the design effect of an intraclass correlation `floor` (Kish, Survey Sampling, 1965). The total weight
   of a task is below 1 / floor, whatever is added.

A copy of one worker among independent others thus adds nothing that grows, and 1 / floor bounds what undetected
dependence can do. Skilled workers who agree because they are right are not punished for it, as far as others can vouch
for them. What cannot be told without gold answers: whether a majority that errs together is a clique or right.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from milo.stats.answers import Answers
from milo.stats.ratings import Floats, Ints, pairs_within, tally

Bools = NDArray[np.bool_]

FLOOR = 0.2
"""The correlation of errors assumed between any two sources. Chosen on recorded crowds, where it brings the claimed
certainty of Dawid-Skene near its accuracy; see the page of measurements in the documentation."""

_ALIKE = 0.98
_ENOUGH = 20
_MOST_PAIRS = 4_000_000
_SUSPICION = 0.01
_SHARES = (0.3, 0.6, 0.9, 0.999)


class Dependent(NamedTuple):
    """Two workers whose answers agree more than independent errors allow. `dependence` is in 0..1, 1 for copies."""

    a: int
    b: int
    shared: int
    seen: float
    expected: float
    dependence: float


class Independence(NamedTuple):
    """`weight`: what each answer counts, shape (answers,), for the `weight` of every aggregation. `effective`: independent
    opinions on each task, shape (n_tasks,), before the base rate. `pairs`: the workers who took a quarter or more from each
    other, most dependent first."""

    weight: Floats
    effective: Floats
    pairs: list[Dependent]


def independence(given: Answers, *, floor: float = FLOOR, seed: int = 0) -> Independence:
    """Weights that keep certainty honest. `floor` in 0..1: the correlation assumed between any two sources (0: none).

    Beyond four million pairs of answers, dependence is looked for on a random part of the tasks.
    Raises ValueError for a floor outside 0..1.
    """
    if not 0 <= floor <= 1:
        raise ValueError(f"The floor is {floor}; it must lie between 0 and 1, for example {FLOOR}.")
    pairs = _pairs(given, seed)
    found = _dependent(pairs, given.n_labels, given.n_workers)
    own = np.ones(len(given.task))
    for a, b in pairs_within(given.task, given.n_tasks):
        _add(own, given, a, b, found)
    opinion = 1 / own
    effective = tally(given.task, opinion, given.n_tasks)
    weight = opinion / (1 + np.maximum(effective - 1, 0) * floor)[given.task]
    listed = [Dependent(*row) for row in zip(*(c.tolist() for c in found), strict=True) if row[-1] >= 0.25]
    return Independence(weight, effective, sorted(listed, key=lambda d: (-d.dependence, d.a, d.b)))


class _Pairs(NamedTuple):
    """Pairs of workers a < b, how many tasks they share, and on how many they agree."""

    a: Ints
    b: Ints
    shared: Floats
    same: Floats


class _Found(NamedTuple):
    a: Ints
    b: Ints
    shared: Ints
    seen: Floats
    expected: Floats
    dependence: Floats


def _pairs(given: Answers, seed: int) -> _Pairs:
    task, worker, label = _part(given, seed)
    keys: list[Ints] = []
    alike: list[Ints] = []
    for i, j in pairs_within(task, given.n_tasks):
        low, high = np.minimum(worker[i], worker[j]), np.maximum(worker[i], worker[j])
        other = low != high
        keys.append((low * given.n_workers + high)[other])
        alike.append((label[i] == label[j])[other].astype(np.int64))
    if not keys:
        none = np.empty(0, dtype=np.int64)
        return _Pairs(none, none, np.empty(0), np.empty(0))
    key = np.concatenate(keys)
    if given.n_workers**2 <= 4 * len(key) + 1_000_000:
        shared = np.bincount(key, minlength=given.n_workers**2)
        same = tally(key, np.concatenate(alike), given.n_workers**2)
        there = np.flatnonzero(shared)
        return _Pairs(there // given.n_workers, there % given.n_workers, shared[there].astype(np.float64), same[there])
    there, place, shared = np.unique(key, return_inverse=True, return_counts=True)
    same = tally(place, np.concatenate(alike), len(there))
    return _Pairs(there // given.n_workers, there % given.n_workers, shared.astype(np.float64), same)


def _part(given: Answers, seed: int) -> tuple[Ints, Ints, Ints]:
    """All answers, or those to a random part of the tasks where there are too many pairs."""
    sizes = np.bincount(given.task, minlength=given.n_tasks)
    total = int((sizes * (sizes - 1) // 2).sum())
    if total <= _MOST_PAIRS:
        return given.task, given.worker, given.label
    kept = np.random.default_rng(seed).random(given.n_tasks) < _MOST_PAIRS / total
    rows = kept[given.task]
    return given.task[rows], given.worker[rows], given.label[rows]


def _dependent(pairs: _Pairs, k: int, n_workers: int) -> _Found:
    chance = min(_SUSPICION, 0.5 / max(n_workers, 1))
    seen = pairs.same / np.maximum(pairs.shared, 1)
    skill_product = (k * seen - 1) / (k - 1)
    suspect = (seen >= _ALIKE) & (pairs.shared >= _ENOUGH)
    expected, dependence = seen.copy(), np.zeros(len(seen))
    for _ in range(3):
        skill, known = _skills(pairs, skill_product, ~suspect, n_workers)
        product = np.clip(skill[pairs.a] * skill[pairs.b], -1 / (k - 1), 1.0)
        expected = np.clip((1 + (k - 1) * product) / k, 1e-3, 1 - 1e-6)
        dependence = _taken(pairs, expected, chance)
        alone = (seen >= _ALIKE) & (pairs.shared >= _ENOUGH) & ~(known[pairs.a] & known[pairs.b])
        dependence = np.where(alone, np.maximum(skill_product, 0.0), dependence)
        now = suspect | (dependence > 0.25)
        if (now == suspect).all():
            break
        suspect = now
    keep = dependence > 0
    return _Found(
        pairs.a[keep], pairs.b[keep], pairs.shared[keep].astype(np.int64), seen[keep], expected[keep], dependence[keep]
    )


def _taken(pairs: _Pairs, expected: Floats, chance: float) -> Floats:
    """The posterior mean of the share of answers taken over, from how often two agree; small ones are 0. Shape (pairs,)."""
    differ = pairs.shared - pairs.same
    logs = np.zeros((len(_SHARES) + 1, len(expected)))
    logs[0] = np.log(1 - chance)
    for i, share in enumerate(_SHARES, start=1):
        agree = expected + (1 - expected) * share
        gain = pairs.same * np.log(agree / expected) + differ * np.log((1 - agree) / (1 - expected))
        logs[i] = np.log(chance / len(_SHARES)) + gain
    weight = np.exp(logs - logs.max(axis=0)) if len(expected) else logs
    mean = (weight[1:] * np.array(_SHARES)[:, None]).sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-300)
    return np.where(mean >= 0.05, mean, 0.0)


def _skills(pairs: _Pairs, product: Floats, use: Bools, n_workers: int) -> tuple[Floats, Bools]:
    """Skills whose products fit the chance-corrected agreement of the pairs in use, and whose skill rests on a pair at all.

    Weighed least squares, one worker at a time given the others, damped, shrunk towards the mean as 3 answers would.
    """
    a, b, y, n = pairs.a[use], pairs.b[use], product[use], pairs.shared[use]
    known = np.bincount(np.concatenate([a, b]), minlength=n_workers) > 0
    level = (
        float(np.clip((y * n).sum() / n.sum(), 0.01, 1.0))
        if n.sum()
        else float(np.clip(product.mean(), 0.01, 1.0))
        if len(product)
        else 1.0
    )
    mean = level**0.5
    skill = np.full(n_workers, mean)
    for _ in range(50):
        top = tally(a, n * y * skill[b], n_workers) + tally(b, n * y * skill[a], n_workers) + 3 * mean**3
        bottom = tally(a, n * skill[b] ** 2, n_workers) + tally(b, n * skill[a] ** 2, n_workers) + 3 * mean**2
        fresh = np.clip((skill + top / bottom) / 2, -1.0, 1.0)
        if float(np.abs(fresh - skill).max(initial=0)) < 1e-4:
            break
        skill = fresh
    return skill, known


def _add(own: Floats, given: Answers, first: Ints, second: Ints, found: _Found) -> None:
    """Add to each answer what it shares with the others on its task; the arrays are pairs of rows."""
    a, b = given.worker[first], given.worker[second]
    low, high = np.minimum(a, b), np.maximum(a, b)
    share = (low == high).astype(np.float64)
    if len(found.a):
        keys = found.a * given.n_workers + found.b
        at = np.minimum(np.searchsorted(keys, low * given.n_workers + high), len(keys) - 1)
        hit = keys[at] == low * given.n_workers + high
        share[hit] = found.dependence[at[hit]]
    some = share > 0
    np.add.at(own, first[some], share[some])
    np.add.at(own, second[some], share[some])
