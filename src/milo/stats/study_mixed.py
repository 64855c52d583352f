"""A mixed model of log handling time with people and items crossed: the second opinion of a study. Stands alone: arrays in,
a fit out.

log time = mean + arm + covariates + person + person x arm + item + noise, all random parts normal. The variances are found by
restricted maximum likelihood on the mixed-model equations (Henderson 1975; profiled as by Bates et al., J. Stat. Software 67,
2015), and the degrees of freedom of each effect by Satterthwaite's method, since treating t as z claims too much in small
studies (Luke, Behavior Research Methods 49, 2017). Those of an arm are never more than people - 1. Where the variance of
help between people is estimated as 0, which is common in small studies, the model would count each answer as evidence; then
the error of an arm is not less than that of the people's own differences. Without that, one in six of such fits claimed an
effect that was not there (`bench/trust/study_promises.py`).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from milo.stats.study_plan import Spread

Floats = NDArray[np.float64]


class Effect(NamedTuple):
    """One fixed effect on the log scale, with its interval, degrees of freedom and two-sided p."""

    value: float
    low: float
    high: float
    error: float
    freedom: float
    p: float


class Mixed(NamedTuple):
    """`arms`: the effect of each arm 1.. against arm 0; `covariates`: of each given covariate; `spread`: the standard
    deviations found, for planning (`study_plan.power`); `criterion`: -2 x the restricted log likelihood."""

    arms: list[Effect]
    covariates: list[Effect]
    spread: Spread
    criterion: float


class _Parts(NamedTuple):
    """Cross products of the equations: Z'Z (q, q), Z'X (q, p), Z'y (q,), X'X (p, p), X'y (p,), y'y, n; the columns of Z
    that each variance governs."""

    zz: Floats
    zx: Floats
    zy: Floats
    xx: Floats
    xy: Floats
    yy: float
    n: int
    kind: NDArray[np.int64]


def fit(log_time: Any, annotator: Any, item: Any, arm: Any, covariates: Any = None, level: float = 0.95) -> Mixed:
    """Fit the model. `annotator`, `item`, `arm`: int codes, shape (n,); `covariates`: float, shape (n, k), centred here.

    Takes some seconds for ten thousand answers. Raises ValueError if there are fewer answers than effects, or one arm only.
    """
    y = np.asarray(log_time, dtype=np.float64)
    extra = np.zeros((len(y), 0)) if covariates is None else np.asarray(covariates, dtype=np.float64).reshape(len(y), -1)
    names, code = np.unique(np.asarray(arm), return_inverse=True)
    if len(names) < 2 or len(y) <= len(names) + extra.shape[1] + 1:
        raise ValueError(f"{len(y)} answers in {len(names)} arms are too few: two arms with several answers each are needed.")
    arms = (code[:, None] == np.arange(1, len(names))[None, :]).astype(np.float64)
    x = np.column_stack([np.ones(len(y)), arms, extra - extra.mean(axis=0)])
    parts = _cross(x, y, np.asarray(annotator), np.asarray(item), code)
    theta = _best(parts)
    beta, cov, sigma = _solve(parts, theta)[1:]
    people = len(np.unique(np.asarray(annotator)))
    errors = np.sqrt(np.diag(cov))
    if theta[1] == 0:
        rest = y - x[:, len(names) :] @ beta[len(names) :]
        errors[1 : len(names)] = np.maximum(errors[1 : len(names)], _by_person(rest, np.asarray(annotator), code))
    most = [people - 1.0] * (len(names) - 1) + [math.inf] * extra.shape[1]
    effects = [
        _effect(parts, theta, sigma, j + 1, float(beta[j + 1]), float(errors[j + 1]), m, level) for j, m in enumerate(most)
    ]
    who, help_, what = (sigma * t for t in theta.tolist())
    spread = Spread(sigma, what, help_ * math.sqrt(2), who)
    return Mixed(effects[: len(names) - 1], effects[len(names) - 1 :], spread, _solve(parts, theta)[0])


def _by_person(y: Floats, annotator: Any, arm: Any) -> Floats:
    """The standard error of each arm 1.. against arm 0 from one difference for each person, shape (arms - 1,); 0 for less
    than two people."""
    who = np.unique(annotator, return_inverse=True)[1]
    arms, people = int(arm.max()) + 1, int(who.max()) + 1
    cell = who * arms + arm
    counts: Any = np.bincount(cell, minlength=people * arms).reshape(people, arms)
    sums: Any = np.bincount(cell, weights=y, minlength=people * arms).reshape(people, arms)
    means = sums / np.where(counts > 0, counts, np.nan)
    out = np.zeros(arms - 1)
    for j in range(1, arms):
        difference = (means[:, j] - means[:, 0])[~np.isnan(means[:, j] - means[:, 0])]
        if len(difference) > 1:
            out[j - 1] = float(difference.std(ddof=1)) / math.sqrt(len(difference))
    return out


def _cross(x: Floats, y: Floats, annotator: Any, item: Any, arm: Any) -> _Parts:
    from scipy.sparse import csr_matrix

    who, what = (np.unique(v, return_inverse=True)[1] for v in (annotator, item))
    both = np.unique(who * (int(arm.max()) + 1) + arm, return_inverse=True)[1]
    sizes = [int(c.max()) + 1 for c in (who, both, what)]
    n = len(y)
    columns = np.concatenate([who, both + sizes[0], what + sizes[0] + sizes[1]])
    z: Any = csr_matrix((np.ones(3 * n), (np.tile(np.arange(n), 3), columns)), shape=(n, sum(sizes)))
    kind = np.repeat(np.arange(3), sizes)
    return _Parts((z.T @ z).toarray(), z.T @ x, z.T @ y, x.T @ x, x.T @ y, float(y @ y), n, kind)


def _solve(parts: _Parts, theta: Floats) -> tuple[float, Floats, Floats, float]:
    """Criterion, effects (p,), their covariance (p, p) and the noise, for standard deviations relative to the noise (3,)."""
    scale = theta[parts.kind]
    left: Any = np.linalg.cholesky(parts.zz * np.outer(scale, scale) + np.eye(len(scale)))
    both = _lower(left, np.column_stack([parts.zx, parts.zy]) * scale[:, None])
    a, b = both[:, :-1], both[:, -1]
    inner = parts.xx - a.T @ a
    beta: Any = np.linalg.solve(inner, parts.xy - a.T @ b)
    rest = max(parts.yy - float(b @ b) - float(beta @ (parts.xy - a.T @ b)), 1e-300)
    freedom = parts.n - len(beta)
    sigma2 = rest / freedom
    logs = 2 * float(np.log(np.diag(left)).sum()) + float(np.linalg.slogdet(inner)[1])
    criterion = logs + freedom * (1 + math.log(2 * math.pi * sigma2))
    inverse: Any = np.linalg.inv(inner)
    return criterion, beta, sigma2 * inverse, math.sqrt(sigma2)


def _lower(left: Floats, right: Floats) -> Floats:
    from scipy.linalg import solve_triangular

    return solve_triangular(left, right, lower=True, check_finite=False)


def _best(parts: _Parts) -> Floats:
    """The relative standard deviations with the smallest criterion; 0 where a variance is not there."""
    from scipy.optimize import minimize

    def criterion(theta: Floats) -> float:
        return _solve(parts, np.abs(theta))[0]

    found = [minimize(criterion, start, method="L-BFGS-B", bounds=[(0, 20)] * 3) for start in ([0.5] * 3, [0.1, 0.05, 0.1])]
    theta = np.abs(found[int(np.argmin([float(r.fun) for r in found]))].x)
    return np.where(theta < 1e-3, 0.0, theta)


def _effect(
    parts: _Parts, theta: Floats, sigma: float, j: int, value: float, error: float, most: float, level: float
) -> Effect:
    from scipy.special import stdtr, stdtrit

    freedom = min(max(1.0, most), _satterthwaite(parts, theta, sigma, j, error**2))
    half = float(stdtrit(freedom, 0.5 + level / 2)) * error
    return Effect(value, value - half, value + half, error, freedom, 2 * float(stdtr(freedom, -abs(value) / error)))


def _satterthwaite(parts: _Parts, theta: Floats, sigma: float, j: int, variance: float) -> float:
    """2 v^2 / var(v), with the variance of v from the curvature of the criterion at the variances that are there."""
    there = np.flatnonzero(theta > 0)
    at = np.concatenate([theta[there] * sigma, [sigma]])

    def unpack(s: Floats) -> tuple[Floats, float]:
        full = np.zeros(3)
        full[there] = np.abs(s[:-1]) / s[-1]
        return full, float(s[-1])

    def criterion(s: Floats) -> float:
        full, noise = unpack(s)
        profile, *_, best = _solve(parts, full)
        freedom = parts.n - len(parts.xy)
        return profile + freedom * (2 * math.log(noise / best) + (best / noise) ** 2 - 1)

    def of_effect(s: Floats) -> float:
        full, noise = unpack(s)
        _, _, cov, best = _solve(parts, full)
        return float(cov[j, j]) * (noise / best) ** 2

    slope, curve = _slope(of_effect, at), _curvature(criterion, at)
    try:
        spread = float(slope @ np.linalg.solve(curve / 2, slope))
    except np.linalg.LinAlgError:
        spread = -1.0
    most = float(parts.n - len(parts.xy))
    return min(most, max(1.0, 2 * variance**2 / spread)) if spread > 0 else most


def _slope(f: Any, at: Floats, step: float = 1e-3) -> Floats:
    h = step * at
    return np.array([(f(at + d) - f(at - d)) / (2 * d[i]) for i, d in enumerate(np.diag(h))])


def _curvature(f: Any, at: Floats, step: float = 1e-2) -> Floats:
    moves, n = np.diag(step * at), len(at)
    out = np.empty((n, n))
    for i in range(n):
        for k in range(i + 1):
            a, b = moves[i], moves[k]
            value = (f(at + a + b) - f(at + a - b) - f(at - a + b) + f(at - a - b)) / (4 * a[i] * b[k])
            out[i, k] = out[k, i] = value
    return out
