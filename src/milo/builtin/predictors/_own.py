"""Settings of predictors that use something the owner of the workspace registered: a file, a service."""

from __future__ import annotations

from typing import Any

from milo.domain.errors import InvalidConfig
from milo.domain.question import Question


def check_own(config: dict[str, Any], settings: tuple[str, ...]) -> dict[str, Any]:
    """Settings of a predictor that uses something registered by the owner. Raises InvalidConfig."""
    unknown = sorted(set(config) - set(settings))
    if unknown:
        raise InvalidConfig(f"There is no setting {', '.join(unknown)}. Settings: {', '.join(settings)}.", place="config")
    if not isinstance(config.get("own"), str) or not config["own"]:
        raise InvalidConfig('The setting "own" names what to use; the owner of the workspace registers it.', place="config.own")
    least = config.get("min_score")
    if least is not None and (isinstance(least, bool) or not isinstance(least, int | float) or not 0 <= least <= 1):
        raise InvalidConfig(f"min_score is {least!r}; it must be a number from 0 to 1.", place="config.min_score")
    names = config.get("labels", {})
    if not isinstance(names, dict) or not all(isinstance(v, str) for v in names.values()):
        raise InvalidConfig(
            'labels must be an object, from the model\'s labels to those here: {"cat": "animal"}.', place="config.labels"
        )
    return dict(config)


def labels_here(question: Question, labels: list[str], names: dict[str, str]) -> list[str | None]:
    """For each of the model's labels the question's own: as `names` says, else of equal value or title, whatever their case.

    Raises InvalidConfig where none is known here.
    """
    entries: list[Any] = question.config.get("labels") or []
    known: dict[str, str] = {}
    for entry in entries:
        one: dict[str, Any] = {"value": entry} if isinstance(entry, str) else entry
        for text in (one.get("title"), one["value"]):
            if text:
                known[str(text).casefold()] = str(one["value"])
    found = [known.get(names.get(label, label).casefold()) for label in labels]
    if labels and not any(found):
        shown = ", ".join(labels[:8]) + (", ..." if len(labels) > 8 else "")
        own = ", ".join(sorted(set(known.values())))[:300]
        raise InvalidConfig(
            f'None of the model\'s labels ({shown}) is a label of "{question.name}" ({own}). Say which stands for which in the '
            'setting "labels".',
            place="config.labels",
        )
    return found
