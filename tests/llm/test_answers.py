"""Reading JSON out of what models write: in prose, in fences, cut, infinite, huge, and held against a schema."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.domain.errors import BadAnswer
from milo.kinds.answers import LONGEST, check_schema, read_json

FINE = {"label": "positive", "n": [1, 2.5, None]}
JSON = json.dumps(FINE)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-5, 5) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
TYPES = st.sampled_from(["object", "array", "string", "integer", "number", "boolean", "null"])


@st.composite
def schemas(draw: st.DrawFn, depth: int = 2) -> dict[str, Any]:
    """Schemas of the keywords that describe answers."""
    out: dict[str, Any] = {}
    if draw(st.booleans()):
        out["type"] = draw(TYPES | st.lists(TYPES, min_size=1, max_size=2, unique=True))
    for low, high in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
        if draw(st.booleans()):
            out[low] = draw(st.integers(0, 2))
            out[high] = draw(st.integers(1, 4))
    if draw(st.integers(0, 4)) == 0:
        out["enum"] = draw(st.lists(VALUES, min_size=1, max_size=3))
    if depth and draw(st.booleans()):
        out["properties"] = {key: draw(schemas(depth - 1)) for key in draw(st.sets(st.sampled_from("abc"), max_size=2))}
        out["required"] = sorted(draw(st.sets(st.sampled_from("abc"), max_size=2)))
        out["additionalProperties"] = draw(st.booleans())
        out["items"] = draw(schemas(depth - 1))
        out["uniqueItems"] = draw(st.booleans())
    return out


@given(schemas(), VALUES)
def test_a_schema_means_what_it_means_elsewhere(schema: dict[str, Any], value: Any) -> None:
    try:
        check_schema(schema, value)
        ours = True
    except BadAnswer as error:
        assert error.message.endswith(".")
        ours = False
    assert ours == jsonschema_rs.is_valid(schema, value)


@pytest.mark.parametrize(
    "text",
    [
        JSON,
        f"  \n{JSON}\n",
        f"```json\n{JSON}\n```",
        f"Sure! Here is what I found:\n```\n{JSON}\n```\nAnything else?",
        f"The answer is {JSON}. I am sure.",
        f"<think>maybe {{no}}</think>{JSON}",
        f"{JSON}\n{JSON}",
    ],
)
def test_one_object_is_found(text: str) -> None:
    assert read_json(text) == FINE


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("positive", "no complete JSON"),
        ('{"label": "posi', "no complete JSON"),
        ("NaN", "no complete JSON"),
        ('{"a": NaN}', "NaN"),
        ('{"a": Infinity}', "Infinity"),
        ('```json\n{"a": -Infinity}\n```', "Infinity"),
        ('{"a": 1e999}', "beyond all bounds"),
        ('here: {"a": [8E404]}', "beyond all bounds"),
        ('{"a": 1} or {"a": 2}', "several different"),
        ("[" * 200_000, "no complete JSON"),
        ("{" * 200_000, "no complete JSON"),
        ('{"a":' * 100_000, "no complete JSON"),
        ("x" * (LONGEST + 1), "at most"),
        ('"\ud800', "no complete JSON"),
    ],
)
def test_what_is_no_answer_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadAnswer, match=why):
        read_json(text)


@given(st.text() | st.text('{}[]",:1eEaN \n`'))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        value = read_json(text)
    except BadAnswer as error:
        assert len(error.raw) <= 1000
    else:
        assert not isinstance(value, float) or isfinite(value)


@given(VALUES, st.text("ab {}", max_size=10))
def test_an_object_in_prose_is_read_as_it_is(value: Any, around: str) -> None:
    text = json.dumps({"answer": value})
    assert read_json(f"```json\n{text}\n```") == {"answer": value}
    assert read_json(f"{around.replace('{', '')} {text}") == {"answer": value}
