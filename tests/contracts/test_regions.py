"""Spans and boxes: offsets, edges, matching and merging, checked by hand and against slow but plain computations."""

from __future__ import annotations

from itertools import permutations
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milo.builtin.tasks._matching import SAME_OBJECT, count_matches
from milo.builtin.tasks.boxes import PLUGIN as BOXES
from milo.builtin.tasks.spans import PLUGIN as SPANS
from milo.domain.errors import InvalidConfig, InvalidValue
from milo.domain.question import Field
from milo.domain.shapes import Box, iou
from milo.testing.builders import make_item, make_question

Q = make_question("spans", {"labels": ["a", "b"], "overlap": True}, field="text")
APART = make_question("spans", {"labels": ["a", "b"], "overlap": False}, field="text")
B = make_question("boxes", {"labels": ["a", "b"], "min_size": 1.0}, field="image")
IMAGE = make_item({"image": {"media": 1, "width": 100, "height": 50}})


def span(start: Any, end: Any, label: str = "a", **other: Any) -> dict[str, Any]:
    return {"start": start, "end": end, "label": label, **other}


def box(x: Any, y: Any, w: Any, h: Any, label: str = "a", **other: Any) -> dict[str, Any]:
    return {"x": x, "y": y, "w": w, "h": h, "label": label, **other}


def test_offsets_count_code_points() -> None:
    item = make_item("👩‍🚀 Ada")  # an emoji of three code points, then a space
    value = SPANS.check(Q, [span(4, 7, text="Ada")], item)
    assert value == [span(4, 7)]
    with pytest.raises(InvalidValue, match="Offsets count Unicode code points"):
        SPANS.check(Q, [span(3, 6, text="Ada")], item)
    with pytest.raises(InvalidValue, match="which has 7 code points"):
        SPANS.check(Q, [span(4, 8)], item)


@pytest.mark.parametrize(
    "bad",
    [
        span(2, 2), span(3, 1), span(-1, 2), span(0, 1, "z"), span(True, 2), span("0", 2), span(0.5, 2), span(nan, 2),
        span(0, 1, id=""), span(0, 1, id="x" * 65), span(0, 1, colour="red"), {"start": 0, "end": 1}, span(0, 1, field="other"),
    ],
)  # fmt: skip
def test_bad_spans_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        SPANS.check(Q, [bad], None)


def test_spans_are_sorted_and_kept_once() -> None:
    value = SPANS.check(Q, [span(5, 6), span(0, 3), span(0, 9, "b"), span(5, 6, id="k")], None)
    assert value == [span(0, 9, "b"), span(0, 3), span(5, 6, id="k")]


def test_ids_must_be_unique_and_lists_bounded() -> None:
    with pytest.raises(InvalidValue, match="used twice"):
        SPANS.check(Q, [span(0, 1, id="k"), span(1, 2, id="k")], None)
    with pytest.raises(InvalidValue, match="at most 50,000"):
        SPANS.check(Q, [span(0, 1)] * 50_001, None)


def test_overlap_can_be_forbidden() -> None:
    assert len(SPANS.check(APART, [span(0, 2), span(2, 4)], None)) == 2
    for wrong in ([span(0, 3), span(2, 4)], [span(0, 9), span(2, 4)], [span(0, 2), span(0, 2, "b")]):
        with pytest.raises(InvalidValue, match="overlap"):
            SPANS.check(APART, wrong, None)


def test_span_agreement_is_f1_and_ignores_ids() -> None:
    a, b = [span(0, 1, id="k"), span(2, 3)], [span(0, 1), span(2, 4), span(5, 6)]
    assert SPANS.agreement(Q, a, b) == pytest.approx(2 * 1 / 5)
    assert SPANS.agreement(Q, [], []) == 1.0
    assert SPANS.agreement(Q, a, []) == 0.0


def test_span_merge_keeps_what_half_of_the_answers_contain() -> None:
    answers = [[span(0, 5), span(7, 9)], [span(0, 5, id="z")], [span(3, 6)], [span(7, 9)]]
    assert SPANS.merge(Q, answers) == [span(0, 5), span(7, 9)]
    assert SPANS.merge(APART, [[span(0, 5)], [span(3, 6)]]) == [span(0, 5)]


