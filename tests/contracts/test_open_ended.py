"""Written turns, rubrics and marks on turns: what is asked for, what is refused, and how several answers become one."""

from __future__ import annotations

from typing import Any

import pytest

from milo.builtin.tasks.response import PLUGIN as RESPONSE
from milo.builtin.tasks.rubric_grid import PLUGIN as RUBRIC
from milo.builtin.tasks.turn_labels import PLUGIN as TURNS
from milo.domain.errors import InvalidConfig, InvalidValue
from milo.domain.question import Field
from milo.testing.builders import make_item, make_question

FIELDS = (Field("text"), Field("talk", "chat"))
ONE = RESPONSE.check_config(make_question("response", {}), FIELDS)
BOTH = RESPONSE.check_config(
    make_question("response", {"roles": ["user", "assistant"], "max_rounds": 2, "system": "optional", "max_length": 20}), FIELDS
)
RULES = RUBRIC.check_config(
    make_question("rubric_grid", {"criteria": ["style", {"name": "facts", "weight": 3, "levels": ["no", "half", "yes"]}]}),
    FIELDS,
)
LOOSE = RUBRIC.check_config(make_question("rubric_grid", {"criteria": ["a", "b", "c"], "partial": True}), FIELDS)
LABELS = TURNS.check_config(make_question("turn_labels", {"labels": ["good", "bad"]}), FIELDS)
STARS = TURNS.check_config(make_question("turn_labels", {"max": 5}), FIELDS)
TALK = make_item({"talk": [{"role": r, "content": "x"} for r in ("user", "assistant", "user", "assistant")]})


def _turn(role: str, content: str = "x") -> dict[str, str]:
    return {"role": role, "content": content}


