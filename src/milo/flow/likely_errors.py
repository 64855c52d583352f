"""LIKELY ERRORS: which answers a model contradicts that did not see them, most suspicious first, each with its reason.

Labels and numbers are judged by confident learning (`milo.stats.label_errors`), which knows how far the model can be believed
on each label; other values by how far the model's answer differs, times its confidence. A list says what is worth a second
look, never that something is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from milo.domain.annotation import Prediction
from milo.domain.question import Question
from milo.flow.agreement import CATEGORICAL
from milo.flow.guarantee import default_right_at
from milo.kinds.task_type import TaskType
from milo.stats.estimates import mean
from milo.stats.label_errors import label_errors
from milo.stats.ratings import Floats

FOLDS = 5
LEAST = 30
"""Answered items below which nothing is looked for."""
SURE = 0.5
"""A contradiction is listed where the chance that the answer is wrong is not below this, or confident learning suspects it."""


class Suspect(msgspec.Struct, frozen=True):
    """An answer worth a second look: `chance` that it is wrong, what was given, what the model says, and why."""

    item_id: int
    question: str
    chance: float
    given: Any
    suggested: Any
    reason: str


class ErrorSearch(msgspec.Struct, frozen=True):
    """One search for likely errors: over `n` answered items, `expected` of them estimated to be wrong (null where that cannot
    be estimated), by a model of the kind `plugin` that agrees with `agrees` of the answers that it did not see."""

    question: str
    n: int
    found: int
    expected: float | None
    plugin: str
    agrees: float
    at: float = 0.0


class Checked(msgspec.Struct, frozen=True):
    """An answer drawn by chance for review, with the `odds` of the draw: as it stood then, and the item's gold (None: none
    yet). `returned`: it was sent back to its author."""

    odds: float
    given: Any
    gold: Any
    returned: bool


class CheckedErrors(msgspec.Struct, frozen=True):
    """How many of the `of` finished answers outside of the blind slice are wrong, by the `n` among them that were drawn by
    chance and decided by a reviewer, `wrong` of them wrongly answered. `share` with the 95 % interval `low`..`high` (null:
    fewer than two are decided); the `waiting`, drawn but not decided yet, count as right at the lower end, as wrong at the
    upper one."""

    question: str
    n: int
    wrong: int
    waiting: int
    of: int
    share: float | None
    low: float
    high: float


class Given(msgspec.Struct, frozen=True):
    """An item's answer as it stands."""

    item_id: int
    value: Any


def folds(n: int, count: int = FOLDS, seed: int = 0) -> list[int]:
    """A fold for each of n items, equally large, in an order that has nothing to do with theirs."""
    order = np.random.default_rng(seed).permutation(n)
    out = np.empty(n, dtype=np.int64)
    out[order] = np.arange(n) % count
    return out.tolist()


def agreement_of(question: Question, task_type: TaskType, given: Sequence[Given], said: dict[int, Prediction]) -> float:
    """The mean agreement of a model with answers that it did not see; 0 where it said nothing."""
    both = [task_type.agreement(question, g.value, said[g.item_id].value) for g in given if g.item_id in said]
    return float(np.mean(both)) if both else 0.0


def checked_errors(question: Question, task_type: TaskType, checks: Sequence[Checked], of: int) -> CheckedErrors:
    """The share of wrong answers from those drawn by chance, each weighted with its odds; no model has a say in it."""
    right_at = default_right_at(task_type.shape)
    odds = np.array([c.odds for c in checks], dtype=np.float64)
    known = np.array([c.returned or c.gold is not None for c in checks], dtype=bool)
    wrong = np.array(
        [k and (c.gold is None or task_type.agreement(question, c.given, c.gold) < right_at - 1e-9)
         for k, c in zip(known, checks, strict=True)],
        dtype=bool,
    )  # fmt: skip
    n, low, high = int(known.sum()), 0.0, 1.0
    if n >= 2:
        rest, none = np.zeros(max(0, of - len(checks))), np.zeros(len(checks))
        low, high = mean(wrong, none, rest, odds).low, mean(wrong | ~known, none, rest, odds).high
    share = float(wrong[known] @ (1 / odds[known]) / (1 / odds[known]).sum()) if n >= 2 else None
    return CheckedErrors(question.name, n, int(wrong.sum()), len(checks) - n, of, share, float(low), float(high))


def suspects(
    question: Question, task_type: TaskType, given: Sequence[Given], said: dict[int, Prediction]
) -> tuple[list[Suspect], float | None]:
    """The suspicious answers, worst first, and how many are estimated to be wrong in all. `said`: by item, out of sample."""
    known = [g for g in given if g.item_id in said and said[g.item_id].score is not None]
    if task_type.shape in CATEGORICAL:
        chance, listed, expected = _confident(known, said)
    else:
        far = [1 - task_type.agreement(question, g.value, said[g.item_id].value) for g in known]
        chance = np.array([f * (said[g.item_id].score or 0.0) for f, g in zip(far, known, strict=True)])
        listed, expected = chance >= SURE, None
    order = sorted(np.flatnonzero(listed).tolist(), key=lambda i: (-chance[i], known[i].item_id))
    return [_suspect(question, known[i], said[known[i].item_id], float(chance[i])) for i in order], expected


def _confident(known: Sequence[Given], said: dict[int, Prediction]) -> tuple[Floats, Any, float | None]:
    """Chances by confident learning. A model that states one label and its probability leaves the rest to the others by how
    frequent they are."""
    values = sorted({g.value for g in known} | {said[g.item_id].value for g in known}, key=lambda v: (str(type(v)), v))
    if len(values) < 2 or not known:
        return np.zeros(len(known)), np.zeros(len(known), dtype=bool), 0.0 if known else None
    place = {value: i for i, value in enumerate(values)}
    label = np.array([place[g.value] for g in known], dtype=np.int64)
    best = np.array([place[said[g.item_id].value] for g in known], dtype=np.int64)
    score = np.clip([said[g.item_id].score or 0.0 for g in known], 1e-6, 1 - 1e-6)
    share = (np.bincount(label, minlength=len(values)) + 1.0) / (len(label) + len(values))
    rest = np.tile(share, (len(label), 1))
    rest[np.arange(len(label)), best] = 0.0
    rest *= ((1 - score) / rest.sum(axis=1))[:, None]
    rest[np.arange(len(label)), best] = score
    found = label_errors(label, rest)
    return found.wrong, found.suspect & (best != label), found.expected


def _suspect(question: Question, given: Given, said: Prediction, chance: float) -> Suspect:
    reason = (
        f"A model that did not see this answer says otherwise, {said.score or 0.0:.0%} sure. Of 100 answers that look like "
        f"this one, about {round(chance * 100)} are expected to be wrong."
    )
    return Suspect(given.item_id, question.name, chance, given.value, said.value, reason)
