"""Totals from model predictions on all items and people's labels on some, with honest intervals. Stands alone: arrays in,
estimates out.

Prediction-powered inference: the mean prediction over all items, plus what people found it to be wrong by, each weighted
with the odds of the draw. How far the predictions are trusted (`trust`, 0..1) is tuned to the narrowest interval, on folds
that do not hold the label in question; useless predictions get 0, which leaves the human labels alone. So the interval is
valid however bad the model, and not wider than without it.

Everywhere: `labels` are what people said of the drawn items, shape (n,); `predicted` the model's word on the same items, (n,),
from a model that did not learn from these labels; `others` its word on all other items, (m,); `odds` the probability with
which each drawn item was drawn, (n,) (None: all the same). With `finite` the figure is about these n + m items; without, about
all items such as these, whose interval is wider. Sources: Angelopoulos et al., Science 382 (2023) and "PPI++" (2023); odds:
Zrnic and Candes, "Active statistical inference" (2024), as ratio of Horvitz-Thompson sums.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from milo.stats.intervals import Estimate, unknown

Floats = NDArray[np.float64]
_FOLDS = 10
_NONE_SEEN = 2.25
"""Below this many errors the spread seen says little; the interval is then not narrower than the rule of three."""


class Powered(NamedTuple):
    """`value` with `low`..`high` at `level`, from `n` labels among `of` items. `trust`: the weight of the predictions;
    `human`: the same figure from the labels alone; `more`: how many further labels would halve the interval (None: no
    number would, or there are not so many items)."""

    value: float
    low: float
    high: float
    n: int
    of: int
    level: float
    trust: float
    human: Estimate
    more: int | None


class Metrics(NamedTuple):
    """Of a yes-or-no prediction against people."""

    accuracy: Powered
    precision: Powered
    recall: Powered
    f1: Powered


class _Drawn(NamedTuple):
    """What people said (n, p), what was predicted there (n, p) and elsewhere (m, p), odds, folds and the question."""

    seen: Floats
    guess: Floats
    rest: Floats
    odds: Floats
    fold: NDArray[np.int64]
    finite: bool
    level: float


def mean(
    labels: Any, predicted: Any, others: Any, odds: Any = None, *, finite: bool = True, level: float = 0.95,
    bounds: tuple[float, float] | None = (0.0, 1.0), seed: int = 0,
) -> Powered:  # fmt: skip
    """The mean of a number over all items: a share (0/1 labels, probabilities or 0/1 predicted), a rating, an accuracy.

    For an accuracy, `labels` say whether the model was right and `predicted` is its calibrated confidence. `bounds`: what
    the labels can reach, None if unlimited. Fewer than two labels give NaN with the bounds. Raises ValueError for shapes.
    """
    drawn = _drawn([labels], [predicted], [others], odds, finite, level, seed)
    if bounds is not None and len(drawn.seen) and (drawn.seen.min() < bounds[0] or drawn.seen.max() > bounds[1]):
        raise ValueError(f"A label lies outside {bounds[0]}..{bounds[1]}: give the bounds that the labels have.")
    return _estimate(
        drawn, _first, bounds, bounds[1] - bounds[0] if bounds else float(np.ptp(drawn.seen) if drawn.seen.size else 1)
    )


def shares(
    labels: Any, predicted: Any, others: Any, odds: Any = None, *, finite: bool = True, level: float = 0.95, seed: int = 0
) -> list[Powered]:  # fmt: skip
    """The share of each class. `labels`: int codes, (n,); `predicted`, `others`: probabilities, (n, k) and (m, k).

    Each interval is for its class alone; for all at once give 1 - (1 - level) / k.
    """
    guess, rest = np.asarray(predicted, dtype=np.float64), np.asarray(others, dtype=np.float64)
    if guess.ndim != 2 or rest.ndim != 2 or guess.shape[1] != rest.shape[1]:
        raise ValueError(f"Tables of items by classes are needed; their shapes are {guess.shape} and {rest.shape}.")
    codes = np.asarray(labels, dtype=np.int64)
    return [
        mean(codes == c, guess[:, c], rest[:, c], odds, finite=finite, level=level, seed=seed) for c in range(guess.shape[1])
    ]


def difference(
    labels: Any, predicted: Any, others: Any, group: Any, other_group: Any, odds: Any = None, *, finite: bool = True,
    level: float = 0.95, bounds: tuple[float, float] | None = (0.0, 1.0), seed: int = 0,
) -> Powered:  # fmt: skip
    """The mean in group 1 minus that in group 0; `group` (n,) and `other_group` (m,) are 0/1 and known for all items."""
    y, f, o = (np.asarray(v, dtype=np.float64) for v in (labels, predicted, others))
    g, h = np.asarray(group, dtype=bool), np.asarray(other_group, dtype=bool)
    pi = None if odds is None else np.asarray(odds, dtype=np.float64)
    one, two = (
        mean(y[a], f[a], o[b], None if pi is None else pi[a], finite=finite, level=level, bounds=bounds, seed=seed)
        for a, b in ((g, h), (~g, ~h))
    )
    value, human = one.value - two.value, one.human.value - two.human.value
    low, high = _apart(one, two)
    human_low, human_high = _apart(one.human, two.human)
    plain = Estimate(human, human_low, human_high, one.n + two.n, level, "labels alone")
    more = None if one.more is None or two.more is None else one.more + two.more
    trust = (one.trust * one.n + two.trust * two.n) / max(1, one.n + two.n)
    return Powered(value, low, high, one.n + two.n, one.of + two.of, level, trust, plain, more)


def _apart(one: Any, two: Any) -> tuple[float, float]:
    """The interval of a difference from those of its parts, by the squares of the distances (Zou and Donner, 2008)."""
    value = one.value - two.value
    if math.isnan(value):
        return one.low - two.high, one.high - two.low
    low = value - math.hypot(one.value - one.low, two.high - two.value)
    return low, value + math.hypot(one.high - one.value, two.value - two.low)


def metrics(
    labels: Any, said: Any, chance: Any, other_said: Any, other_chance: Any, odds: Any = None, *, finite: bool = True,
    level: float = 0.95, seed: int = 0,
) -> Metrics:  # fmt: skip
    """Accuracy, precision, recall and F1 of a yes-or-no prediction over all items.

    `said`, `other_said`: bool, what the model said; `chance`, `other_chance`: its calibrated probability of yes. The last
    three are ratios, linearised (delta method).
    """
    y, s, p, t, q = (np.asarray(v, dtype=np.float64) for v in (labels, said, chance, other_said, other_chance))
    seen = [y * s, (1 - y) * s, y * (1 - s)]
    guess, rest = ([c * a, (1 - c) * a, c * (1 - a)] for a, c in ((s, p), (t, q)))
    drawn = _drawn(seen, guess, rest, odds, finite, level, seed)
    right = mean(
        y * s + (1 - y) * (1 - s), p * s + (1 - p) * (1 - s), q * t + (1 - q) * (1 - t), odds, finite=finite, level=level
    )
    unit = (0.0, 1.0)
    parts = [_estimate(drawn, g, unit, None) for g in (_precision, _recall, _f1)]
    return Metrics(right, *parts)


Curve = Callable[[Floats], tuple[float, Floats]]
"""From means (p,) to a figure and its slopes (p,)."""


def _first(m: Floats) -> tuple[float, Floats]:
    return float(m[0]), np.ones(1)


def _ratio(top: float, below: float, d_top: Any, d_below: Any) -> tuple[float, Floats]:
    if below <= 0:
        return math.nan, np.zeros(3)
    return top / below, (np.array(d_top) - top / below * np.array(d_below)) / below


def _precision(m: Floats) -> tuple[float, Floats]:
    return _ratio(m[0], m[0] + m[1], [1.0, 0, 0], [1.0, 1, 0])


def _recall(m: Floats) -> tuple[float, Floats]:
    return _ratio(m[0], m[0] + m[2], [1.0, 0, 0], [1.0, 0, 1])


def _f1(m: Floats) -> tuple[float, Floats]:
    return _ratio(2 * m[0], 2 * m[0] + m[1] + m[2], [2.0, 0, 0], [2.0, 1, 1])


def _estimate(drawn: _Drawn, curve: Curve, bounds: tuple[float, float] | None, span: float | None) -> Powered:
    """The figure with and without predictions; the predictions are dropped where they do not narrow the interval."""
    n, of = len(drawn.seen), len(drawn.seen) + len(drawn.rest)
    low, high = bounds or (-math.inf, math.inf)
    w = 1 / drawn.odds
    at = w @ drawn.seen / w.sum() if n else np.full(drawn.seen.shape[1], math.nan)
    start, slope = curve(at) if n >= 2 else (math.nan, np.zeros(len(at)))
    if math.isnan(start):
        nothing = unknown(low, high, n, drawn.level, "too few labels")
        return Powered(math.nan, low, high, n, of, drawn.level, 0.0, nothing, None)
    reach = span if span is not None else float(np.abs(slope).max())
    least = reach if span is not None else 2 * reach  # of a ratio: at least 1 / the share of items below its line
    alone = _half(drawn, slope, np.zeros(n), reach)
    trust = _trust(drawn, slope)
    half = _half(drawn, slope, trust, reach)
    human = Estimate(start, *_ends(start, alone, least, bounds), n, drawn.level, "labels alone")
    value = curve(_means(drawn, trust))[0] if half.width < alone.width else start
    if half.width >= alone.width or math.isnan(value):
        return Powered(*human[:3], n, of, drawn.level, 0.0, human, _to_halve(drawn, alone))
    value = min(high, max(low, value))
    ends = _ends(value, half, least, bounds)
    if ends[1] - ends[0] > human.high - human.low:
        return Powered(*human[:3], n, of, drawn.level, 0.0, human, _to_halve(drawn, alone))
    return Powered(value, *ends, n, of, drawn.level, float(trust.mean()), human, _to_halve(drawn, half))


class _Half(NamedTuple):
    """`width`: half the width of the symmetric interval; `t`: its quantile; `size`: effective number of labels; `fixed`:
    the part of the square of `width` that no further label lowers."""

    width: float
    t: float
    size: float
    fixed: float


def _ends(value: float, half: _Half, span: float, bounds: tuple[float, float] | None) -> tuple[float, float]:
    """The ends of the interval; within 0..1 by Wilson's formula at the size that would have had this variance, since near
    0 and 1 a symmetric interval lies too low or too high."""
    if bounds != (0.0, 1.0):
        low, high = bounds or (-math.inf, math.inf)
        return max(low, value - half.width), min(high, value + half.width)
    size = max(half.size / max(span, 1e-12), value * (1 - value) * (half.t / half.width) ** 2) if half.width > 0 else math.inf
    if math.isinf(size):
        return value, value
    z = half.t * half.t / size
    centre = (value + z / 2) / (1 + z)
    wide = half.t / (1 + z) * math.sqrt(value * (1 - value) / size + z / size / 4)
    return max(0.0, min(value, centre - wide)), min(1.0, max(value, centre + wide))


def _trust(drawn: _Drawn, slope: Floats) -> Floats:
    """For each label the weight of predictions that the other folds find best, in 0..1; shape (n,)."""
    a, b, w = drawn.seen @ slope, drawn.guess @ slope, _importance(drawn)
    m = len(drawn.rest)
    out = np.zeros(len(a))
    for f in np.unique(drawn.fold).tolist():
        keep = drawn.fold != f
        if keep.sum() < 2:
            continue
        mass = w[keep] / w[keep].sum()
        x, y = b[keep] - mass @ b[keep], a[keep] - mass @ a[keep]
        noise = float(mass @ (x * x))
        extra = 0.0 if drawn.finite or not m else float(np.var(drawn.rest @ slope)) * keep.sum() / m
        out[~keep] = min(1.0, max(0.0, float(mass @ (x * y)) / (noise + extra))) if noise + extra > 1e-15 else 0.0
    return out


def _means(drawn: _Drawn, trust: Floats) -> Floats:
    """The means (p,): those predicted for all, corrected by what people found; each label with its fold's trust."""
    w = 1 / drawn.odds
    mass = w / w.sum()
    return float(mass @ trust) * _everywhere(drawn) + mass @ (drawn.seen - trust[:, None] * drawn.guess)


