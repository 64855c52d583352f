"""`segments`: labelled stretches of time of an audio or video field.

Stands alone because time has one dimension and no words. The value is a list of {start, end, label, id?, score?, attributes?}
in seconds from the start of the media as decoded; see `_timed` for order, rounding and overlap.
"""

from __future__ import annotations

from typing import Any

from milo.builtin.tasks._config import config_error
from milo.builtin.tasks._timed import Timed, time_agreement
from milo.domain.question import Question

MEASURES = ("segments", "time")


class Segments(Timed):
    """Stretches of time. Agreement is F1 over segments of one label whose intersection over union is at least 0.5; with
    `agree_by: time`, the share of time on which both say the same, over labels (Dice)."""

    name = "segments"
    title = "Time segments"
    own_keys = ("agree_by",)

    def settings(self, question: Question, attributes: list[dict[str, Any]]) -> dict[str, Any]:
        """`agree_by`: "segments" (who found which event) or "time" (how long who speaks)."""
        measure = question.config.get("agree_by", MEASURES[0])
        if measure not in MEASURES:
            raise config_error(question, "agree_by", f"agree_by is {measure!r:.40}; it must be one of {', '.join(MEASURES)}.")
        return {"agree_by": measure}

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """As `agree_by` says; ids do not matter."""
        if question.config.get("agree_by") == "time":
            return time_agreement(a, b)
        return super().agreement(question, a, b)


PLUGIN = Segments()
