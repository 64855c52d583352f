"""What a study of assistance found: time, quality, and a verdict. Stands alone: arrays in, results out.

One row per answer: `annotator`, `item` and `arm` are int codes, shape (n,); arm 0 is the comparison, mostly manual work. People
are the unit of evidence: each contributes one difference, so that many answers of few people are not mistaken for many people.
"No gain" and "cannot tell" are results.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from milo.stats.intervals import Estimate, effective_share, share, unknown
from milo.stats.paired import mean_difference, sign_flip

Floats = NDArray[np.float64]
EXACT_PEOPLE = 12
"""Up to so many people the test tries all patterns of signs."""
_SHUFFLES = 5000
LEAST_GAIN = 0.05
"""A saving below this is called no gain, if the interval excludes more."""


class Ratio(NamedTuple):
    """Geometric mean ratio against arm 0: 0.8 is a fifth less. `p`: two-sided; `n`: people; `scope`: whom it speaks for."""

    value: float
    low: float
    high: float
    p: float
    n: int
    level: float
    method: str
    scope: str


def time_ratio(seconds: Any, annotator: Any, arm: Any, of: int = 1, *, level: float = 0.95, seed: int = 0) -> Ratio:
    """Handling time in arm `of` relative to arm 0, people working in both.

    Each person's difference of mean log time; Student's t interval; p by t, or by all sign patterns for up to
    `EXACT_PEOPLE` people (with fewer than six no p below 0.05 is possible). A single person is tested by shuffling the
    answers between the arms, and the result speaks for that person only. Seconds must be above 0. NaN if nobody has both.
    """
    logs, who, where = _logs(seconds), np.asarray(annotator), np.asarray(arm)
    people = [a for a in np.unique(who).tolist() if all((where[who == a] == k).any() for k in (0, of))]
    d = np.array([_mean(logs, who == a, where == of) - _mean(logs, who == a, where == 0) for a in people])
    if len(d) == 0:
        return Ratio(math.nan, 0.0, math.inf, 1.0, 0, level, "nobody worked in both arms", "nobody")
    if len(d) == 1:
        mine = who == people[0]
        return _single(logs[mine & (where == of)], logs[mine & (where == 0)], level, seed)
    found = mean_difference(d, np.zeros(len(d)), level=level)
    exact = len(d) <= EXACT_PEOPLE
    p = sign_flip(d, seed) if exact else _t_p(d)
    method = "exact sign flips, t interval" if exact else "paired t"
    ends = math.exp(found.value), math.exp(found.low), math.exp(found.high)
    return Ratio(*ends, p, len(d), level, method, "people such as these")


def time_ratio_between(seconds: Any, annotator: Any, arm: Any, of: int = 1, *, level: float = 0.95) -> Ratio:
    """The same where each person worked in one arm: Welch's t test on the people's mean log times."""
    from scipy.special import stdtr, stdtrit

    logs, who, where = _logs(seconds), np.asarray(annotator), np.asarray(arm)
    one, two = (np.array([logs[(who == a) & (where == k)].mean() for a in np.unique(who[where == k])]) for k in (of, 0))
    if len(one) < 2 or len(two) < 2:
        return Ratio(math.nan, 0.0, math.inf, 1.0, len(one) + len(two), level, "too few people", "nobody")
    a, b = one.var(ddof=1) / len(one), two.var(ddof=1) / len(two)
    d, error = float(one.mean() - two.mean()), math.sqrt(a + b)
    freedom = (a + b) ** 2 / (a * a / (len(one) - 1) + b * b / (len(two) - 1)) if error > 0 else 1.0
    p = 2 * float(stdtr(freedom, -abs(d) / error)) if error > 0 else 1.0
    half = float(stdtrit(freedom, 0.5 + level / 2)) * error
    ends = (math.exp(d), math.exp(d - half), math.exp(d + half))
    return Ratio(*ends, p, len(one) + len(two), level, "Welch's t", "people such as these")


def time_ratio_here(
    seconds: Any, annotator: Any, arm: Any, of: int = 1, *, level: float = 0.95, seed: int = 0
) -> Ratio:  # fmt: skip
    """The same for these very people, where the arm was drawn for each answer: answers are the unit, people count alike.

    p by shuffling the arms within each person; Welch's interval. It speaks of nobody else, and is wrong for arms in blocks,
    where what changes from block to block would pass for the arm's doing.
    """
    from scipy.special import stdtrit

    logs, who, where = _logs(seconds), np.asarray(annotator), np.asarray(arm)
    pairs = [(logs[(who == a) & (where == of)], logs[(who == a) & (where == 0)]) for a in np.unique(who).tolist()]
    pairs = [(one, two) for one, two in pairs if len(one) > 1 and len(two) > 1]
    if not pairs:
        return Ratio(math.nan, 0.0, math.inf, 1.0, 0, level, "nobody worked in both arms", "nobody")
    d = float(np.mean([one.mean() - two.mean() for one, two in pairs]))
    rng, shuffled = np.random.default_rng(seed), np.zeros(_SHUFFLES)
    parts: list[tuple[float, int]] = []
    for one, two in pairs:
        mixed = rng.permuted(np.tile(np.concatenate([one, two]), (_SHUFFLES, 1)), axis=1)
        shuffled += (mixed[:, : len(one)].mean(axis=1) - mixed[:, len(one) :].mean(axis=1)) / len(pairs)
        parts += [(float(v.var(ddof=1)) / len(v) / len(pairs) ** 2, len(v) - 1) for v in (one, two)]
    p = (1 + int((np.abs(shuffled) >= abs(d) * (1 - 1e-12)).sum())) / (1 + _SHUFFLES)
    variance = sum(v for v, _ in parts)
    freedom = variance**2 / sum(v * v / f for v, f in parts) if variance > 0 else 1.0
    half = float(stdtrit(freedom, 0.5 + level / 2)) * math.sqrt(variance)
    ends = math.exp(d), math.exp(d - half), math.exp(d + half)
    return Ratio(*ends, p, len(pairs), level, "shuffled arms within people, Welch's interval", "these people only")


def throughput_ratio(correct: Any, seconds: Any, annotator: Any, arm: Any, of: int = 1, *, level: float = 0.95) -> Ratio:
    """Correct labels per active hour relative to arm 0 (above 1 is better), one figure per person and arm.

    `correct`: 0..1 for each answer. Half a correct label is added to every figure, so that none is zero.
    """
    good, time_, who, where = (np.asarray(v, dtype=np.float64) for v in (correct, seconds, annotator, arm))
    rows = [
        ((good[m].sum() + 0.5) / time_[m].sum(), a, k)
        for a in np.unique(who).tolist()
        for k in (0, of)
        if (m := (who == a) & (where == k)).any()
    ]
    rate, people, arms = (np.array(c) for c in zip(*rows, strict=True)) if rows else (np.ones(0),) * 3
    return time_ratio(rate, people, arms, of, level=level)


def quality_difference(
    quality: Any, annotator: Any, item: Any, arm: Any, of: int = 1, *, level: float = 0.95
) -> Estimate:  # fmt: skip
    """Mean quality (0..1, against gold) in arm `of` minus that in arm 0, with people and items both taken as samples.

    The variance adds what differs between people and between items and takes off what was counted twice, and is never below
    either alone, each corrected for few of them (Cameron, Gelbach, Miller, J. Bus. Econ. Stat. 29, 2011; a two-way bootstrap
    counts the noise of single answers three times); Student's t with one degree less than there are people or items,
    whichever are fewer. `n` is the number of answers. (-1, 1) for fewer than two people or items.
    """
    q, who, what, where = np.asarray(quality, dtype=np.float64), *(np.asarray(v) for v in (annotator, item, arm))
    keep = (where == 0) | (where == of)
    q, here = q[keep], where[keep] == of
    people, items = (np.unique(v[keep], return_inverse=True)[1] for v in (who, what))
    fewest = min(len(np.unique(people)), len(np.unique(items)))
    if fewest < 2 or here.all() or not here.any():
        return unknown(-1.0, 1.0, len(q), level, "too few people or items")
    value = float(q[here].mean() - q[~here].mean())
    part = np.where(here, (q - q[here].mean()) / here.sum(), -(q - q[~here].mean()) / (~here).sum())
    by_person, by_item = _clustered(people, part), _clustered(items, part)
    variance = max(by_person + by_item - float(part @ part), by_person, by_item)
    from scipy.special import stdtrit

    half = max(float(stdtrit(fewest - 1, 0.5 + level / 2)) * math.sqrt(variance), 1.0 / len(q))
    return Estimate(value, max(-1.0, value - half), min(1.0, value + half), len(q), level, "two-way clusters")


def _clustered(code: Any, part: Floats) -> float:
    """The variance of a sum of parts that stand or fall together within a cluster."""
    sums: Any = np.bincount(code, weights=part)
    return float(sums @ sums) * len(sums) / (len(sums) - 1)


class Verdict(NamedTuple):
    """`grid`: "faster and not worse", "faster and worse", "no gain" or "cannot tell"; its two parts; in words."""

    grid: str
    time: str
    quality: str
    why: str


def verdict(
    time: Ratio, quality: Estimate, margin: float = 0.02, *, p: float | None = None, least: float = LEAST_GAIN
) -> Verdict:  # fmt: skip
    """Time and quality together. `margin`: how much worse is still "not worse", fixed before the study; `p`: the time's
    p-value as adjusted for several arms (`paired.holm`), instead of its own; `least`: the smallest saving worth having.

    Not worse: the whole interval of the difference lies above -margin. Worse: it lies below 0 and not above -margin.
    No gain: the interval of time excludes a saving of `least`, or time is longer. All else cannot be told.
    """
    sure = (time.p if p is None else p) <= 1 - time.level
    faster = sure and time.value < 1
    pace = "faster" if faster else "slower" if sure and time.value > 1 else "no gain" if time.low > 1 - least else "cannot tell"
    if math.isnan(quality.value):
        level = "cannot tell"
    else:
        level = "not worse" if quality.low > -margin else "worse" if quality.high < 0 else "cannot tell"
    if pace in ("slower", "no gain"):
        grid = "no gain"
    elif faster and level != "cannot tell":
        grid = f"faster and {level}"
    else:
        grid = "cannot tell"
    why = f"time: {pace} ({time.value:.2f} times as long, {time.low:.2f} to {time.high:.2f}, {time.n} people); "
    why += f"quality: {level} ({100 * quality.value:+.1f} points, {100 * quality.low:+.1f} to {100 * quality.high:+.1f}, "
    return Verdict(grid, pace, level, f"{why}margin {100 * margin:g})")


def pull(agrees: Any, shown: Any, annotator: Any = None, level: float = 0.95) -> Estimate:
    """How far suggestions pull: share agreeing with the suggestion where it was shown, minus where it was withheld at random.

    `agrees`, `shown`: bool, shape (n,). Intervals of both shares, exact for a single person and at the effective size of
    people's clusters otherwise, combined by the squares of the distances (Zou and Donner, 2008).
    """
    y, s = np.asarray(agrees, dtype=bool), np.asarray(shown, dtype=bool)
    who = None if annotator is None else np.asarray(annotator)
    one, two = (clustered_share(y[m], None if who is None else who[m], level) for m in (s, ~s))
    if math.isnan(one.value) or math.isnan(two.value):
        return unknown(-1.0, 1.0, len(y), level, "needs answers with and without suggestion")
    value = one.value - two.value
    low = value - math.hypot(one.value - one.low, two.high - two.value)
    high = value + math.hypot(one.high - one.value, two.value - two.low)
    return Estimate(value, max(-1.0, low), min(1.0, high), len(y), level, "shown minus withheld")


class Reliance(NamedTuple):
    """`over`: share of wrong suggestions that were accepted; `under`: share of right ones that were changed."""

    over: Estimate
    under: Estimate


def reliance(accepted: Any, right: Any, annotator: Any = None, level: float = 0.95) -> Reliance:
    """Over- and under-reliance on shown suggestions; `accepted`, `right`: bool, shape (n,)."""
    took, good = np.asarray(accepted, dtype=bool), np.asarray(right, dtype=bool)
    who = None if annotator is None else np.asarray(annotator)
    over = clustered_share(took[~good], None if who is None else who[~good], level)
    return Reliance(over, clustered_share(~took[good], None if who is None else who[good], level))


def clustered_share(hit: Any, cluster: Any = None, level: float = 0.95) -> Estimate:
    """A share whose rows come in clusters (people): exact interval at the effective size, never above the number of rows.

    Exact (Clopper-Pearson) without clusters or for a single one. Source: Korn and Graubard (1998).
    """
    y = np.asarray(hit, dtype=np.float64)
    n, k = len(y), int(y.sum())
    names = np.unique(cluster) if cluster is not None else np.zeros(0)
    if cluster is None or n == 0 or len(names) < 2 or k in (0, n):
        return share(k, n, level)
    value = k / n
    gaps: Any = np.bincount(np.unique(cluster, return_inverse=True)[1], weights=y - value)
    m = len(gaps)
    variance = max(float((gaps**2).sum()) * m / (m - 1) / n**2, value * (1 - value) / n)
    from scipy.special import stdtrit

    wide = float(stdtrit(m - 1, 0.5 + level / 2) / stdtrit(max(1, n - 1), 0.5 + level / 2)) ** 2
    low, high = effective_share(value, variance * wide, n, level)
    return Estimate(value, min(low, value), max(high, value), n, level, f"exact at the effective size of {m} clusters")


def learning(seconds: Any, trial: Any, annotator: Any, level: float = 0.95) -> Estimate:
    """How much shorter each doubling of experience makes an answer: the ratio per doubling of `trial` (from 1), over people.

    Each person's slope of log time on log2 trial, and their mean with Student's t. (0, inf) for fewer than two people.
    """
    logs, step, who = _logs(seconds), np.log2(np.asarray(trial, dtype=np.float64)), np.asarray(annotator)
    slopes = [
        float(np.polyfit(step[who == a], logs[who == a], 1)[0]) for a in np.unique(who) if len(np.unique(step[who == a])) >= 3
    ]
    found = mean_difference(slopes, np.zeros(len(slopes)), level=level)
    if math.isinf(found.low):
        return unknown(0.0, math.inf, len(slopes), level, "too few people")
    ends = math.exp(found.value), math.exp(found.low), math.exp(found.high)
    return Estimate(*ends, len(slopes), level, "slopes of log time on log2 trial")


def tlx(ratings: Any, annotator: Any, arm: Any, of: int = 1, level: float = 0.95) -> Estimate:
    """Raw TLX in arm `of` minus arm 0: mean of the six scales (0..100, `ratings` shape (n, 6)), paired over people.

    Performance must be entered so that 100 is failure, as on the form. Source: Hart, Proc. HFES 50 (2006).
    """
    table, who, where = np.asarray(ratings, dtype=np.float64), np.asarray(annotator), np.asarray(arm)
    if table.ndim != 2 or table.shape[1] != 6 or (len(table) and not (table.min() >= 0 and table.max() <= 100)):
        raise ValueError(f"Six ratings in 0..100 per row are needed; the shape is {table.shape}.")
    load = table.mean(axis=1)
    people = [a for a in np.unique(who).tolist() if all(((who == a) & (where == k)).any() for k in (0, of))]
    one, two = ([_mean(load, who == a, where == k) for a in people] for k in (of, 0))
    return mean_difference(one, two, level=level)


def _single(one: Floats, two: Floats, level: float, seed: int) -> Ratio:
    """One person's answers in two arms: Welch's interval, permutation p."""
    from scipy.special import stdtrit

    d = float(one.mean() - two.mean())
    rng, both = np.random.default_rng(seed), np.concatenate([one, two])
    shuffled = rng.permuted(np.tile(both, (5000, 1)), axis=1)
    ds = shuffled[:, : len(one)].mean(axis=1) - shuffled[:, len(one) :].mean(axis=1)
    p = (1 + int((np.abs(ds) >= abs(d) * (1 - 1e-12)).sum())) / 5001
    size = min(len(one), len(two))
    if size < 2:
        return Ratio(math.exp(d), 0.0, math.inf, p, 1, level, "permutation of answers", "this person only")
    half = float(stdtrit(size - 1, 0.5 + level / 2)) * math.sqrt(one.var(ddof=1) / len(one) + two.var(ddof=1) / len(two))
    ends = math.exp(d), math.exp(d - half), math.exp(d + half)
    return Ratio(*ends, p, 1, level, "permutation of answers, t interval", "this person only")


def _t_p(d: Floats) -> float:
    from scipy.special import stdtr

    error = float(d.std(ddof=1)) / math.sqrt(len(d))
    return 2 * float(stdtr(len(d) - 1, -abs(float(d.mean())) / error)) if error > 0 else 1.0


def _mean(values: Floats, a: Any, b: Any) -> float:
    return float(values[a & b].mean())


def _logs(seconds: Any) -> Floats:
    t = np.asarray(seconds, dtype=np.float64)
    if not (t > 0).all():
        raise ValueError("Times must be above 0 seconds: leave out answers without a measured time.")
    out: Any = np.log(t)
    return out