def _everywhere(drawn: _Drawn) -> Floats:
    """The mean prediction over the items that the figure is about, (p,)."""
    alone = not drawn.finite and len(drawn.rest)
    return (drawn.rest if alone else np.concatenate([drawn.guess, drawn.rest])).mean(axis=0)


def _half(drawn: _Drawn, slope: Floats, trust: Floats, span: float) -> _Half:
    from scipy.special import stdtrit

    n, w = len(drawn.seen), 1 / drawn.odds
    mass = w / w.sum()
    size = 1 / float(mass @ mass)
    gap = drawn.seen @ slope - trust * ((drawn.guess - _everywhere(drawn)) @ slope)
    gap = gap - mass @ gap
    left = 1 - drawn.odds if drawn.finite else np.ones(n)
    share_left = float((mass * mass) @ left / (mass @ mass))
    spread = float((mass * mass * left) @ (gap * gap)) * n / (n - 1)
    spread = max(spread, _NONE_SEEN * span * span / size**2 * share_left)
    fixed = 0.0
    if not drawn.finite and len(drawn.rest):
        fixed = float(mass @ trust) ** 2 * float(np.var(drawn.rest @ slope)) / len(drawn.rest)
    t = float(stdtrit(max(1.0, size - 1), 0.5 + drawn.level / 2))
    return _Half(t * math.sqrt(spread + fixed), t, size, t * t * fixed)