def test_a_bare_text_is_the_one_turn_that_is_asked_for() -> None:
    assert RESPONSE.check(ONE, "Hello", None) == [_turn("assistant", "Hello")]
    assert RESPONSE.brief(ONE).json_schema["type"] == "string"
    with pytest.raises(InvalidValue, match="list of"):
        RESPONSE.check(BOTH, "Hello", None)
    assert RESPONSE.brief(BOTH).json_schema["items"]["properties"]["role"]["enum"] == ["assistant", "system", "user"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([_turn("user")], "the turns go user"),
        ([_turn("assistant"), _turn("user")], "asked for: a system prompt if wanted, then 1 to 2 rounds"),
        ([], "there are 0 rounds"),
        ([_turn("user"), _turn("assistant")] * 3, "there are 3 rounds"),
        ([_turn("user"), _turn("assistant", " \n")], "turn 2 \\(assistant\\) is empty"),
        ([_turn("user"), _turn("assistant", "x" * 21)], "21 characters"),
        ([_turn("user"), _turn("assistant", "\ud800")], "half a character"),
        ([_turn("user"), _turn("system"), _turn("assistant")], "the turns go"),
        ([{"role": "user", "content": "x", "name": "y"}], "list of"),
    ],
)
def test_bad_turns(value: Any, words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        RESPONSE.check(BOTH, value, None)


def test_the_system_prompt_follows_its_rule() -> None:
    full = [_turn("system"), _turn("user"), _turn("assistant")]
    assert RESPONSE.check(BOTH, full, None) == full
    with pytest.raises(InvalidValue, match="not asked for"):
        RESPONSE.check(ONE, full[::2], None)
    strict = RESPONSE.check_config(make_question("response", {"system": "required"}), FIELDS)
    with pytest.raises(InvalidValue, match="missing"):
        RESPONSE.check(strict, [_turn("assistant")], None)


@pytest.mark.parametrize(
    "config",
    [
        {"roles": ["tool"]},
        {"roles": []},
        {"system": True},
        {"min_rounds": 3, "max_rounds": 2},
        {"placeholder": 1},
        {"min_length": 0},
    ],
)
def test_bad_settings_of_responses(config: dict[str, Any]) -> None:
    with pytest.raises(InvalidConfig):
        RESPONSE.check_config(make_question("response", config), FIELDS)


def test_responses_merge_to_the_one_nearest_to_all_and_come_from_plain_cells() -> None:
    answers = [[_turn("assistant", text)] for text in ("the cat sat down", "the cat sat", "a dog ran off")]
    assert RESPONSE.merge(ONE, answers) in answers[:2]
    assert RESPONSE.agreement(ONE, answers[0], answers[2]) < 0.5
    assert RESPONSE.check(ONE, RESPONSE.unflatten(ONE, {"": "as typed"}), None) == [_turn("assistant", "as typed")]
    assert RESPONSE.migrate(make_question("text", {}), ONE, "old text") == [_turn("assistant", "old text")]


def test_scores_are_whole_and_on_their_scale() -> None:
    assert list(RUBRIC.check(RULES, {"facts": 3.0, "style": 1}, None).items()) == [("style", 1), ("facts", 3)]
    for value, words in (
        ({"style": 1}, '"facts" has no score'),
        ({"style": 1, "facts": 4}, "one of 1, 2, 3"),
        ({"style": True, "facts": 1}, "True is no score"),
        ({"style": float("nan"), "facts": 1}, "no score"),
        ({"style": 1, "facts": 1, "tone": 1}, "Criteria: style, facts"),
        ([1, 2], "expected an object"),
    ):
        with pytest.raises(InvalidValue, match=words):
            RUBRIC.check(RULES, value, None)


def test_agreement_on_a_rubric_is_weighted() -> None:
    high, low = {"style": 5, "facts": 3}, {"style": 1, "facts": 3}
    assert RUBRIC.agreement(RULES, high, low) == pytest.approx(0.75)
    assert RUBRIC.agreement(RULES, {"style": 5, "facts": 3}, {"style": 1, "facts": 1}) == 0.0
    assert RUBRIC.agreement(LOOSE, {"a": 5}, {"b": 5}) == 0.0
    assert RUBRIC.agreement(LOOSE, {"a": 5}, {"a": 5, "b": 5}) == 0.5


def test_rubrics_merge_by_criterion() -> None:
    given = [{"style": s, "facts": f} for s, f in ((1, 3), (2, 3), (5, 1))]
    assert RUBRIC.merge(RULES, given) == {"style": 2, "facts": 3}
    assert RUBRIC.merge(LOOSE, [{"a": 1}, {"a": 3, "b": 1}, {"a": 5}]) == {"a": 3}
    assert RUBRIC.merge(LOOSE, [{"a": 1}, {"b": 2}, {"c": 3}]) == {"a": 1, "b": 2, "c": 3}


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"criteria": []},
        {"criteria": [" "]},
        {"criteria": ["a", "a"]},
        {"criteria": [{"name": "a", "levels": [{"score": 2}, {"score": 1}]}]},
        {"criteria": [{"name": "a", "levels": [{"score": 1}]}]},
        {"criteria": ["a"], "levels": {"min": 0, "max": 100}},
        {"criteria": ["a"], "levels": {"min": 0}},
        {"criteria": [{"name": "a", "weight": -1}]},
        {"criteria": [{"name": "a", "colour": "red"}]},
        {"criteria": [3]},
    ],
)
def test_bad_rubrics(config: dict[str, Any]) -> None:
    with pytest.raises(InvalidConfig):
        RUBRIC.check_config(make_question("rubric_grid", config), FIELDS)


def test_a_model_reads_every_score_of_a_rubric() -> None:
    brief = RUBRIC.brief(RULES)
    assert "  - 2: half" in brief.instruction
    assert brief.json_schema["properties"]["facts"]["enum"] == [1, 2, 3]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([{"turn": 1, "label": "good"}], "turn 3 has no mark"),
        ([{"turn": 0, "label": "good"}], "turn 0 is not by assistant"),
        ([{"turn": 9, "label": "good"}], "turn 9 does not exist"),
        ([{"turn": -1, "label": "good"}], "count from 0"),
        ([{"turn": 1, "label": "great"}], "not one of its labels"),
        ([{"turn": 1, "label": "good"}, {"turn": 1, "label": "bad"}], "several marks"),
        ([{"turn": 1, "rating": 1}], "asks for labels"),
        ([{"turn": 1}], "expected a label"),
    ],
)
def test_bad_marks(value: Any, words: str) -> None:
    with pytest.raises(InvalidValue, match=words):
        TURNS.check(LABELS, value, TALK)


