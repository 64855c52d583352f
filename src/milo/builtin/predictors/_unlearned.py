"""What predictors that do not learn have in common, and how their own words find the labels of a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from milo.domain.errors import InvalidConfig
from milo.domain.question import Field, Question
from milo.kinds.predictor import Example, Fitted


class Unlearned:
    """A predictor that answers as it is; `why` says so to who would train it."""

    learns = False
    why: ClassVar[str] = "It answers as it is and does not learn."

    def fit(self, question: Question, fields: tuple[Field, ...], config: dict[str, Any], examples: Sequence[Example]) -> Fitted:
        """It does not learn."""
        return Fitted(None, {"n": 0, "why": self.why})


def labels_by_word(question: Question) -> dict[str, str]:
    """The question's labels by their value and title, whatever the case."""
    known: dict[str, str] = {}
    for entry in question.config.get("labels") or []:
        one: dict[str, Any] = {"value": entry} if isinstance(entry, str) else entry
        for text in (one.get("title"), one["value"]):
            if text:
                known[str(text).casefold()] = str(one["value"])
    return known


def matched(question: Question, given: Mapping[str, str], words: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """What of `words` (a meaning, and what labels may call it) the question has a label for: meaning -> label. `given` says
    so where names differ. Raises InvalidConfig for a meaning or a label that there is not."""
    known = labels_by_word(question)
    for meaning, label in given.items():
        if meaning not in words:
            raise InvalidConfig(f'labels names "{meaning}"; it must be one of {", ".join(words)}.', place="config.labels")
        if label.casefold() not in known:
            raise InvalidConfig(f'"{question.name}" has no label "{label}".', place="config.labels")
    found: dict[str, str] = {}
    for meaning, names in words.items():
        label = known.get(given[meaning].casefold()) if meaning in given else None
        label = label or next((known[n] for n in (meaning, *names) if n in known), None)
        if label is not None:
            found[meaning] = label
    return found


def checked_settings(config: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """The setting `labels` as it is given. Raises InvalidConfig for a setting that there is not."""
    unknown = sorted(set(config) - set(names))
    if unknown:
        raise InvalidConfig(f"There is no setting {', '.join(unknown)}. Settings: {', '.join(names)}.", place="config")
    labels = config.get("labels", {})
    if not isinstance(labels, dict) or not all(isinstance(v, str) for v in labels.values()):
        raise InvalidConfig('labels must be an object, as {"date": "DATE"}.', place="config.labels")
    return labels
