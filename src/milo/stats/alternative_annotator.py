"""The alternative annotator test: may a model stand in for a person here?

Stands alone: answers of people and of a model in, a verdict with its reasons out. Each person in turn is left out; on
every item they answered it is asked whether the model or the person is closer to the others. The person's advantage is
d = [person at least as close] - [model at least as close], in -1, 0, 1. The model wins against that person if the mean of d is
below `epsilon`, the advantage that a person's work would have to bring for its price, by a one-sided test, with
Benjamini-Yekutieli control over the persons. It passes if it wins against at least half of them.

The authors test the mean by a t-test, and with fewer than 30 items by Wilcoxon's signed-rank test. d takes three values only,
and in simulations at the border (mean of d just epsilon) the t-test wins in up to 19 % instead of 5 % of cases, Wilcoxon's in
up to 95 %, when the model is seldom worse than the person. So the default here is exact: the largest chance of so small a t
statistic over all ways in which the mean can be epsilon, as far as the share of d other than 0 allows them (Berger and Boos,
JASA 89, 1994). `test="published"` gives the authors' tests.

Usual `epsilon`: 0.2 against experts, 0.15 skilled people, 0.1 crowd workers; less where people agree little. Three people
or more, and 50 to 100 items each, are usually enough. Source: Calderon, Reichart and Dror, ACL 2025 (arXiv:2501.10970).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from milo.stats.intervals import clopper_pearson
from milo.stats.measure import Measure, undefined
from milo.stats.ratings import Floats, Ints, columns, tally

_MOST_EXACT = 500


class Against(NamedTuple):
    """The model against one person: on `n` items, `advantage` is the share of items where the model is at least as close to the
    others as the person is, `difference` the mean of d, `p` the raw and `adjusted` the Benjamini-Yekutieli p-value."""

    annotator: int
    n: int
    advantage: float
    difference: float
    p: float
    adjusted: float
    wins: bool


class Verdict(NamedTuple):
    """`passes` is None where the test could not be made; `why` then says the reason.

    `winning_rate`: the share of persons against whom the model wins. `advantage`: the mean over persons of each one's
    `advantage`, to compare models by; with a bootstrap interval over items. `skipped`: persons with too few items, as
    (annotator, items).
    """

    passes: bool | None
    winning_rate: float | None
    advantage: Measure
    epsilon: float
    against: list[Against]
    skipped: list[tuple[int, int]]
    why: str


def alternative_annotator_test(
    item: Any,
    annotator: Any,
    value: Any,
    model: Any,
    *,
    epsilon: float = 0.2,
    score: Any = "match",
    expert: int | None = None,
    test: str = "exact",
    least: int = 10,
    level: float = 0.05,
    replicates: int = 500,
    seed: int = 0,
) -> Verdict:
    """Test the model against the people.

    `item`, `annotator`: int, shape (answers,); `value`: label codes, or numbers for "rmse"; `model`: the model's value for each
    item, shape (n_items,), a negative code or NaN where there is none. `score` says who is closer: "match" (share of the
    others who gave the same label), "rmse" (root mean squared distance to them), or a similarity matrix over labels, shape
    (K, K). `expert`: one annotator whose answers alone are the yardstick for all others (the single-expert variant).
    Items with fewer than two people do not count, and persons with fewer than `least` items are skipped. `test`: "exact" or
    "published", see above. `level`: false discovery rate. Raises ValueError for what does not fit.
    """
    items, people = columns(item, annotator)
    values, own = np.asarray(value, dtype=np.float64), np.asarray(model, dtype=np.float64)
    if values.shape != items.shape or own.ndim != 1 or (len(items) and items.max() >= len(own)):
        raise ValueError("Each answer needs one value, and each item one value of the model (negative or NaN for none).")
    there = np.isfinite(own) if isinstance(score, str) and score == "rmse" else own >= 0
    keep = there[items] & np.isfinite(values)
    items, people, values = items[keep], people[keep], values[keep]
    human, machine = _scores(items, people, values, own, score, expert)
    usable = np.isfinite(human)
    return compare_scores(
        items[usable],
        people[usable],
        human[usable],
        machine[usable],
        epsilon=epsilon,
        test=test,
        least=least,
        level=level,
        replicates=replicates,
        seed=seed,
    )


def compare_scores(
    item: Any,
    annotator: Any,
    human: Any,
    machine: Any,
    *,
    epsilon: float = 0.2,
    test: str = "exact",
    least: int = 10,
    level: float = 0.05,
    replicates: int = 500,
    seed: int = 0,
) -> Verdict:
    """The test from scores of any kind: for each answer of a person, how close the person (`human`) and the model (`machine`)
    come to the other people who answered the item; float, shape (answers,), the higher, the closer."""
    if not 0 <= epsilon < 1:
        raise ValueError(f"epsilon is {epsilon}; it must lie in 0..1, for example 0.2.")
    if test not in ("exact", "published"):
        raise ValueError(f'There is no test "{test}". Give exact or published.')
    items, people = columns(item, annotator)
    close, near = np.asarray(human, dtype=np.float64), np.asarray(machine, dtype=np.float64)
    better = near >= close - 1e-12
    d = (close >= near - 1e-12).astype(np.float64) - better
    names, n = np.unique(people, return_counts=True)
    skipped = [(int(a), int(k)) for a, k in zip(names, n, strict=True) if k < least]
    tested = names[n >= least]
    if not len(tested):
        why = f"Nobody has {least} items that another person and the model answered too."
        return Verdict(None, None, undefined(why), epsilon, [], skipped, why)
    p_value = exact_p_value if test == "exact" else published_p_value
    raw = np.array([p_value(d[people == a], epsilon) for a in tested])
    adjusted = benjamini_yekutieli(raw)
    against: list[Against] = []
    for a, p, q in zip(tested.tolist(), raw.tolist(), adjusted.tolist(), strict=True):
        own = people == a
        against.append(Against(a, int(own.sum()), float(better[own].mean()), float(d[own].mean()), p, q, q <= level))
    rate = sum(a.wins for a in against) / len(against)
    advantage = _advantage(items, people, better, tested, 1 - level, replicates, seed)
    return Verdict(rate >= 0.5, rate, advantage, epsilon, against, skipped, _remark(len(against)))


def _remark(n: int) -> str:
    return "" if n >= 3 else f"Only {n} could be tested; with fewer than three the others are no consensus."


def benjamini_yekutieli(p: Any) -> Floats:
    """P-values adjusted for the false discovery rate under any dependence: reject where they are at most the level.

    Source: Benjamini and Yekutieli, Annals of Statistics 29 (2001).
    """
    raw = np.asarray(p, dtype=np.float64)
    m = len(raw)
    order = np.argsort(raw, kind="stable")
    ranks = np.arange(1, m + 1)
    scaled = raw[order] * m * (1 / ranks).sum() / ranks
    out = np.empty(m)
    out[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return out


def published_p_value(d: Floats, epsilon: float) -> float:
    """Is the mean of d below epsilon, by the authors' tests: Student's t from 30 values on, Wilcoxon's signed ranks below."""
    from scipy import stats

    if (d == d[0]).all():
        return float(d[0] >= epsilon)
    if len(d) >= 30:
        found: Any = stats.ttest_1samp(d, epsilon, alternative="less")
    else:
        found = stats.wilcoxon(d - epsilon, alternative="less", method="approx")
    return float(found.pvalue)