def test_marks_merge_turn_by_turn() -> None:
    good, bad = [{"turn": 1, "label": "good"}], [{"turn": 1, "label": "bad"}]
    assert TURNS.merge(LABELS, [good, bad, bad]) == bad
    assert TURNS.agreement(LABELS, good, bad) == 0.0
    ratings = [[{"turn": t, "rating": r} for t in (1, 3)] for r in (1, 4, 5)]
    assert TURNS.merge(STARS, ratings) == ratings[1]
    assert TURNS.agreement(STARS, ratings[0], ratings[1]) == pytest.approx(0.25)
    assert TURNS.summary(STARS, ratings[2]) == ["5"]
    many = TURNS.check_config(make_question("turn_labels", {"labels": ["x", "y"], "multiple": True, "every": False}), FIELDS)
    both = [{"turn": 1, "label": "x"}, {"turn": 1, "label": "y"}]
    assert TURNS.merge(many, [both, both[:1], both[:1]]) == both[:1]


TRACE = make_item(
    {
        "talk": [
            {"role": "user", "content": "How warm is it in Oslo?"},
            {"role": "assistant", "content": "I look.", "tool_calls": [{"id": "a", "function": {"name": "f"}}, {"name": "g"}]},
            {"role": "tool", "content": "12", "tool_call_id": "a"},
            {
                "role": "assistant",
                "content": [{"type": "tool_use", "id": "b", "name": "h", "input": {}}, "x", 3],
                "tool_calls": [7],
            },
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "b", "content": "13"}, {"type": "text", "text": ""}],
            },
            {"role": "assistant", "content": None, "tool_calls": [{"name": "k"}]},
            {"role": "assistant", "content": "12 or 13."},
        ]
    }
)
SPOTS = [(1, None), (1, 0), (1, 1), (2, None), (3, None), (3, 0), (3, 1), (4, 0), (5, 0), (6, None)]


def test_calls_of_tools_and_results_are_steps_of_their_own() -> None:
    config = {"labels": ["good", "bad"], "steps": True}
    asked = TURNS.check_config(make_question("turn_labels", config), FIELDS)
    every = [{"turn": t, "label": "good"} | ({} if s is None else {"step": s}) for t, s in SPOTS]
    kept = TURNS.check(asked, every[::-1], TRACE)
    assert [(m["turn"], m.get("step")) for m in kept] == SPOTS
    other = [m | {"label": "bad"} if m.get("step") == 0 else m for m in kept]
    assert TURNS.agreement(asked, kept, other) == pytest.approx(6 / 10)
    assert TURNS.merge(asked, [kept, other, other]) == other
    assert TURNS.migrate(asked, asked, kept) == kept
    with pytest.raises(InvalidValue, match="step 1 of turn 1 has no mark"):
        TURNS.check(asked, [m for m in every if (m["turn"], m.get("step")) != (1, 1)], TRACE)
    for spot, words in [
        ((1, 2), "step 2 of turn 1 is not asked"),
        ((2, 0), "not asked"),
        ((4, None), "turn 4 is not by"),
        ((1, -1), "count"),
    ]:
        mark = {"turn": spot[0], "label": "good"} | ({} if spot[1] is None else {"step": spot[1]})
        with pytest.raises(InvalidValue, match=words):
            TURNS.check(asked, [*every, mark], TRACE)
    with pytest.raises(InvalidValue, match="need the setting steps"):
        TURNS.check(LABELS, [{"turn": 1, "step": 0, "label": "good"}], TRACE)


@pytest.mark.parametrize("config", [{"labels": ["a"], "min": 1}, {"roles": "assistant"}, {"min": 1, "max": 99}, {"labels": []}])
def test_bad_settings_of_marks(config: dict[str, Any]) -> None:
    with pytest.raises(InvalidConfig):
        TURNS.check_config(make_question("turn_labels", config), FIELDS)


def test_marks_need_a_conversation() -> None:
    with pytest.raises(InvalidConfig, match="a field of kind chat"):
        TURNS.check_config(make_question("turn_labels", {}), (Field("text"),))
    with pytest.raises(InvalidValue, match="no conversation"):
        TURNS.check(LABELS, [], make_item("x"))
