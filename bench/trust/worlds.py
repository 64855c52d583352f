"""Made-up projects for the simulations: scores of a model and the losses of its suggestions."""

from __future__ import annotations

from typing import Any

import numpy as np

Arrays = tuple[Any, Any]


def independent(n: int, rng: np.random.Generator) -> Arrays:
    """A fair model: easier items get higher scores, each error stands alone."""
    ease = rng.normal(size=n)
    wrong = rng.random(n) > _sigmoid(2.2 + 1.2 * ease)
    return _sigmoid(2 + 1.2 * ease + 0.7 * rng.normal(size=n)), wrong.astype(float)


def committee(n: int, rng: np.random.Generator) -> Arrays:
    """Five models that err together: on an eighth of the items all of them are fooled, so that agreement means nothing."""
    ease = rng.normal(size=n)
    right = np.where(rng.random(n) < 0.12, 0.03, _sigmoid(2.2 + 1.2 * ease))
    votes = rng.binomial(5, right)
    return np.maximum(votes, 5 - votes) / 5 + 1e-6 * rng.random(n), (votes < 3).astype(float)


def clusters(n: int, rng: np.random.Generator) -> Arrays:
    """Items come in groups of forty alike; a group is easy or hard as a whole."""
    group = np.repeat(np.arange(-(-n // 40)), 40)[:n]
    ease = rng.normal(size=group[-1] + 1)[group] + 0.3 * rng.normal(size=n)
    wrong = rng.random(n) > _sigmoid(2.2 + 1.5 * ease)
    return _sigmoid(2 + ease + 0.7 * rng.normal(size=n)), wrong.astype(float)


def useless(n: int, rng: np.random.Generator) -> Arrays:
    """The score says nothing, and every tenth suggestion is wrong: all thresholds are equally bad."""
    return rng.random(n), (rng.random(n) < 0.1).astype(float)


def partly(n: int, rng: np.random.Generator) -> Arrays:
    """Suggestions that are right in part, as boxes and spans are: losses anywhere in 0..1."""
    score, wrong = independent(n, rng)
    return score, np.where(wrong == 1, rng.beta(2, 2, n), rng.beta(1, 40, n))


WORLDS = {
    "independent errors": independent, "models that err together": committee, "errors in clusters": clusters,
    "useless score": useless, "partly right": partly,
}  # fmt: skip


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))
