"""Items and questions: hashes that identify content, the blind slice, and when a question is asked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.domain.errors import InvalidConfig
from milo.domain.item import content_hash, is_blind, unit_hash
from milo.domain.question import Condition, Question, Schema, is_asked
from milo.domain.shapes import Box, iou

_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=4), _json, max_size=5), st.randoms())
def test_the_hash_does_not_depend_on_the_order_of_fields(data: dict[str, Any], random: Any) -> None:
    keys = list(data)
    random.shuffle(keys)
    assert content_hash({key: data[key] for key in keys}) == content_hash(data)
    assert len(content_hash(data)) == 16


def test_the_hash_tells_content_apart() -> None:
    variants: list[dict[str, Any]] = [{"a": "1"}, {"a": 1}, {"b": "1"}, {"a": "1 "}, {"a": ["1"]}, {}, {"a": None}]
    assert len({content_hash(v) for v in variants}) == len(variants)


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 1.0])
def test_the_blind_share_is_kept(share: float) -> None:
    n = 20_000
    hits = sum(is_blind(b"secret", str(i).encode(), share) for i in range(n))
    assert abs(hits - share * n) <= 5 * (n * share * (1 - share)) ** 0.5


def test_the_blind_slice_depends_on_the_secret_and_the_purpose() -> None:
    idents = [str(i).encode() for i in range(2_000)]
    first = [unit_hash(b"one", "blind", i) for i in idents]
    assert first == [unit_hash(b"one", "blind", i) for i in idents]
    assert all(0.0 <= u < 1.0 for u in first)
    for other in ([unit_hash(b"two", "blind", i) for i in idents], [unit_hash(b"one", "order", i) for i in idents]):
        both = sum(a < 0.5 and b < 0.5 for a, b in zip(first, other, strict=True))
        assert abs(both - 500) < 5 * (2_000 * 0.25 * 0.75) ** 0.5


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({}, False),
        ({"first": None}, False),
        ({"first": "yes"}, True),
        ({"first": "no"}, False),
        ({"first": ["no", "yes"]}, True),
        ({"first": []}, False),
        ({"first": 3}, True),
        ({"first": "3"}, True),
        ({"first": [{"start": 0, "end": 1, "label": "yes"}]}, True),
        ({"other": "yes"}, False),
    ],
)
def test_conditions(answers: dict[str, Any], asked: bool) -> None:
    question = Question("second", "choice", when=Condition("first", ["yes", 3]))
    assert is_asked(question, answers) is asked


def test_a_question_without_a_condition_is_always_asked() -> None:
    assert is_asked(Question("q", "choice"), {})


def test_a_schema_names_the_questions_it_has() -> None:
    schema = Schema(1, (Question("a", "choice"), Question("b", "text")))
    assert schema.get("b").type == "text"
    with pytest.raises(InvalidConfig, match=r'no question "c".*a, b'):
        schema.get("c")


_sizes = st.floats(0, 100)
_boxes = st.builds(Box, _sizes, _sizes, _sizes, _sizes, st.just("a"))


@given(_boxes, _boxes)
def test_iou_is_symmetric_and_bounded(a: Box, b: Box) -> None:
    assert iou(a, b) == iou(b, a)
    assert 0.0 <= iou(a, b) <= 1.0 + 1e-9


def test_iou_by_hand() -> None:
    a = Box(0, 0, 10, 10, "a")
    assert iou(a, a) == 1.0
    assert iou(a, Box(5, 0, 10, 10, "a")) == pytest.approx(1 / 3)
    assert iou(a, Box(10, 0, 10, 10, "a")) == 0.0
    assert iou(Box(0, 0, 0, 0, "a"), Box(0, 0, 0, 0, "a")) == 0.0
