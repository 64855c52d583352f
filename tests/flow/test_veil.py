"""What those who answer are not sent of an item: what is hidden, and what would tell who made a candidate."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.domain.errors import InvalidConfig
from milo.domain.policy import Policy
from milo.domain.project import ProjectSpec, check_spec
from milo.domain.question import Field
from milo.flow.projects import complete
from milo.flow.veil import Veil
from milo.kinds.registry import Registry
from milo.testing.builders import make_question

FIELDS = (Field("prompt"), Field("note"), Field("answers", "table"), Field("talk", "chat"))
DATA: dict[str, Any] = {
    "prompt": "Why?",
    "note": "from llama-3",
    "answers": [
        {"text": "Because.", "source": "gpt-9", "score": 1, "id": "gpt-9/1"},
        {"messages": [{"role": "assistant", "content": "So.", "name": "claude-9"}], "model": "claude-9"},
        "plain",
    ],
    "talk": [
        {"role": "assistant", "content": "Hello", "model": "kept"},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "A", "name": "gpt-9"},
        {"role": "assistant", "content": "B", "model": "claude-9", "tool_calls": [{"id": "1"}]},
    ],
}


def _spec(*questions: Any, hidden: tuple[str, ...] = ()) -> ProjectSpec:
    registry = Registry()
    registry.load_package("milo.builtin", ("tasks", "samplers"))
    return complete(ProjectSpec("p", FIELDS, questions, policy=Policy(hidden=hidden)), registry)


def test_candidates_come_with_their_content_only() -> None:
    lists = _spec(make_question("ranking", {}, field="answers"), make_question("pairwise", {}, name="two", field="talk"))
    seen = Veil(lists).content(DATA)
    assert seen["answers"] == [
        {"text": "Because."},
        {"messages": [{"role": "assistant", "content": "So."}]},
        "plain",
    ]
    assert seen["talk"][:2] == DATA["talk"][:2]
    assert seen["talk"][2:] == [
        {"role": "assistant", "content": "A"},
        {"role": "assistant", "content": "B", "tool_calls": [{"id": "1"}]},
    ]
    assert DATA["answers"][0]["source"] == "gpt-9"


def test_a_question_that_is_not_blind_withholds_nothing() -> None:
    open_ = Veil(_spec(make_question("ranking", {"blind": False}, field="answers")))
    raw = msgspec.json.encode(DATA)
    assert open_.data(raw) is raw
    assert open_.meta(b'{"a":1}') == b'{"a":1}'


def test_hidden_fields_keys_and_metadata() -> None:
    veil = Veil(_spec(make_question("text", {}), hidden=("note", "answers.source", "talk.model", "meta.model")))
    seen = msgspec.json.decode(veil.data(msgspec.json.encode(DATA)))
    assert "note" not in seen
    assert seen["answers"][0] == {"text": "Because.", "score": 1, "id": "gpt-9/1"}
    assert "model" not in seen["talk"][3]
    assert msgspec.json.decode(veil.meta(b'{"model":"gpt-9","day":3}')) == {"day": 3}
    assert Veil(_spec(make_question("text", {}), hidden=("meta",))).meta(b'{"model":"gpt-9"}') == b"{}"


_secret = st.just("CANARY")
_turns = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant"]), "content": st.text(max_size=5)},
        optional={"name": _secret, "x": _secret},
    ),
    max_size=4,
)
_candidate = st.one_of(
    st.text(max_size=5),
    st.fixed_dictionaries(
        {"text": st.text(max_size=5)}, optional={"source": _secret, "id": _secret, "meta": st.just({"m": "CANARY"})}
    ),
    st.fixed_dictionaries({"messages": _turns}, optional={"model": _secret}),
)


@given(st.lists(_candidate, max_size=5))
def test_whatever_is_written_beside_a_candidate_stays_here(entries: list[Any]) -> None:
    veil = Veil(_spec(make_question("ranking", {}, field="answers")))
    sent = veil.data(msgspec.json.encode({"answers": entries}))
    assert b"CANARY" not in sent
    assert veil.data(sent) == sent


@pytest.mark.parametrize(
    ("hidden", "question", "words"),
    [
        ("nope", make_question("text", {}), "no such field"),
        ("answers", make_question("ranking", {}, field="answers"), "is about it"),
        ("note", make_question("ranking", {"candidates": ["prompt", "note"]}), "is about it"),
    ],
)
def test_what_cannot_be_hidden(hidden: str, question: Any, words: str) -> None:
    with pytest.raises(InvalidConfig, match=words):
        check_spec(ProjectSpec("p", FIELDS, (question,), policy=Policy(hidden=(hidden,))))