def test_the_field_is_found_or_refused() -> None:
    fields = (Field("image", "image"), Field("body", "markdown"), Field("text"))
    asked = make_question("spans", {"labels": ["a"]})
    assert SPANS.check_config(asked, fields).field == "body"
    with pytest.raises(InvalidConfig, match="needs a field of kind text or markdown"):
        SPANS.check_config(asked, fields[:1])
    with pytest.raises(InvalidConfig, match="is of kind image"):
        SPANS.check_config(make_question("spans", {"labels": ["a"]}, field="image"), fields)
    with pytest.raises(InvalidValue, match="no text in the field"):
        SPANS.check(Q, [], make_item({"image": {"media": 1}}))


@pytest.mark.parametrize(
    ("given_box", "kept"),
    [
        (box(0, 0, 100, 50), box(0, 0, 100, 50)),
        (box(-0.5, -1, 10, 10), box(0, 0, 9.5, 9)),
        (box(95, 45, 6, 6), box(95, 45, 5, 5)),
        (box(-1, 0, 102, 50), box(0, 0, 100, 50)),
    ],
)
def test_a_pixel_too_far_is_cut(given_box: dict[str, Any], kept: dict[str, Any]) -> None:
    assert BOXES.check(B, [given_box], IMAGE) == [kept]


@pytest.mark.parametrize(
    "bad",
    [
        box(-2, 0, 10, 10), box(95, 0, 7, 10), box(0, 49, 10, 3), box(200, 0, 10, 10), box(0, 0, 0.5, 10), box(0, 0, -5, 10),
        box(nan, 0, 1, 1), box(0, 0, inf, 1), box(0, 0, 1e9, 1), box(True, 0, 1, 1), box("0", 0, 1, 1), box(0, 0, 9, 9, "z"),
        box(99.5, 0, 1.4, 9), {"x": 0, "y": 0, "w": 1, "h": 1},
    ],
)  # fmt: skip
def test_bad_boxes_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        BOXES.check(B, [bad], IMAGE)


def test_without_a_known_size_only_the_origin_bounds() -> None:
    assert BOXES.check(B, [box(5000, 0, 10, 10)], None)
    with pytest.raises(InvalidValue):
        BOXES.check(B, [box(-5, 0, 10, 10)], None)


def test_box_agreement_needs_label_and_half_overlap() -> None:
    one = [box(0, 0, 10, 10)]
    assert BOXES.agreement(B, one, [box(0, 0, 10, 5)]) == 1.0  # IoU exactly 0.5
    assert BOXES.agreement(B, one, [box(0, 0, 10, 4.9)]) == 0.0
    assert BOXES.agreement(B, one, [box(0, 0, 10, 10, "b")]) == 0.0
    assert BOXES.agreement(B, one, [box(0, 0, 10, 10), box(50, 0, 9, 9)]) == pytest.approx(2 / 3)


def test_box_merge_averages_groups_in_half_of_the_answers() -> None:
    answers = [[box(0, 0, 10, 10)], [box(2, 0, 10, 10), box(50, 20, 9, 9)], [box(1, 1.5, 10, 10)]]
    assert BOXES.merge(B, answers) == [box(1, 0.5, 10, 10)]


_boxes = st.lists(
    st.builds(Box, *[st.sampled_from([0.0, 2.0, 4.0, 6.0])] * 2, *[st.sampled_from([4.0, 6.0, 8.0])] * 2, st.just("a")),
    max_size=4,
)


@settings(max_examples=300, deadline=None)
@given(_boxes, _boxes)
def test_the_matching_is_the_largest_there_is(a: list[Box], b: list[Box]) -> None:
    short, long = sorted((a, b), key=len)
    best = max(
        (sum(iou(x, y) >= SAME_OBJECT for x, y in zip(short, order, strict=False)) for order in permutations(long)),
        default=0,
    )
    assert count_matches(a, b) == best == count_matches(b, a)


@pytest.mark.parametrize(
    ("task", "question", "mark"),
    [(SPANS, Q, span(0, 2)), (BOXES, B, {"x": 1.0, "y": 1.0, "w": 5.0, "h": 5.0, "label": "a"})],
)
def test_a_mark_may_carry_its_own_score(task: Any, question: Any, mark: dict[str, Any]) -> None:
    scored = [mark | {"score": 0.5}]
    assert task.check(question, scored, None) == scored
    assert task.agreement(question, scored, [mark]) == 1.0
    for bad in (1.5, -0.1, nan, "high", True):
        with pytest.raises(InvalidValue):
            task.check(question, [mark | {"score": bad}], None)