def exact_p_value(d: Floats, epsilon: float, set_aside: float = 0.001) -> float:
    """Is the mean of d, values -1, 0 or 1, below epsilon: valid for any number of values up to 500, then a t-test.

    The largest probability of a t statistic as small as that seen, over the shares of values other than 0 within their exact
    interval of level 1 - `set_aside`, which is added to it.
    """
    n, other = len(d), int(np.count_nonzero(d))
    if n > _MOST_EXACT:
        return published_p_value(d, epsilon)
    up, down = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    possible = up + down <= n
    up, down = up[possible], down[possible]
    seen = _student(np.array([(d > 0).sum()]), np.array([(d < 0).sum()]), n, epsilon)
    as_small = _student(up, down, n, epsilon) <= seen + 1e-12
    ways = _log_ways(up[as_small], down[as_small], n)
    low, high = clopper_pearson(other, n, 1 - set_aside)
    largest = 0.0
    for share in np.linspace(max(low, epsilon, 1e-9), max(high, epsilon, 1e-9), 41).tolist():
        rate = np.log(np.maximum([(share + epsilon) / 2, (share - epsilon) / 2, 1 - share], 1e-300))
        logs = ways + up[as_small] * rate[0] + down[as_small] * rate[1] + (n - up - down)[as_small] * rate[2]
        largest = max(largest, float(np.exp(logs).sum()))
    return min(1.0, largest + set_aside)


