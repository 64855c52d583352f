"""`segments`: labelled stretches of time of an audio or video field, or of a time series in a table.

Stands alone because time has one dimension and no words. The value is a list of {start, end, label, id?, score?, attributes?}
in seconds from the start of the media as decoded, or since the first time of the series (`_series`); see `_timed` for order,
rounding and overlap.
"""

from __future__ import annotations

from typing import Any, cast

from milo.builtin.tasks._config import config_error, value_error
from milo.builtin.tasks._series import length_of
from milo.builtin.tasks._timed import Timed, time_agreement
from milo.domain.item import Item
from milo.domain.question import Question

MEASURES = ("segments", "time")


class Segments(Timed):
    """Stretches of time. Agreement is F1 over segments of one label whose intersection over union is at least 0.5; with
    `agree_by: time`, the share of time on which both say the same, over labels (Dice)."""

    name = "segments"
    title = "Time segments"
    field_kinds = ("audio", "video", "table")
    own_keys = ("agree_by",)

    def settings(self, question: Question, attributes: list[dict[str, Any]]) -> dict[str, Any]:
        """`agree_by`: "segments" (who found which event) or "time" (how long who speaks)."""
        measure = question.config.get("agree_by", MEASURES[0])
        if measure not in MEASURES:
            raise config_error(question, "agree_by", f"agree_by is {measure!r:.40}; it must be one of {', '.join(MEASURES)}.")
        return {"agree_by": measure}

    def check(self, question: Question, value: Any, item: Item | None) -> list[dict[str, Any]]:
        """As for all of time; a table must be a time series."""
        table = item.data.get(question.field) if item is not None and question.field is not None else None
        if isinstance(table, list | dict) and "media" not in table and length_of(cast("Any", table)) is None:
            raise value_error(
                question,
                f'the table in "{question.field}" is no time series: it needs a column "time" (or a first column) of at least '
                "two numbers of seconds that never fall.",
            )
        return super().check(question, value, item)

    def agreement(self, question: Question, a: Any, b: Any) -> float:
        """As `agree_by` says; ids do not matter."""
        if question.config.get("agree_by") == "time":
            return time_agreement(a, b)
        return super().agreement(question, a, b)


PLUGIN = Segments()
