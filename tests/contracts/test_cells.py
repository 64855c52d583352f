"""Labels on cells: which values are tables (as the page finds them too), and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from milo.builtin.tasks._tables import table_of
from milo.builtin.tasks.cell_labels import PLUGIN
from milo.domain.errors import InvalidConfig, InvalidValue
from milo.domain.question import Field, Question
from milo.kinds.task_type import from_model, model_brief, to_model
from milo.testing.builders import make_item, make_question

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "table_cases.json").read_text())
ITEM = make_item({"sheet": [{"name": "Ann", "age": 7}, {"name": "Bob", "age": -1}]})


def _question(**config: Any) -> Question:
    return PLUGIN.check_config(
        make_question("cell_labels", {"labels": ["wrong", "name"], **config}), (Field("sheet", "table"),)
    )


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_which_values_are_tables(case: dict[str, Any]) -> None:
    table = table_of(case["value"])
    assert (None if table is None else table.columns) == case["columns"]
    assert len(table.rows if table else []) == case["rows"]


@pytest.mark.parametrize(
    ("mark", "why"),
    [
        ({"row": 2, "column": "age", "label": "wrong"}, "2 rows, counted from 0"),
        ({"row": -1, "column": "age", "label": "wrong"}, "count from 0"),
        ({"row": 0, "column": "weight", "label": "wrong"}, "Columns: name, age"),
        ({"row": 0, "column": "age", "label": "odd"}, "odd"),
    ],
)
def test_what_is_not_there_is_refused(mark: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidValue, match=why):
        PLUGIN.check(_question(), [mark], ITEM)


def test_one_label_a_cell_unless_it_may_have_several() -> None:
    both = [{"row": 0, "column": "age", "label": name} for name in ("wrong", "name")]
    with pytest.raises(InvalidValue, match="two labels"):
        PLUGIN.check(_question(), both, ITEM)
    assert PLUGIN.check(_question(multiple=True), both[::-1], ITEM) == both


def test_the_label_that_most_give_a_cell_is_kept() -> None:
    a, b = ({"row": 1, "column": "age", "label": name} for name in ("wrong", "name"))
    c = {"row": 0, "column": "name", "label": "name"}
    assert PLUGIN.merge(_question(), [[a], [a, c], [b]]) == [a]


def test_models_count_rows_from_one_as_they_are_shown() -> None:
    question = _question()
    value = [{"row": 1, "column": "age", "label": "wrong"}]
    answer = to_model(PLUGIN, question, value, ITEM)
    assert answer[0]["row"] == 2
    assert "counts from 1" in model_brief(PLUGIN, question).instruction
    assert from_model(PLUGIN, question, answer, ITEM, last=False).value == value
    read = from_model(PLUGIN, question, [*answer, {"row": 3, "column": "age", "label": "wrong"}], ITEM, last=True)
    assert read.value == value
    assert "row 3" in read.left_out[0]


def test_a_table_is_needed() -> None:
    with pytest.raises(InvalidConfig, match="table"):
        PLUGIN.check_config(make_question("cell_labels", {"labels": ["a"]}), (Field("t"),))
    with pytest.raises(InvalidValue, match="no table"):
        PLUGIN.check(_question(), [], make_item({"sheet": "a,b"}))