def _to_halve(drawn: _Drawn, half: _Half) -> int | None:
    """How many further labels, drawn as before, halve the width: 1 / n - 1 / of shrinks to a quarter."""
    n, of = len(drawn.seen), len(drawn.seen) + len(drawn.rest)
    if half.width <= 0:
        return 0
    if drawn.finite:
        return math.ceil(1 / (1 / (4 * n) + 3 / (4 * of)) - n - 1e-9) if of > n else None
    noise, wanted = half.width**2 - half.fixed, half.width**2 / 4 - half.fixed
    more = math.ceil(n * noise / wanted - n - 1e-9) if wanted > 0 else None
    return more if more is not None and more <= len(drawn.rest) else None


def _importance(drawn: _Drawn) -> Floats:
    """The weights with which squared gaps enter the variance."""
    w = 1 / drawn.odds
    return w * w * ((1 - drawn.odds) if drawn.finite else 1.0) + 1e-300


def _drawn(seen: Any, guess: Any, rest: Any, odds: Any, finite: bool, level: float, seed: int) -> _Drawn:
    a, b, c = (np.column_stack([np.asarray(v, dtype=np.float64) for v in part]) for part in (seen, guess, rest))
    if a.shape != b.shape:
        raise ValueError(f"{len(a)} labels need as many predictions; there are {len(b)}.")
    if np.isnan(a).any() or np.isnan(b).any() or np.isnan(c).any():
        raise ValueError("NaN among the values: leave out items without a label or a prediction.")
    if not 0 < level < 1:
        raise ValueError(f"The level is {level}; it must lie between 0 and 1, for example 0.95.")
    n = len(a)
    pi = np.full(n, n / max(1, n + len(c))) if odds is None else np.asarray(odds, dtype=np.float64)
    if pi.shape != (n,) or not ((pi > 0) & (pi <= 1)).all():
        raise ValueError(f"One probability in (0, 1] for each of {n} labels is needed: the odds of being drawn.")
    fold = np.random.default_rng(seed).permutation(n) % max(2, min(_FOLDS, n))
    return _Drawn(a, b, c, pi, fold, finite, level)