def _student(up: Ints, down: Ints, n: int, epsilon: float) -> Floats:
    """The t statistic of n values of which `up` are 1 and `down` are -1, against epsilon, without the factor sqrt(n - 1)."""
    mean = (up - down) / n
    spread = np.sqrt(np.maximum((up + down) / n - mean**2, 0.0))
    gap = mean - epsilon
    return np.divide(gap, spread, out=np.where(gap < 0, -np.inf, np.inf), where=spread > 0)


def _log_ways(up: Ints, down: Ints, n: int) -> Floats:
    from scipy.special import gammaln

    return gammaln(n + 1) - gammaln(up + 1) - gammaln(down + 1) - gammaln(n - up - down + 1)


def _scores(items: Ints, people: Ints, values: Floats, model: Floats, score: Any, expert: int | None) -> tuple[Floats, Floats]:
    """For each answer, how close it and the model come to the others on the item (or to the expert); NaN where none is."""
    yardstick = np.ones(len(items), dtype=bool) if expert is None else people == expert
    counted = yardstick.astype(np.float64)
    itself = counted if expert is None else np.zeros(len(items))
    others = tally(items[yardstick], counted[yardstick], len(model))[items] - itself
    valid = (others > 0) & (np.ones(len(items), dtype=bool) if expert is None else ~yardstick)
    if isinstance(score, str) and score == "rmse":
        near, far = _distances(items, values, model, yardstick, itself, others)
    else:
        near, far = _likeness(items, values, model, yardstick, itself, score)
    human = np.where(valid, near / np.where(valid, others, 1), np.nan)
    machine = np.where(valid, far / np.where(valid, others, 1), np.nan)
    return (-np.sqrt(-human), -np.sqrt(-machine)) if isinstance(score, str) and score == "rmse" else (human, machine)


def _distances(
    items: Ints, values: Floats, model: Floats, yardstick: Any, itself: Floats, others: Floats
) -> tuple[Floats, Floats]:
    """Minus the summed squared distances to the others, of each answer and of the model."""
    centre = tally(items[yardstick], values[yardstick], len(model)) / np.maximum(
        tally(items[yardstick], np.ones(int(yardstick.sum())), len(model)), 1
    )
    v, m = values - centre[items], np.nan_to_num(model)[items] - centre[items]
    total = tally(items[yardstick], v[yardstick], len(model))[items] - itself * v
    square = tally(items[yardstick], v[yardstick] ** 2, len(model))[items] - itself * v**2
    near, far = (np.maximum(others * x**2 - 2 * x * total + square, 0.0) for x in (v, m))
    return -near, -far


def _likeness(items: Ints, values: Floats, model: Floats, yardstick: Any, itself: Floats, score: Any) -> tuple[Floats, Floats]:
    """The summed similarity to the others, of each answer and of the model."""
    codes, own = values.astype(np.int64), np.maximum(model, 0).astype(np.int64)
    k = int(max(codes.max(initial=0), own.max(initial=0))) + 1
    alike = _similarity(score, k)
    flat = items[yardstick] * k + codes[yardstick]
    counts = tally(flat, np.ones(len(flat)), len(model) * k).reshape(len(model), k)
    towards = counts @ alike.T
    near = towards[items, codes] - itself * alike[codes, codes]
    far = towards[items, own[items]] - itself * alike[own[items], codes]
    return near, far


