"""Label sets, choices and trees: what is completed, what is refused, how trees agree."""

from __future__ import annotations

from typing import Any

import pytest

from milo.builtin.tasks.choice import PLUGIN as CHOICE
from milo.builtin.tasks.choices import PLUGIN as CHOICES
from milo.domain.errors import InvalidConfig, InvalidValue
from milo.testing.builders import make_question

TREE: list[Any] = [{"value": "a"}, {"value": "b", "parent": "a"}, {"value": "c", "parent": "a"}, {"value": "d"}]


def _config(labels: list[Any], **other: Any) -> dict[str, Any]:
    return CHOICES.check_config(make_question("choices", {"labels": labels, **other}), ()).config


def test_plain_strings_become_labels_with_keys_1_to_9_and_0() -> None:
    labels = _config([f"l{i}" for i in range(12)])["labels"]
    assert [label.get("key") for label in labels] == [*"1234567890", None, None]
    assert labels[0] == {"value": "l0", "key": "1"}


def test_a_default_key_never_takes_one_that_is_given() -> None:
    labels = _config(["a", {"value": "b", "key": "1"}, "c"])["labels"]
    assert [label["key"] for label in labels] == ["2", "1", "3"]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([], "needs labels"),
        ("yes", "needs labels"),
        (["a", "a"], 'two labels have the value "a"'),
        ([{"value": "a", "key": "x"}, {"value": "b", "key": "x"}], 'two labels have the key "x"'),
        ([{"value": "a", "parent": "z"}], 'its parent "z" is not among'),
        ([{"value": "a", "parent": "a"}], "its own ancestor"),
        ([{"value": "a", "parent": "b"}, {"value": "b", "parent": "a"}], "its own ancestor"),
        ([{"value": "a", "colour": "red"}], "label 1 is malformed"),
        ([{"value": "a", "color": "red"}], "is not like"),
        ([{"title": "a"}], "label 1 is malformed"),
        (["  "], "must have 1 to 500 characters"),
        (["a", 3], "label 2 is malformed"),
        (["\ud800"], "lone surrogate"),
        ([str(i) for i in range(10_001)], "at most 10,000"),
    ],
)
def test_bad_label_sets_are_refused_with_their_place(labels: Any, message: str) -> None:
    with pytest.raises(InvalidConfig, match=message) as caught:
        _config(labels)
    assert (caught.value.place or "").startswith("questions.q.config.labels")


def test_ten_thousand_labels_in_one_long_chain_are_fine() -> None:
    chain = [{"value": str(i)} | ({"parent": str(i - 1)} if i else {}) for i in range(10_000)]
    question = CHOICES.check_config(make_question("choices", {"labels": chain}), ())
    assert CHOICES.agreement(question, ["9999"], ["9999"]) == 1.0


def test_a_wrong_label_names_its_near_miss() -> None:
    with pytest.raises(InvalidValue, match='Did you mean "sports"'):
        CHOICE.check(make_question("choice", {"labels": ["sports", "news"]}), "sprots", None)


@pytest.mark.parametrize(
    ("config", "value", "message"),
    [
        ({"min": 1}, [], "choose at least 1"),
        ({"max": 1}, ["a", "b"], "choose at most 1"),
        ({"leaf_only": True}, ["a"], "has labels below it"),
        ({}, "a", "expected a list"),
        ({}, ["x"], "is not one of its labels"),
    ],
)
def test_choices_limits(config: dict[str, Any], value: Any, message: str) -> None:
    question = CHOICES.check_config(make_question("choices", {"labels": TREE, **config}), ())
    with pytest.raises(InvalidValue, match=message):
        CHOICES.check(question, value, None)


@pytest.mark.parametrize("config", [{"min": 5}, {"min": 2, "max": 1}, {"min": True}, {"leaf_only": 1}, {"max": 0}])
def test_choices_config_limits(config: dict[str, Any]) -> None:
    with pytest.raises(InvalidConfig):
        _config(TREE, **config)


def test_values_come_in_schema_order_without_repeats() -> None:
    assert CHOICES.check(make_question("choices", {"labels": TREE}), ["d", "b", "d"], None) == ["b", "d"]


def test_jaccard_counts_ancestors() -> None:
    question = make_question("choices", {"labels": TREE})
    assert CHOICES.agreement(question, ["b"], ["c"]) == pytest.approx(1 / 3)  # a is shared; a, b, c in all
    assert CHOICES.agreement(question, ["b"], ["d"]) == 0.0
    assert CHOICES.agreement(question, [], []) == 1.0


def test_merge_takes_half_and_more_and_respects_min_and_max() -> None:
    question = make_question("choices", {"labels": TREE, "max": 1, "min": 1})
    assert CHOICES.merge(question, [["a"], ["b"], ["d"]]) == ["a"]
    assert CHOICES.merge(make_question("choices", {"labels": TREE}), [["a", "b"], ["b"], ["d"]]) == ["b"]
    assert CHOICES.merge(make_question("choices", {"labels": TREE}), [["a"], ["b"], ["c"]]) == []


def test_choice_majority_with_ties_to_the_earlier_label() -> None:
    question = make_question("choice", {"labels": ["x", "b", "a"]})
    assert CHOICE.merge(question, ["a", "b", "a"]) == "a"
    assert CHOICE.merge(question, ["a", "b"]) == "b"


def test_a_choice_becomes_choices_and_back() -> None:
    one, many = make_question("choice", {"labels": ["a"]}), make_question("choices", {"labels": ["a", "b"]})
    assert CHOICES.migrate(one, many, "a") == ["a"]
    assert CHOICE.migrate(many, one, ["a"]) == "a"
    assert CHOICE.migrate(many, one, ["a", "b"]) is None
    assert CHOICE.migrate(one, make_question("choice", {"labels": ["z"]}), "a") is None


def test_cells_are_joined_only_where_that_is_clear() -> None:
    question = make_question("choices", {"labels": ["a", "b", "a|b", "[x"]})
    assert CHOICES.flatten(question, ["a", "b"]) == {"": "a|b"}
    assert CHOICES.flatten(question, ["a|b"]) == {"": '["a|b"]'}
    assert CHOICES.flatten(question, []) == {"": "[]"}
    with pytest.raises(InvalidValue, match="no JSON list"):
        CHOICES.unflatten(question, {"": "[oops"})


def test_remembered_label_sets_stay_few_and_right() -> None:
    from milo.builtin.tasks import _labels

    for i in range(200):
        question = make_question("choice", {"labels": [f"{i}-{j}" for j in range(1_000)]})
        assert CHOICE.check(question, f"{i}-999", None) == f"{i}-999"
        assert CHOICE.check(question, f"{i}-0", None) == f"{i}-0"
    assert sum(len(one.order) for _, one in _labels._cache.values()) <= 20_000
