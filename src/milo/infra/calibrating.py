"""Calibration of any model's scores, by answers that people gave blind: bars, calibration error, Brier score and AUROC."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from milo.domain.project import Project
from milo.flow.guarantee import default_right_at
from milo.infra.sql.guarantees import GuaranteesSql
from milo.infra.sql.models import PredictorRow
from milo.stats.confidence import NEEDED, RARE
from milo.stats.intervals import Estimate
from milo.stats.reliability import report

if TYPE_CHECKING:
    from milo.bootstrap import Workspace


class ScoreBar(msgspec.Struct, frozen=True):
    """Scores from `low` to `high`: how many, their mean, and the share that was right with its exact interval."""

    low: float
    high: float
    n: int
    mean: float
    share: float
    share_low: float
    share_high: float


class Gauge(msgspec.Struct, frozen=True):
    """A figure with its interval; `value` null: too few answers, as `why` says."""

    value: float | None
    low: float
    high: float
    why: str = ""


class Calibration(msgspec.Struct, frozen=True):
    """`n` blind answers that the version was compared with, of which `scored` had a score and `wrong` were not right. Below
    `needed` nothing is drawn."""

    version: int
    n: int
    scored: int
    wrong: int
    needed: int
    bars: list[ScoreBar]
    accuracy: Gauge
    ece: Gauge
    brier: Gauge
    auroc: Gauge


def calibration(workspace: Workspace, project: Project, row: PredictorRow) -> Calibration:
    """The calibration of a model's present version."""
    asked = project.schema.get(row.question)
    task = workspace.task_types[asked.type]
    heard = workspace.db.read(lambda c: GuaranteesSql(c).heard(row.question, row.id, row.version, 0.0))
    least = default_right_at(task.shape) - 1e-9
    right = np.array([task.agreement(asked, h.said, h.given[0]) >= least for h in heard], np.float64)
    scores = np.array([np.nan if h.score is None else h.score for h in heard], np.float64)
    known = ~np.isnan(scores)
    y, scored = right[known], int(known.sum())
    n, wrong = len(heard), int(len(y) - y.sum())
    if scored < NEEDED:
        few = Gauge(None, 0.0, 1.0, f"too few: {scored} of about {NEEDED} blind answers")
        return Calibration(row.version, n, scored, wrong, NEEDED, [], few, few, few, few)
    found = report(scores[known], y)
    bars = [ScoreBar(b.low, b.high, b.n, b.confidence, b.accuracy, b.accuracy_low, b.accuracy_high) for b in found.bars]
    return Calibration(
        row.version, n, scored, wrong, NEEDED, bars, _gauge(found.accuracy), _gauge(found.ece), _gauge(found.brier),
        _discrimination(found.auroc, wrong, scored - wrong),
    )  # fmt: skip


def _discrimination(found: Estimate, wrong: int, right: int) -> Gauge:
    if min(wrong, right) < RARE:
        kind, count = ("wrong", wrong) if wrong <= right else ("right", right)
        return Gauge(None, 0.0, 1.0, f"too few: {count} {kind} answer{'' if count == 1 else 's'}, {RARE} are needed")
    return _gauge(found)


def _gauge(found: Estimate) -> Gauge:
    if math.isnan(found.value):
        return Gauge(None, 0.0, 1.0, "too few")
    return Gauge(float(found.value), float(found.low), float(found.high))
