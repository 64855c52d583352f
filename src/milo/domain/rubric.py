"""What a rubric must keep, and how the scores of its criteria become one verdict. Pure, so that people and models are weighed
by the same arithmetic."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from milo.domain.errors import InvalidConfig, InvalidValue
from milo.domain.question import NAME_PATTERN
from milo.domain.verdict import Criterion, CriterionScore, Rubric, Verdict

MAX_CRITERIA = 20
MAX_LEVELS = 11
_LETTERS = "ABCDEFGHIJK"


def check_rubric(rubric: Rubric) -> Rubric:
    """The rubric, if it can be used. Raises InvalidConfig naming the criterion."""
    if not re.match(NAME_PATTERN, rubric.name):
        raise InvalidConfig(
            f'"{rubric.name}" is no valid name: start with a letter, then letters, digits, "_" or "-", 64 at most.',
            place="name",
        )
    if not 1 <= len(rubric.criteria) <= MAX_CRITERIA:
        raise InvalidConfig(
            f"A rubric has 1 to {MAX_CRITERIA} criteria; this one has {len(rubric.criteria)}.", place="criteria"
        )
    if not 0 <= rubric.pass_mark <= 1:
        raise InvalidConfig(f"The pass mark {rubric.pass_mark} is not between 0 and 1.", place="pass_mark")
    names = [c.name for c in rubric.criteria]
    for number, criterion in enumerate(rubric.criteria):
        if names.index(criterion.name) != number:
            raise InvalidConfig(f'There are two criteria named "{criterion.name}".', place=f"criteria.{number}.name")
        _check_criterion(criterion, f"criteria.{number}")
    if not any(c.weight for c in rubric.criteria):
        raise InvalidConfig("All criteria weigh nothing; give at least one a weight.", place="criteria")
    return rubric


def _check_criterion(criterion: Criterion, place: str) -> None:
    if not re.match(NAME_PATTERN, criterion.name):
        raise InvalidConfig(
            f'"{criterion.name}" is no valid name of a criterion: start with a letter, then letters, digits, "_" or "-".',
            place=f"{place}.name",
        )
    if not criterion.title.strip():
        raise InvalidConfig(f'The criterion "{criterion.name}" needs a title.', place=f"{place}.title")
    if not (math.isfinite(criterion.weight) and 0 <= criterion.weight <= 100):
        raise InvalidConfig(
            f'The weight of "{criterion.name}" is {criterion.weight}; it must be 0 to 100.', place=f"{place}.weight"
        )
    scores = [level.score for level in criterion.levels]
    if not 2 <= len(scores) <= MAX_LEVELS:
        raise InvalidConfig(
            f'"{criterion.name}" has {len(scores)} levels; a scale has 2 to {MAX_LEVELS}.', place=f"{place}.levels"
        )
    if sorted(set(scores)) != scores:
        raise InvalidConfig(
            f'The levels of "{criterion.name}" must go up, from worst to best: {scores}.', place=f"{place}.levels"
        )
    if criterion.pass_mark is not None and criterion.pass_mark not in scores:
        raise InvalidConfig(
            f'The pass mark {criterion.pass_mark} of "{criterion.name}" is not on its scale {scores}.',
            place=f"{place}.pass_mark",
        )


def options(criterion: Criterion) -> dict[str, int]:
    """What a model answers for each score, one character each, so that its probability can be read off one token."""
    scores = [level.score for level in criterion.levels]
    if all(0 <= score <= 9 for score in scores):
        return {str(score): score for score in scores}
    return dict(zip(_LETTERS, scores, strict=False))


def unit(criterion: Criterion, score: float) -> float:
    """The score mapped to 0..1 over the scale."""
    low, high = criterion.levels[0].score, criterion.levels[-1].score
    return min(1.0, max(0.0, (score - low) / (high - low)))


def nearest_level(criterion: Criterion, score: float) -> int:
    """The score on the scale that is closest; of two the lower one."""
    return min((level.score for level in criterion.levels), key=lambda s: (abs(s - score), s))


def mean_of(distribution: Mapping[str, float]) -> float:
    """The expected score."""
    return sum(int(score) * p for score, p in distribution.items())


def raises_alarm(criterion: Criterion, score: float) -> bool:
    """Whether the criterion falls below its own mark. A mean just short of the mark counts as the nearest level."""
    return criterion.pass_mark is not None and nearest_level(criterion, score) < criterion.pass_mark


def weigh(rubric: Rubric, scores: Sequence[CriterionScore]) -> tuple[float, bool]:
    """The weighted mean in 0..1, and whether it and every criterion reach their marks."""
    by_name = {s.criterion: s.score for s in scores}
    weight = sum(c.weight for c in rubric.criteria)
    total = sum(c.weight * unit(c, by_name[c.name]) for c in rubric.criteria) / weight
    clean = not any(raises_alarm(c, by_name[c.name]) for c in rubric.criteria)
    return total, clean and total >= rubric.pass_mark - 1e-9


def rated(rubric: Rubric, given: Mapping[str, int], note: str = "") -> Verdict:
    """A person's verdict. Raises InvalidValue for a missing criterion or a score that is not on its scale."""
    known = {c.name: c for c in rubric.criteria}
    if unknown := sorted(set(given) - set(known)):
        raise InvalidValue(f'The rubric has no criterion "{unknown[0]}". It has: {", ".join(known)}.', place="scores")
    scores: list[CriterionScore] = []
    for name, criterion in known.items():
        if name not in given:
            raise InvalidValue(f'"{criterion.title}" has no score yet.', place=f"scores.{name}")
        if given[name] not in [level.score for level in criterion.levels]:
            raise InvalidValue(f'{given[name]} is no score of "{criterion.title}".', place=f"scores.{name}")
        scores.append(CriterionScore(name, float(given[name])))
    total, passed = weigh(rubric, scores)
    return Verdict(tuple(scores), total, passed, advice=note)
