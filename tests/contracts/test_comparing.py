"""Comparing candidates: where they are found, what is refused, how far orders agree, and the order closest to several."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milo.builtin.tasks import _orders as orders
from milo.builtin.tasks.pairwise import PLUGIN as PAIRWISE
from milo.builtin.tasks.ranking import PLUGIN as RANKING
from milo.domain.candidates import candidates_of
from milo.domain.errors import InvalidConfig, InvalidValue
from milo.domain.question import Field
from milo.testing.builders import make_item, make_question

FIELDS = (Field("prompt"), Field("a"), Field("b"), Field("answers", "table"), Field("talk", "chat"))
PAIR = PAIRWISE.check_config(make_question("pairwise", {"candidates": ["a", "b"], "strength": 4}), FIELDS)
PLAIN = PAIRWISE.check_config(make_question("pairwise", {"candidates": ["a", "b"]}), FIELDS)
LIST = RANKING.check_config(make_question("ranking", {}, field="answers"), FIELDS)
A, B, TIE = ({"tiers": [["a"], ["b"]]}, {"tiers": [["b"], ["a"]]}, {"tiers": [["a", "b"]]})


@st.composite
def _order(draw: st.DrawFn, n: int = 4) -> list[list[str]]:
    ranks = draw(st.lists(st.integers(0, n - 1), min_size=n, max_size=n))
    return [[str(i) for i in range(n) if ranks[i] == rank] for rank in sorted(set(ranks))]


@settings(max_examples=200, deadline=None)
@given(_order(6), _order(6))
def test_tau_b_is_the_published_one(a: list[list[str]], b: list[list[str]]) -> None:
    stats = pytest.importorskip("scipy.stats")
    first, second = orders.ranks_of(a), orders.ranks_of(b)
    ids = sorted(first)
    if len(a) == 1 or len(b) == 1:
        assert orders.tau_b(a, b) is None
        return
    expected = stats.kendalltau([first[i] for i in ids], [second[i] for i in ids], variant="b").statistic
    assert orders.tau_b(a, b) == pytest.approx(expected)


def test_agreement_of_orders_at_its_ends() -> None:
    up, down, level = [["1"], ["2"], ["3"]], [["3"], ["2"], ["1"]], [["1", "2", "3"]]
    assert orders.agreement(up, up) == 1.0
    assert orders.agreement(up, down) == 0.0
    assert orders.agreement(level, level) == 1.0
    assert orders.agreement(up, level) == orders.agreement(level, up) == 0.5


@settings(max_examples=100, deadline=None)
@given(st.lists(_order(4), min_size=2, max_size=5))
def test_no_order_is_closer_to_all_than_the_merged_one(given_orders: list[list[list[str]]]) -> None:
    ids = [str(i) for i in range(4)]

    def distance(tiers: list[list[str]]) -> int:
        ranks = orders.ranks_of(tiers)
        total = 0
        for other in map(orders.ranks_of, given_orders):
            for i, j in product(ids, ids):
                if i < j:
                    x, y = ranks[i] - ranks[j], other[i] - other[j]
                    total += abs((x > 0) - (x < 0) - (y > 0) + (y < 0))
        return total

    merged = orders.central(given_orders, ids, ties=True)
    every = [
        [[i for i, rank in zip(ids, ranks, strict=True) if rank == at] for at in range(max(ranks) + 1)]
        for ranks in product(range(4), repeat=4)
        if len(set(ranks)) == max(ranks) + 1
    ]
    assert len(every) == 75
    assert distance(merged) == min(map(distance, every))
    strict = orders.central(given_orders, ids, ties=False)
    assert all(len(tier) == 1 for tier in strict)


def test_many_candidates_merge_by_mean_ranks() -> None:
    ids = [str(i) for i in range(8)]
    up = [[i] for i in ids]
    assert orders.central([up, up, up[::-1]], ids, ties=True) == up
    assert orders.central([up, up[::-1]], ids, ties=True) == [ids]
    assert orders.central([up, up[::-1]], ids, ties=False) == up
    assert orders.central([[ids[:4], ids[4:]]], ids, ties=True) == [ids[:4], ids[4:]]


def test_where_candidates_are() -> None:
    data = {"a": "x", "b": "y", "answers": ["p", {"text": "q", "source": "m1"}, {"messages": [], "model": "m2"}]}
    assert [(c.id, c.content, c.source) for c in candidates_of(PLAIN, data)] == [("a", "x", None), ("b", "y", None)]
    assert [(c.id, c.content, c.source) for c in candidates_of(LIST, data)] == [
        ("1", "p", None),
        ("2", "q", "m1"),
        ("3", [], "m2"),
    ]
    chat = RANKING.check_config(make_question("ranking", {}, field="talk"), FIELDS)
    talk = [{"role": r, "content": r} for r in ("user", "assistant", "user", "assistant", "assistant")]
    assert [c.id for c in candidates_of(chat, {"talk": talk})] == ["1", "2"]
    assert candidates_of(chat, {"talk": talk[:3]}) == []
    assert candidates_of(PLAIN, {"a": "x", "b": ""}) == candidates_of(PLAIN, {"a": "x"})


@pytest.mark.parametrize(
    ("config", "field", "words"),
    [
        ({"candidates": ["a"]}, None, "must name 2 fields"),
        ({"candidates": ["a", "nope"]}, None, "Fields: a, answers, b"),
        ({"candidates": ["a", "a"]}, None, "a field of its own"),
        ({"candidates": "a"}, None, "must name 2 fields"),
        ({"candidates": ["a", "b"]}, "answers", "not both"),
        ({}, "prompt", "of kind text"),
        ({"candidates": ["a", "b"], "strength": 40}, None, "whole number"),
        ({"candidates": ["a", "b"], "blind": "yes"}, None, "true or false"),
    ],
)
def test_bad_settings(config: dict[str, Any], field: str | None, words: str) -> None:
    with pytest.raises(InvalidConfig, match=words):
        PAIRWISE.check_config(make_question("pairwise", config, field=field), FIELDS)


def test_without_fields_to_compare_the_settings_say_what_is_missing() -> None:
    with pytest.raises(InvalidConfig, match="candidates: \\[answer_a, answer_b\\]"):
        PAIRWISE.check_config(make_question("pairwise", {}), (Field("text"),))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("c", '"c" is no candidate'),
        ({"tiers": [["a"]]}, "each candidate once"),
        ({"tiers": [["a"], ["a", "b"]]}, "each candidate once"),
        ({"tiers": [["a"], [], ["b"]]}, "each candidate once"),
        ({"tiers": [["a"], ["b"]], "order": ["a", "c"]}, "order must name"),
        ({"tiers": [["a"], ["b"]], "strength": 5}, "from 1 to 4"),
        ({"tiers": [["a", "b"]], "strength": 1}, "a tie has no strength"),
        ({"winner": "a", "why": "x"}, "expected"),
        (["a", "b"], "expected"),
    ],
)
def test_bad_preferences(value: Any, words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        PAIRWISE.check(PAIR, value, None)


def test_strength_that_is_not_asked_and_ties_that_are_not_allowed() -> None:
    with pytest.raises(InvalidValue, match="not asked"):
        PAIRWISE.check(PLAIN, {"winner": "a", "strength": 1}, None)
    strict = PAIRWISE.check_config(make_question("pairwise", {"candidates": ["a", "b"], "tie": False}), FIELDS)
    with pytest.raises(InvalidValue, match="choose the better one"):
        PAIRWISE.check(strict, "tie", None)
    assert PAIRWISE.merge(strict, [A, B]) == A
    assert PAIRWISE.merge(PLAIN, [A, B]) == TIE


def test_an_item_without_both_answers_cannot_be_compared() -> None:
    with pytest.raises(InvalidValue, match="the item has 1 candidates"):
        PAIRWISE.check(PLAIN, "a", make_item({"a": "x"}))


def test_agreement_is_about_candidates_not_sides() -> None:
    left, right = A | {"order": ["a", "b"]}, A | {"order": ["b", "a"]}
    assert PAIRWISE.agreement(PLAIN, left, right) == 1.0
    assert PAIRWISE.agreement(PLAIN, A, B) == 0.0
    assert PAIRWISE.agreement(PLAIN, A, TIE) == 0.5
    assert PAIRWISE.agreement(PAIR, A | {"strength": 4}, A | {"strength": 2}) == pytest.approx(0.75)
    assert PAIRWISE.agreement(PAIR, A | {"strength": 1}, B | {"strength": 1}) == pytest.approx(0.75)
    assert PAIRWISE.agreement(PAIR, A | {"strength": 4}, B | {"strength": 4}) == 0.0


def test_preferences_merge_to_the_majority_with_its_median_strength() -> None:
    given_values = [A | {"strength": 1}, A | {"strength": 3, "order": ["b", "a"]}, B | {"strength": 4}]
    assert PAIRWISE.merge(PAIR, given_values) == A | {"strength": 1}
    assert PAIRWISE.merge(PAIR, [A, TIE, TIE]) == A
    assert PAIRWISE.merge(PAIR, [TIE, TIE]) == TIE


def test_a_model_answers_with_an_id() -> None:
    assert PAIRWISE.brief(PLAIN).json_schema == {"type": "string", "enum": ["a", "b", "tie"]}
    assert PAIRWISE.brief(PAIR).json_schema["required"] == ["winner", "strength"]
    assert PAIRWISE.check(PAIR, {"winner": "b", "strength": None}, None) == B
    assert RANKING.brief(LIST).json_schema["type"] == "array"


@pytest.mark.parametrize(
    "value",
    [
        ["1"],
        ["1", "3"],
        ["1", "1"],
        [["1"], []],
        {"tiers": [["1"], ["2"]], "strength": 1},
        [str(i) for i in range(1, 22)],
        "1>2",
    ],
)
def test_bad_rankings(value: Any) -> None:
    with pytest.raises(InvalidValue):
        RANKING.check(LIST, value, None)


def test_a_ranking_must_name_the_item_s_own_candidates() -> None:
    item = make_item({"answers": ["x", "y", "z"]})
    assert RANKING.check(LIST, [["3"], ["2", "1"]], item) == {"tiers": [["3"], ["1", "2"]]}
    with pytest.raises(InvalidValue, match="1, 2, 3"):
        RANKING.check(LIST, ["1", "2"], item)
    with pytest.raises(InvalidValue, match="there is none"):
        RANKING.check(LIST, ["1", "2"], make_item({"answers": []}))


def test_cells_of_a_ranking_can_be_written_by_hand() -> None:
    assert RANKING.unflatten(LIST, {"": "2 > 1=3"})["tiers"] == [["2"], ["1", "3"]]