def _similarity(score: Any, k: int) -> Floats:
    if isinstance(score, str):
        if score != "match":
            raise ValueError(f'There is no score "{score}". Give match, rmse, or a similarity matrix over labels.')
        return np.eye(k)
    out = np.asarray(score, dtype=np.float64)
    if out.ndim != 2 or out.shape[0] != out.shape[1] or len(out) < k or not np.isfinite(out).all():
        raise ValueError(f"A similarity for each pair of the {k} labels is needed; the matrix has shape {out.shape}.")
    return out[:k, :k]


def _advantage(items: Ints, people: Ints, better: Any, tested: Ints, level: float, replicates: int, seed: int) -> Measure:
    """The mean over persons of the share of items on which the model is at least as close, with a bootstrap over items."""
    keep = np.isin(people, tested)
    _, item = np.unique(items[keep], return_inverse=True)
    who = np.searchsorted(tested, people[keep])
    hit = better[keep].astype(np.float64)
    n_items, n = int(item.max()) + 1, len(who)
    value = float((tally(who, hit, len(tested)) / tally(who, np.ones(n), len(tested))).mean())
    if replicates < 1 or n_items < 2:
        return Measure(value, None, None, n_items, n, "An interval needs at least two items." if n_items < 2 else "")
    rng = np.random.default_rng(seed)
    drawn = np.empty(replicates)
    for r in range(replicates):
        times = np.bincount(rng.integers(0, n_items, n_items), minlength=n_items)[item].astype(np.float64)
        seen = tally(who, times, len(tested))
        shares = np.divide(tally(who, times * hit, len(tested)), seen, out=np.zeros(len(tested)), where=seen > 0)
        drawn[r] = shares[seen > 0].mean()
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Measure(value, float(low), float(high), n_items, n)


class Power(NamedTuple):
    """How often a model passes, with its Monte Carlo standard error, and the means of winning rate and advantage."""

    passes: float
    error: float
    winning_rate: float
    advantage: float


def power(
    items: int,
    *,
    annotators: int = 3,
    labels: int = 4,
    human_accuracy: float = 0.8,
    model_accuracy: float = 0.8,
    epsilon: float = 0.2,
    shared_errors: float = 0.0,
    test: str = "exact",
    runs: int = 200,
    seed: int = 0,
) -> Power:
    """How likely a model of `model_accuracy` passes on `items` items, by simulation.

    Each item has a true label; people and model give it with their accuracy, and else another one at random. With
    `shared_errors` above 0, that share of the wrong answers on an item is one and the same wrong label. Simulate a model that
    should not pass, too: that is how often the test would be wrong.
    """
    rng = np.random.default_rng(seed)
    passed, rates, advantages = 0, 0.0, 0.0
    item, who = np.repeat(np.arange(items), annotators), np.tile(np.arange(annotators), items)
    for _ in range(runs):
        trap = rng.integers(1, labels, items)
        human = _answers(rng, trap, (items, annotators), labels, human_accuracy, shared_errors)
        model = _answers(rng, trap, (items, 1), labels, model_accuracy, shared_errors)[:, 0]
        found = alternative_annotator_test(item, who, human.ravel(), model, epsilon=epsilon, test=test, least=2, replicates=0)
        passed += bool(found.passes)
        rates += found.winning_rate or 0.0
        advantages += found.advantage.value or 0.0
    share = passed / runs
    return Power(share, (share * (1 - share) / runs) ** 0.5, rates / runs, advantages / runs)


def _answers(rng: np.random.Generator, trap: Ints, shape: tuple[int, int], labels: int, accuracy: float, shared: float) -> Ints:
    """Answers where 0 is true."""
    wrong = np.where(rng.random(shape) < shared, trap[:, None], rng.integers(1, labels, shape))
    return np.where(rng.random(shape) < accuracy, 0, wrong)


def items_needed(target: float = 0.8, sizes: Any = (20, 30, 40, 50, 75, 100, 150, 200, 300, 500), **setting: Any) -> int | None:
    """The least of `sizes` at which a model as in `power` passes with probability `target`; None if none is enough."""
    for size in sizes:
        if power(size, **setting).passes >= target:
            return int(size)
    return None
