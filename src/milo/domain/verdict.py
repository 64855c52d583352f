"""What a judge, person or model, says of an annotation: criterion by criterion, by a rubric. And the rubric itself."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Response = Literal["none", "dismissed", "taken", "changed"]
"""What the annotator did with the advice: nothing yet, waved it away, followed it as it stands, changed something else."""


class Level(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step of a criterion's scale and what it looks like."""

    score: int
    description: str


class Criterion(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is looked at. `levels` describe the scale from worst to best; `weight` counts it in the total;
    below `pass_mark` (a score; None: no mark of its own) the criterion raises an alarm."""

    name: str
    title: str
    levels: tuple[Level, ...]
    description: str = ""
    weight: float = 1.0
    pass_mark: int | None = None


class Rubric(msgspec.Struct, frozen=True, omit_defaults=True):
    """Criteria with a pass mark on the weighted mean, each score mapped to 0..1 over its scale."""

    name: str
    criteria: tuple[Criterion, ...]
    description: str = ""
    pass_mark: float = 0.5


class CriterionScore(msgspec.Struct, frozen=True, omit_defaults=True):
    """One criterion of a verdict. `score` on the criterion's scale (the mean of `distribution` where there is one);
    `distribution`: probability by score, as text keys, summing to 1; `evidence`: words quoted from the item or the answer."""

    criterion: str
    score: float
    distribution: dict[str, float] | None = None
    evidence: tuple[str, ...] = ()
    reason: str = ""


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """A judgement. `total` is the weighted mean in 0..1, `passed` whether it and every criterion reach their marks;
    `advice` says in a sentence or two what to change; `own_model`: the judge is the model that made the suggestion."""

    scores: tuple[CriterionScore, ...]
    total: float
    passed: bool
    advice: str = ""
    own_model: bool = False
    info: dict[str, Any] = {}
