"""Segments on time series: which tables are one (as the page finds it too), how long they last, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from milo.builtin.tasks._series import length_of
from milo.builtin.tasks.segments import PLUGIN
from milo.domain.errors import InvalidValue
from milo.domain.question import Field
from milo.testing.builders import make_item, make_question

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "series_cases.json").read_text())
TABLE = Field("log", "table")


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_which_tables_are_time_series(case: dict[str, Any]) -> None:
    assert length_of(case["value"]) == case["length"]


def test_sound_is_asked_about_before_tables() -> None:
    question = make_question("segments", {"labels": ["a"]})
    assert PLUGIN.check_config(question, (TABLE, Field("sound", "audio"))).field == "sound"
    assert PLUGIN.check_config(question, (TABLE,)).field == "log"


def test_segments_are_held_against_the_series() -> None:
    question = PLUGIN.check_config(make_question("segments", {"labels": ["a"]}), (TABLE,))
    item = make_item({"log": [{"time": 100 + t, "x": t * t} for t in range(11)]})
    inside = [{"start": 2.5, "end": 10, "label": "a"}]
    assert PLUGIN.check(question, inside, item) == inside
    with pytest.raises(InvalidValue):
        PLUGIN.check(question, [{"start": 2.5, "end": 110, "label": "a"}], item)
    with pytest.raises(InvalidValue, match="no time series"):
        PLUGIN.check(question, inside, make_item({"log": [{"name": "a"}, {"name": "b"}]}))
