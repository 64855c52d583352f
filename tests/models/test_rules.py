"""Labelling rules: what matches, who wins, what is refused, and that one bad item or rule stops nothing."""

import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.builtin.predictors.rules import PLUGIN
from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidConfig
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate

TEXT = (Field("text"),)
LABELS = ["billing", "shipping", "spam"]


def question(shape: str = "label", labels: Any = LABELS) -> Question:
    return Question("q", "any", config={"labels": labels} if labels else {}, shape=shape)


def say(config: dict[str, Any], *texts: Any, q: Question | None = None, fields: Any = TEXT) -> list[Prediction]:
    items = [Candidate(i, {"text": t}) for i, t in enumerate(texts)]
    return list(PLUGIN.predict(q or question(), fields, config, None, items))


def keyword(pattern: Any, label: Any, **rest: Any) -> dict[str, Any]:
    return {"kind": "keyword", "pattern": pattern, "label": label, **rest}


def test_keywords_are_whole_words_in_any_case() -> None:
    config = {"rules": [keyword(["refund", "money back"], "billing", score=0.9)]}
    said = say(config, "A REFUND, now", "refunds", "I want my Money Back!", "prerefund", "")
    assert [p.item_id for p in said] == [0, 2]
    assert said[0] == Prediction(0, "q", "billing", 0.9, "rule 1 (refund, money back)")
    assert [p.value for p in say({"rules": [keyword("straße", "spam")]}, "STRASSE", "C++")] in (["spam"], [])
    assert say({"rules": [keyword("c++", "spam")]}, "I like C++ a lot")[0].value == "spam"


def test_the_majority_by_weight_wins_and_the_first_on_a_tie() -> None:
    rules = [
        keyword("a", "billing", score=0.6),
        keyword("b", "shipping", score=0.5),
        keyword("c", "shipping", score=0.3, name="third"),
    ]
    said = say({"rules": rules}, "a b", "a b c", "c")
    assert [(p.value, p.score) for p in said] == [("billing", 0.6), ("shipping", 0.5), ("shipping", 0.3)]
    assert said[1].reason == "rule 2 (b), rule 3 (third)"
    tie = [keyword("a", "shipping"), keyword("b", "billing")]
    assert [(p.value, p.score) for p in say({"rules": tie}, "a b")] == [("shipping", None)]


def test_the_default_and_its_absence() -> None:
    rules = [keyword("a", "billing", score=0.7)]
    assert [(p.item_id, p.value) for p in say({"rules": rules}, "x", "a")] == [(1, "billing")]
    said = say({"rules": rules, "default": "spam"}, "x", "a")
    assert (said[0].value, said[0].score, said[0].reason) == ("spam", None, "no rule matched")


def test_sets_of_labels_and_numbers() -> None:
    rules = [keyword("b", "shipping"), keyword("a", "billing")]
    assert [p.value for p in say({"rules": rules}, "a b", "b", q=question("labels"))] == [["billing", "shipping"], ["shipping"]]
    stars = {"rules": [keyword("great", 5), keyword("bad", 1)]}
    assert [p.value for p in say(stars, "great", "bad", q=question("number", None))] == [5, 1]


def test_spans_count_code_points() -> None:
    rules = [{"kind": "regex", "pattern": r"\border #\d+", "label": "shipping", "score": 0.8}, keyword("order", "spam")]
    text = "👩‍👩‍👧 Order #12 é order"
    (said,) = say({"rules": rules}, text, q=question("spans"))
    assert [(text[s["start"] : s["end"]], s["label"]) for s in said.value] == [
        ("Order", "spam"), ("Order #12", "shipping"), ("order", "spam"),
    ]  # fmt: skip
    assert said.score == 0.8


@given(text=st.text(max_size=80), words=st.lists(st.sampled_from(["ab", "a b", "é", "😀", "x"]), min_size=1, max_size=3))
def test_every_span_holds_a_keyword(text: str, words: list[str]) -> None:
    for said in say({"rules": [keyword(words, "spam")]}, text, " ".join(words), q=question("spans")):
        whole = [text, " ".join(words)][said.item_id]
        for span in said.value:
            assert whole[span["start"] : span["end"]].casefold() in {w.casefold() for w in words}


