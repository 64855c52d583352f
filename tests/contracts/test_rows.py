"""Rows of a table in a document: what they take, what they refuse and where, how two are compared and how several become one."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.document_cases import COLUMNS, DOCUMENT, PAPER
from milo.domain.errors import InvalidConfig, InvalidValue
from milo.domain.question import Question
from milo.kinds.registry import Registry
from milo.kinds.task_type import TaskType, from_model, model_brief
from milo.testing.builders import make_question

Asked = tuple[Any, Question]


@pytest.fixture
def asked(registry: Registry) -> Asked:
    return settled(registry, {"columns": COLUMNS})


def settled(registry: Registry, config: dict[str, Any]) -> Asked:
    task: TaskType = registry.task_types.get("table_rows")
    return task, task.check_config(make_question("table_rows", config), (PAPER,))


def lines(asked: Asked, *rows: Any) -> Any:
    return asked[0].check(
        asked[1], [row if isinstance(row, dict) else {"what": row[0], "amount": row[1]} for row in rows], DOCUMENT
    )


def named(asked: Asked, value: Any) -> list[Any]:
    return [row["what"]["value"] for row in value]


def test_cells_are_read_into_the_types_of_their_columns(asked: Asked) -> None:
    task, question = asked
    (row,) = lines(asked, {"day": "18 april 2014", "amount": {"value": "€ 1.234,50", "text": "€ 1.234,50"}, "quantity": "3"})
    assert list(row) == ["quantity", "amount", "day"]
    assert row["amount"] == {"value": 1234.5, "text": "€ 1.234,50"}
    assert (row["quantity"]["value"], row["day"]["value"]) == (3, "2014-04-18")
    two = lines(asked, {"what": "a\nb", "amount": 1, "unit": "kg"}, {"amount": 2})
    cells = task.flatten(question, two)
    assert (cells["amount"], cells["what"], cells["day"]) == ("1\n2", "a b\n", "\n")
    assert task.summary(question, two) == ["unit: kg"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"what": "x"}, 'row 2, column "amount" has no value'),
        ({"amount": None}, "row 2 has no value; fill it in"),
        ({"amount": 1, "sum": 2}, "row 2: there is no column 'sum'"),
        ({"amount": "many"}, "row 2, column \"amount\": 'many' is no number; write it as 1234.56"),
        ({"amount": 1, "unit": "Kg"}, 'row 2, column "unit": .*kg'),
        ({"amount": 1, "day": "31.02.2014"}, 'row 2, column "day": .* is no date'),
        ({"amount": {"value": 1, "places": [{"page": 3, "x": 0, "y": 0, "w": 1, "h": 1}]}}, "there is no page 3"),
        (["x"], "row 2: expected {column"),
    ],
)
def test_refusals_name_row_and_column(asked: Asked, row: Any, words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        asked[0].check(asked[1], [{"amount": 1}, row], DOCUMENT)


def test_there_is_a_limit_to_rows(asked: Asked) -> None:
    with pytest.raises(InvalidValue, match="501 rows; at most 500"):
        asked[0].check(asked[1], [{"amount": 1}] * 501, DOCUMENT)


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({}, "columns"),
        ({"columns": ["a", "a"]}, "columns"),
        ({"columns": [{"name": "a", "type": "choice"}]}, "columns[0].labels"),
    ],
)
def test_settings_that_do_not_fit_are_named(registry: Registry, config: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidConfig) as caught:
        settled(registry, config)
    assert caught.value.place == f"questions.q.config.{place}"


def test_agreement_is_f1_over_cells_in_any_order(asked: Asked) -> None:
    task, question = asked
    ours = lines(asked, ("Wine", 10), ("Oil", 4), ("Wine", 10))
    assert task.agreement(question, ours, lines(asked, ("oil ", 4.004), ("WINE", 10), ("wine", 10))) == 1
    assert task.agreement(question, ours, lines(asked, ("Wine", 10), ("Oil", 4))) == pytest.approx(8 / 10)
    assert task.agreement(question, ours, lines(asked, ("Wine", 10), ("Oil", 5), ("Wine", 10))) == pytest.approx(10 / 12)
    assert (task.agreement(question, ours, []), task.agreement(question, [], [])) == (0, 1)


def test_equal_rows_stand_for_one_each(asked: Asked) -> None:
    ours = lines(asked, ("Wine", 10), ("Wine", 10), ("Oil", 4))
    assert len(asked[0].shared(asked[1], ours, lines(asked, ("Oil", 5), ("Wine", 10.001)))) == 1
    assert asked[0].shared(asked[1], ours, lines(asked, ("Oil", 4))) == [(2,)]


def test_merging_keeps_rows_that_half_have_in_the_order_that_most_give(asked: Asked) -> None:
    task, question = asked
    whole = [(name, n) for n, name in enumerate("abcdefgh")]
    merged = task.merge(question, [lines(asked, *whole[4:]), lines(asked, *whole)])
    assert named(asked, merged) == list("abcdefgh")
    merged = task.merge(question, [lines(asked, *whole[:3], ("x", 99)), lines(asked, *whole[:2]), lines(asked, *whole[1:3])])
    assert named(asked, merged) == list("abc")
    turned = lines(asked, *reversed(whole))
    assert named(asked, task.merge(question, [turned, lines(asked, *whole), lines(asked, *whole)])) == list("abcdefgh")


def test_cells_of_merged_rows_are_elected(asked: Asked) -> None:
    place = [{"page": 0, "x": 1.0, "y": 1.0, "w": 5.0, "h": 5.0}]
    values = [
        lines(asked, {"what": "Oil", "amount": 4, "quantity": 1}),
        lines(asked, {"what": "Oil", "amount": {"value": "4.00", "places": place}, "quantity": 2}),
        lines(asked, {"what": "0il", "amount": 4, "quantity": 2}),
    ]
    (row,) = asked[0].merge(asked[1], values)
    assert row == {"what": {"value": "Oil"}, "quantity": {"value": 2}, "amount": {"value": 4, "places": place}}


def test_rows_that_are_equal_keep_their_places_apart(asked: Asked) -> None:
    def at(*heights: float) -> Any:
        places = [[{"page": 0, "x": 0.0, "y": y, "w": 9.0, "h": 9.0}] for y in heights]
        return lines(asked, *({"what": "Wine", "amount": {"value": 10, "places": place}} for place in places))

    merged = asked[0].merge(asked[1], [at(100, 20, 300), at(101, 21, 301), at(101, 21, 301)])
    assert [row["amount"]["places"][0]["y"] for row in merged] == [101, 21, 301]


def test_long_tables_are_merged_up_to_the_limit(asked: Asked) -> None:
    first, second = (lines(asked, *((f"row {n}", n) for n in range(start, start + 400))) for start in (0, 1000))
    merged = asked[0].merge(asked[1], [first, second])
    assert len(merged) == 500


def test_models_answer_with_bare_values(asked: Asked) -> None:
    task, question = asked
    brief = model_brief(task, question)
    assert "- amount (amount, required)" in brief.instruction
    assert brief.json_schema["items"]["properties"]["amount"] == {"type": ["number", "null"]}
    answer = [{"what": "Oil", "amount": 4, "day": "soon"}, {"what": None, "amount": None}]
    with pytest.raises(InvalidValue, match='row 1, column "day"'):
        from_model(task, question, answer, DOCUMENT, last=False)
    read = from_model(task, question, answer, DOCUMENT, last=True)
    assert read.value == lines(asked, ("Oil", 4))
    assert "soon" in read.left_out[0]
