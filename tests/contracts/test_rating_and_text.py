"""Ratings and written answers: scales, medians, and token distance against a plain dynamic programme."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milo.builtin.tasks._distance import edit_distance, similarity, tokens
from milo.builtin.tasks.rating import PLUGIN as RATING
from milo.builtin.tasks.text import PLUGIN as TEXT
from milo.domain.errors import InvalidConfig, InvalidValue
from milo.testing.builders import make_question

R = make_question("rating", {"min": 1, "max": 5})


def _plain_distance(a: list[str], b: list[str]) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (x != y))
    return row[-1]


@settings(max_examples=400, deadline=None)
@given(*[st.lists(st.sampled_from("abcd"), max_size=40)] * 2)
def test_bit_parallel_distance_equals_the_plain_one(a: list[str], b: list[str]) -> None:
    assert edit_distance(a, b) == _plain_distance(a, b)


def test_distance_across_word_boundaries_of_the_machine() -> None:
    a, b = [str(i % 7) for i in range(500)], [str(i % 5) for i in range(470)]
    assert edit_distance(a, b) == _plain_distance(a, b)


def test_known_distances() -> None:
    assert edit_distance(list("kitten"), list("sitting")) == 3
    assert similarity("The cat sat.", "the  CAT sat.") == 1.0
    assert similarity("the cat sat", "the dog sat") == pytest.approx(2 / 3)
    assert similarity("Ole\u0301", "Ol\u00e9") == 1.0
    assert similarity("", "x") == 0.0
    assert tokens("東京 is big!") == ["東", "京", "is", "big", "!"]


@pytest.mark.parametrize(
    ("config", "value"),
    [
        ({"min_length": 2}, "a"),
        ({"max_length": 3}, "abcd"),
        ({"multiline": False}, "a\nb"),
        ({}, "x" * 200_001),
        ({}, 3),
    ],
)
def test_texts_outside_of_the_limits(config: dict[str, Any], value: Any) -> None:
    question = TEXT.check_config(make_question("text", config), ())
    with pytest.raises(InvalidValue):
        TEXT.check(question, value, None)


@pytest.mark.parametrize("config", [{"min_length": -1}, {"max_length": 200_001}, {"min_length": 5, "max_length": 4}])
def test_text_limits_are_checked(config: dict[str, Any]) -> None:
    with pytest.raises(InvalidConfig):
        TEXT.check_config(make_question("text", config), ())


def test_text_merge_takes_the_answer_nearest_to_all() -> None:
    answers = ["the cat sat down", "the cat sat", "a dog ran off"]
    assert TEXT.merge(make_question("text", {}), answers) in answers[:2]
    assert TEXT.merge(make_question("text", {}), ["b", "b", "a"]) == "b"


def test_a_hand_edited_cell_in_quotes_is_taken_as_it_is() -> None:
    assert TEXT.unflatten(make_question("text", {}), {"": '"not" json"'}) == '"not" json"'


def test_rating_agreement_and_median() -> None:
    assert RATING.agreement(R, 1, 5) == 0.0
    assert RATING.agreement(R, 4, 5) == 0.75
    assert RATING.merge(R, [5, 1, 4]) == 4
    assert RATING.merge(R, [1, 2, 4, 5]) == 2


@pytest.mark.parametrize("value", [0, 6, True, 1.5, "3", float("nan"), float("inf"), None])
def test_bad_ratings(value: Any) -> None:
    with pytest.raises(InvalidValue, match="no whole number from 1 to 5"):
        RATING.check(R, value, None)


def test_whole_floats_are_taken_and_made_whole() -> None:
    value = RATING.check(R, 3.0, None)
    assert value == 3
    assert isinstance(value, int)


def test_rating_labels_from_a_list() -> None:
    config = {"min": 0, "max": 2, "labels": ["no", "so so", "yes"]}
    assert RATING.check_config(make_question("rating", config), ()).config["labels"] == {
        "0": "no",
        "1": "so so",
        "2": "yes",
    }


@pytest.mark.parametrize(
    "config",
    [
        {"min": 5, "max": 5},
        {"min": 0, "max": 1000},
        {"labels": ["a"]},
        {"labels": {"9": "x"}},
        {"min": 1.5},
        {"labels": {"1": 2}},
    ],
)
def test_bad_scales(config: dict[str, Any]) -> None:
    with pytest.raises(InvalidConfig):
        RATING.check_config(make_question("rating", config), ())