def test_a_slow_expression_runs_out_of_time_and_is_left_out() -> None:
    config = {"rules": [{"kind": "regex", "pattern": r"(x+x+)+y", "label": "spam"}, keyword("parcel", "shipping")]}
    start = time.monotonic()
    said = say(config, *["x" * 60 + " parcel"] * 200)
    assert time.monotonic() - start < 10
    assert [p.value for p in said] == ["shipping"] * 200


def shouts(data: dict[str, Any]) -> Any:
    text = data["text"]
    if text == "crash":
        raise KeyError("my own mistake")
    return {"none": None, "no": False, "yes": True, "other": "billing", "strange": "no such label"}.get(text, False)


def found(data: dict[str, Any]) -> Any:
    return [{"start": 0, "end": 2, "label": "spam"}, {"start": 1, "end": 99, "label": "spam"}, "odd", {"start": "x"}]


def test_python_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "my_rules", sys.modules[__name__])
    rules = [{"kind": "python", "function": "my_rules:shouts", "label": "spam", "score": 0.5}]
    with pytest.raises(InvalidConfig, match="never from the browser"):
        PLUGIN.check_config({"rules": rules}, question())
    with pytest.raises(InvalidConfig, match="never from the browser"):
        say({"rules": rules, "trusted": 1}, "yes")
    said = say({"rules": rules, "trusted": True}, "crash", "none", "no", "yes", "other", "strange")
    assert [(p.item_id, p.value) for p in said] == [(3, "spam"), (4, "billing")]
    spans = {"rules": [{"kind": "python", "function": "my_rules:found"}], "trusted": True}
    (one,) = say(spans, "ab cd", q=question("spans"))
    assert one.value == [{"start": 0, "end": 2, "label": "spam"}]


def bold(data: dict[str, Any]) -> Any:
    at = data["text"].find("Ann")
    return [{"start": at, "end": at + 3, "label": "spam"}]


def test_functions_are_given_the_text_that_the_question_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "my_rules", sys.modules[__name__])
    rules = {"rules": [{"kind": "python", "function": "my_rules:bold"}], "trusted": True}
    asked = question("spans")
    asked = msgspec.structs.replace(asked, field="text", config={**asked.config, "reads": "html"})
    (one,) = say(rules, "<p>To <b>Ann</b></p>", q=asked)
    assert one.value == [{"start": 3, "end": 6, "label": "spam"}]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"rules": "x"}, "list"),
        ({"rules": ["x"]}, "Rule 1"),
        ({"rules": [{"kind": "magic"}]}, 'kind "magic"'),
        ({"rules": [keyword("a", "none such")]}, "does not exist"),
        ({"rules": [keyword("a", None)]}, "label of rule 1"),
        ({"rules": [keyword("", "spam")]}, "pattern"),
        ({"rules": [keyword([], "spam")]}, "pattern"),
        ({"rules": [keyword(["a", 3], "spam")]}, "pattern"),
        (
            {"rules": [keyword("a", "spam"), {"kind": "regex", "pattern": "(", "label": "spam"}]},
            "Rule 2: .* no regular expression",
        ),
        ({"rules": [keyword("a", "spam", score=2)]}, "0 to 1"),
        ({"rules": [keyword("a", "spam", score=True)]}, "0 to 1"),
        ({"rules": [keyword("a", "spam", colour="red")]}, '"colour"'),
        ({"rules": [], "default": "nope"}, "default"),
        ({"rulez": []}, '"rulez"'),
        ({"rules": [{"kind": "python", "function": "os", "label": "spam"}], "trusted": True}, "module:function"),
        (
            {"rules": [{"kind": "python", "function": "no_such_module:f", "label": "spam"}], "trusted": True},
            "cannot be imported",
        ),
        ({"rules": [{"kind": "python", "function": "os:sep", "label": "spam"}], "trusted": True}, "no function"),
    ],
)
def test_bad_rules_are_refused(config: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidConfig, match=message):
        PLUGIN.check_config(config, question())


def test_a_checked_config_stays_as_it_is() -> None:
    config = {"rules": [keyword("a", "spam", score=0.5), {"kind": "regex", "pattern": "b+", "label": "billing"}]}
    once = PLUGIN.check_config(config, question())
    assert PLUGIN.check_config(once, question()) == once
    assert PLUGIN.fit(question(), TEXT, once, []).model is None
