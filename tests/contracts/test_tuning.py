"""Files for tuning: what trainers read, made from written answers, comparisons and rankings; what is left out is said."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.trainers import check_preference, check_sft
from milo.domain.errors import Invalid
from milo.domain.question import Field, Question
from milo.kinds.format import ExportRow, Report
from milo.kinds.registry import Registry
from milo.testing.builders import make_context, make_export_row, make_question, make_spec

FIELDS = (
    Field("prompt"),
    Field("rules"),
    Field("a"),
    Field("b", "markdown"),
    Field("answers", "table"),
    Field("talk", "chat"),
    Field("photo", "image"),
)
REGISTRY = Registry()
REGISTRY.load_package("milo.builtin", ("tasks", "formats"))


def _question(type: str, config: dict[str, Any], name: str = "q", **other: Any) -> Question:
    question = make_question(type, config, name=name, **other)
    return REGISTRY.task_types.get(type).check_config(question, FIELDS)


def _export(
    name: str, questions: list[Question], rows: list[ExportRow], every: bool = False, **options: Any
) -> tuple[list[bytes], Report]:
    context = make_context(make_spec(questions, FIELDS), REGISTRY.task_types.all(), everything=every, options=options)
    sink = io.BytesIO()
    report = REGISTRY.formats.get(name).write(iter(rows), sink, context)
    assert report.rows == len(rows)
    return sink.getvalue().splitlines(), report


def _said(role: str, content: str, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


BOTH = _question("response", {"roles": ["user", "assistant"], "max_rounds": 3, "system": "optional"})
REPLY = _question("response", {}, field="talk")
PAIR = _question("pairwise", {"candidates": ["a", "b"], "strength": 3})
RANK = _question("ranking", {}, field="answers")
LAST = _question("pairwise", {}, field="talk")


def test_written_rounds_stand_for_themselves() -> None:
    value = [_said("system", "Be kind."), _said("user", "Hi"), _said("assistant", "Hello")]
    lines, report = _export("sft", [BOTH], [make_export_row({"q": value}, {"prompt": "a topic"})])
    assert check_sft(lines[0]) == value
    assert report.lost == []
    named, _ = _export("sft", [BOTH], [make_export_row({"q": value}, {"prompt": "Context"})], prompt="prompt")
    assert [m["content"] for m in check_sft(named[0])] == ["Be kind.", "Context", "Hi", "Hello"]


def test_a_reply_follows_the_conversation_it_answers() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
    talk = [
        _said("user", "Rain?"),
        {"role": "assistant", "content": None, "tool_calls": [call], "model": "x"},
        {"role": "tool", "content": "no", "tool_call_id": "1", "name": "weather"},
    ]
    row = make_export_row({"q": [_said("assistant", "No rain.")]}, {"talk": talk, "rules": "Be brief."})
    lines, report = _export("sft", [REPLY], [row], system="rules")
    found = check_sft(lines[0])
    assert [m["role"] for m in found] == ["system", "user", "assistant", "tool", "assistant"]
    assert found[2] == {"role": "assistant", "content": "", "tool_calls": [call]}
    assert found[3]["tool_call_id"] == "1"
    assert report.lost == []


def test_texts_answer_the_first_text_field() -> None:
    text = _question("text", {})
    rows = [
        make_export_row({"q": "42"}, {"prompt": "6 x 7?", "photo": {"media": 1, "mime": "image/png"}}),
        make_export_row({}, {"prompt": "open"}, id=2),
        make_export_row({"q": "x"}, {"a": "no prompt here"}, id=3),
        make_export_row({"q": " "}, {"prompt": "blank"}, id=4),
    ]
    lines, report = _export("sft", [text], rows, prompt="prompt")
    assert check_sft(lines[0]) == [_said("user", "6 x 7?"), _said("assistant", "42")]
    assert len(lines) == 1
    assert sorted(report.lost) == [
        "answers to items that say nothing in the field of the prompt: 1",
        "conversations in which the assistant has not the last word: 1",
        "items without an answer: 1",
        "prompts whose picture, sound or document is left out: 1",
    ]


def test_written_turns_come_before_texts_and_a_question_can_be_named() -> None:
    row = make_export_row({"q": [_said("user", "Hi"), _said("assistant", "Hello")], "note": "noted"}, {"prompt": "p"})
    questions = [_question("text", {}, "note"), BOTH]
    assert check_sft(_export("sft", questions, [row])[0][0])[-1]["content"] == "Hello"
    assert check_sft(_export("sft", questions, [row], question="note", prompt="prompt")[0][0])[-1]["content"] == "noted"
    with pytest.raises(Invalid, match="Questions that fit: note, q"):
        _export("sft", questions, [row], question="nope")
    with pytest.raises(Invalid, match="must name a field"):
        _export("sft", questions, [row], prompt="nope")
    with pytest.raises(Invalid, match="compares or ranks"):
        _export("preference", questions, [row])


def test_a_comparison_becomes_a_pair_with_its_margin() -> None:
    data = {"prompt": "Name a colour.", "a": "Blue.", "b": "I will not."}
    value = {"tiers": [["b"], ["a"]], "order": ["a", "b"], "strength": 2}
    lines, report = _export("preference", [PAIR], [make_export_row({"q": value}, data)], prompt="prompt")
    assert check_preference(lines[0]) == {
        "prompt": [_said("user", "Name a colour.")],
        "chosen": [_said("assistant", "I will not.")],
        "rejected": [_said("assistant", "Blue.")],
        "margin": 2.0,
    }
    assert report.lost == []
    plain, _ = _export("preference", [PAIR], [make_export_row({"q": value}, data)], prompt="prompt", form="plain")
    assert check_preference(plain[0])["chosen"] == "I will not."


def test_what_prefers_nothing_is_counted() -> None:
    data = {"prompt": "p", "a": "x", "b": "y"}
    rows = [
        make_export_row({"q": {"tiers": [["a", "b"]]}}, data),
        make_export_row({"q": {"tiers": [["a"], ["b"]]}}, data | {"b": "x"}, id=2),
        make_export_row({"q": {"tiers": [["a"], ["b"]]}}, {"prompt": "p", "a": "x"}, id=3),
        make_export_row({"q": {"tiers": [["a"], ["b"]]}}, {"a": "x", "b": "y"}, id=4),
        make_export_row({}, data, id=5),
    ]
    lines, report = _export("preference", [PAIR], rows, prompt="prompt")
    assert lines == []
    assert sorted(report.lost) == [
        "items without an answer: 1",
        "pairs that are level (ties): 1",
        "pairs whose texts are equal: 1",
        "pairs with a candidate that the item has not: 1",
        "pairs without a prompt: 1",
    ]


def test_rankings_give_all_pairs_or_neighbours() -> None:
    answers = [{"text": t, "source": f"model-{t}"} for t in "wxyz"]
    row = make_export_row({"q": {"tiers": [["3"], ["1", "2"], ["4"]]}}, {"prompt": "p", "answers": answers})
    pairs = [
        (r["chosen"][0]["content"], r["rejected"][0]["content"])
        for r in map(check_preference, _export("preference", [RANK], [row], prompt="prompt")[0])
    ]
    assert pairs == [("y", "w"), ("y", "x"), ("y", "z"), ("w", "z"), ("x", "z")]
    lines, report = _export("preference", [RANK], [row], prompt="prompt", pairs="adjacent", source="true")
    found = list(map(check_preference, lines))
    assert len(found) == 4
    assert (found[0]["chosen_source"], found[0]["rejected_source"]) == ("model-y", "model-w")
    assert report.lost == ["pairs that are level (ties): 1"]
    with pytest.raises(Invalid, match="all, adjacent"):
        _export("preference", [RANK], [row], pairs="some")


def test_candidates_of_a_conversation_and_whole_conversations() -> None:
    talk = [_said("system", "s"), _said("user", "u"), _said("assistant", "one"), _said("assistant", "two", model="m")]
    lines, _ = _export("preference", [LAST], [make_export_row({"q": {"tiers": [["2"], ["1"]]}}, {"talk": talk})])
    assert check_preference(lines[0]) == {
        "prompt": talk[:2],
        "chosen": [_said("assistant", "two")],
        "rejected": [_said("assistant", "one")],
    }
    whole = [
        {"messages": [_said("user", "u"), _said("assistant", t), _said("user", "more"), _said("assistant", t)]} for t in "xy"
    ]
    row = make_export_row({"q": {"tiers": [["1"], ["2"]]}}, {"answers": whole})
    found = check_preference(_export("preference", [RANK], [row])[0][0])
    assert found["prompt"] == [_said("user", "u")]
    assert len(found["chosen"]) == 3


def test_everybody_s_preference_where_every_annotation_is_asked_for() -> None:
    given_values: list[dict[str, Any]] = [
        {"question": "q", "role": "answer", "value": {"tiers": [["a"], ["b"]]}},
        {"question": "q", "role": "answer", "value": {"tiers": [["b"], ["a"]]}},
        {"question": "q", "role": "answer", "value": {"tiers": [["b"], ["a"]]}, "live": False},
        {"question": "q", "role": "suggestion", "value": {"tiers": [["b"], ["a"]]}},
    ]
    row = make_export_row({"q": {"tiers": [["a", "b"]]}}, {"prompt": "p", "a": "x", "b": "y"}, annotations=given_values)
    lines, _ = _export("preference", [PAIR], [row], every=True, prompt="prompt")
    assert [check_preference(line)["chosen"][0]["content"] for line in lines] == ["x", "y"]


_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_turn = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["user", "assistant", "tool", "critic"]),
        "content": st.none() | _text | st.lists(st.fixed_dictionaries({"type": st.just("text"), "text": _text}), max_size=2),
    },
    optional={"name": _text, "model": _text},
)
_candidate = st.one_of(
    _text, st.fixed_dictionaries({"text": _text}), st.fixed_dictionaries({"messages": st.lists(_turn, max_size=4)})
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_candidate, min_size=3, max_size=3), st.none() | _text, st.permutations(["1", "2", "3"]), st.booleans())
def test_whatever_people_compare_trainers_can_read(answers: list[Any], prompt: str | None, order: list[str], tie: bool) -> None:
    tiers = [order[:2], order[2:]] if tie else [[i] for i in order]
    row = make_export_row({"q": {"tiers": tiers}}, {"answers": answers, "prompt": prompt})
    lines, report = _export("preference", [RANK], [row], prompt="prompt")
    for line in lines:
        check_preference(line)
    left_out = sum(int(line.rpartition(": ")[2]) for line in report.lost if line.startswith("pairs"))
    assert len(lines) + left_out == 3


@settings(max_examples=150, deadline=None)
@given(st.lists(_turn, max_size=5), _text)
def test_whatever_people_write_trainers_can_read(talk: list[Any], reply: str) -> None:
    row = make_export_row({"q": [_said("assistant", reply)]}, {"talk": talk})
    lines, report = _export("sft", [REPLY], [row])
    for line in lines:
        check_sft(line)
    assert lines or report.lost
