"""Dates, amounts, contacts, languages and sentiment: what is found, what is not, and in which places."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.builtin.predictors import _text_patterns as p
from milo.builtin.predictors.language import PLUGIN as LANGUAGE
from milo.builtin.predictors.patterns import PLUGIN as PATTERNS
from milo.builtin.predictors.sentiment import PLUGIN as SENTIMENT
from milo.domain.errors import InvalidConfig
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate
from milo.kinds.registry import Registry
from milo.testing import check_predictor

TEXT = (Field("text"),)


def texts(find: Any, text: str) -> list[str]:
    return [text[start:end] for start, end in find(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to ann.o'neil+x@mail.example.co.uk.", ["ann.o'neil+x@mail.example.co.uk"]),
        ("zoë@müller.de, (bob@x.org)", ["zoë@müller.de", "bob@x.org"]),
        ("a@b, @handle, a..b@c.de, b.@c.de, user@localhost", []),
        ("x@y.com@z.com", []),
    ],
)
def test_emails(text: str, found: list[str]) -> None:
    assert texts(p.emails, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://example.com/a?b=1&c=(2), or www.milo.org.", ["https://example.com/a?b=1&c=(2)", "www.milo.org"]),
        ("(http://x.org/wiki/A_(b)) and <ftp://h/file>", ["http://x.org/wiki/A_(b)", "ftp://h/file"]),
        ("HTTP://EXAMPLE.COM/ünï!", ["HTTP://EXAMPLE.COM/ünï"]),
        ("http://x.org/a\ufeff and more", ["http://x.org/a"]),
        ("example.com, http:// and a://b", []),
    ],
)
def test_urls(text: str, found: list[str]) -> None:
    assert texts(p.urls, text) == found


GOOD = ("DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432", "FR14 2004 1010 0505 0001 3M02 606", "NO93 8601 1117 947")


def test_ibans_hold() -> None:
    assert texts(p.ibans, f"Pay {GOOD[0]} or {GOOD[1]}, {GOOD[2]}; {GOOD[3]}.") == list(GOOD)
    for bad in (
        "DE88 3704 0044 0532 0130 00",
        "DE89 3704 0044 0532 0130 000",
        "ZZ89 3704 0044 0532 0130 00",
        "de89370400440532013000",
        "DE89  3704",
    ):
        assert texts(p.ibans, f"Pay {bad} now") == [], bad


@given(st.sampled_from(GOOD), st.integers(2, 30), st.sampled_from("0123456789"))
def test_an_iban_with_one_wrong_figure_never_holds(iban: str, at: int, figure: str) -> None:
    """Check digits modulo 97 find every single wrong figure."""
    plain = iban.replace(" ", "")
    at = at % len(plain)
    if plain[at].isdigit() and plain[at] != figure:
        assert not p.iban_holds(plain[:at] + figure + plain[at + 1 :])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("On 2024-02-29, not 2023-02-29.", ["2024-02-29"]),
        ("03/04/2024, 31.12.99 and 13/25/2024", ["03/04/2024", "31.12.99"]),
        ("the 3rd of March 2024; March 3, 2024; 3. März 2024; 14 juillet 1789; 5 de mayo de 2020", ["the 3rd of March 2024"[4:], "March 3, 2024", "3. März 2024", "14 juillet 1789", "5 de mayo de 2020"]),
        ("since May 2021", ["May 2021"]),
        ("We may go on Monday; May is 5/6; v1.2.3; 10.0.0.1; 192.168.1.20; march 12", []),
    ],
)  # fmt: skip
def test_dates(text: str, found: list[str]) -> None:
    assert sorted(texts(p.dates, text)) == sorted(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It cost $1,234.56, US$ 5, 20 € or 1.234,50 EUR", ["$1,234.56", "US$ 5", "20 €", "1.234,50 EUR"]),
        ("£3.5 million and 40 dollars, CHF 12'000", ["£3.5 million", "40 dollars", "CHF 12'000"]),
        ("5 EURO2024, $, 20 eurovision", []),
    ],
)
def test_amounts(text: str, found: list[str]) -> None:
    assert texts(p.amounts, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12 of 1,000.5 are 3.5% and -7", ["12", "1,000.5", "3.5%", "-7"]),
        ("i&#39;m, A4, 3D, v1.2.3, 10:30, 1/2, x2y, 5-6", []),
    ],
)
def test_numbers(text: str, found: list[str]) -> None:
    assert texts(p.numbers, text) == found


def test_phones_need_a_country() -> None:
    pytest.importorskip("phonenumbers", reason="phones need the extra text")
    text = "Call +49 30 123456 or (415) 555-2671, order 12345678."
    assert texts(p.phones(None), text) == ["+49 30 123456"]
    assert texts(p.phones("US"), text) == ["+49 30 123456", "(415) 555-2671"]


@given(st.text(alphabet=st.sampled_from("0123456789.,/-@$€% abcZ:wW+\n👋"), max_size=200))
def test_places_lie_in_the_text_and_do_not_overlap(text: str) -> None:
    found = p.find_all(text, p.finders(None, frozenset(p.KINDS) - {"phone"}))
    last = 0
    for start, end, kind in found:
        assert last <= start < end <= len(text)
        assert kind in p.KINDS
        assert text[start:end].strip() == text[start:end]
        last = end


def spans(labels: list[Any]) -> Question:
    return Question("marks", "spans", config={"labels": labels}, field="text", shape="spans")


def test_spans_in_code_points_with_the_labels_of_the_question(registry: Registry) -> None:
    asked = registry.task_types.get("spans").check_config(
        spans(["DATE", {"value": "m", "title": "Money"}, "Email", "who"]), TEXT
    )
    items = [
        Candidate(1, {"text": "👋🏽 Zoë paid $5 on 2024-05-06: z@x.org, 7"}),
        Candidate(2, {"text": "nothing"}),
        Candidate(3, {"text": None}),
    ]
    found = check_predictor(PATTERNS, asked, TEXT, {}, [], items, registry.task_types.get("spans"))
    (one,) = found
    assert [(items[0].data["text"][s["start"] : s["end"]], s["label"]) for s in one.value] == [
        ("$5", "m"), ("2024-05-06", "DATE"), ("z@x.org", "Email"),
    ]  # fmt: skip
    assert one.score is None
    named = {"labels": {"number": "who"}}
    assert [s["label"] for s in next(PATTERNS.predict(asked, TEXT, named, None, items)).value] == ["m", "DATE", "Email", "who"]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"labels": {"day": "DATE"}}, "one of"),
        ({"labels": {"date": "nope"}}, "no label"),
        ({"x": 1}, "no setting"),
        ({"region": "Germany"}, "two letters"),
        ({"labels": []}, "object"),
    ],
)
def test_settings_that_make_no_sense(config: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidConfig, match=said):
        PATTERNS.check_config(config, spans(["DATE"]))


def test_without_a_label_for_anything() -> None:
    with pytest.raises(InvalidConfig, match="Kinds: iban"):
        PATTERNS.check_config({}, spans(["person", "place"]))


def choice(labels: list[Any]) -> Question:
    return Question("q", "choice", config={"labels": labels}, shape="label")


def test_languages_of_the_labels(registry: Registry) -> None:
    pytest.importorskip("lingua", reason="languages need the extra text")
    asked = choice(["en", "German", {"value": "x", "title": "Français"}, "other"])
    config = {"labels": {"fr": "x"}}
    given_ = (
        "Where is my parcel? It was sent last week.",
        "Wo ist mein Paket geblieben?",
        "Je voudrais savoir où est mon colis.",
        "12",
        "",
    )
    found = check_predictor(
        LANGUAGE,
        asked,
        TEXT,
        config,
        [],
        [Candidate(n, {"text": t}) for n, t in enumerate(given_, 1)],
        registry.task_types.get("choice"),
    )
    assert [(one.item_id, one.value, one.score) for one in found] == [(1, "en", None), (2, "German", None), (3, "x", None)]
    for labels, said in ((["yes", "no"], "found 0"), (["en", "other"], "found 1")):
        with pytest.raises(InvalidConfig, match=said):
            LANGUAGE.check_config({}, choice(labels))


def test_sentiment_by_its_words(registry: Registry) -> None:
    pytest.importorskip("vaderSentiment", reason="sentiment needs the extra text")
    given_ = ("I love it, it is great!", "Terrible. I hate waiting.", "It arrived on Monday.", " ")
    items = [Candidate(n, {"text": t}) for n, t in enumerate(given_, 1)]
    found = check_predictor(
        SENTIMENT, choice(["Positive", "negative", "neutral"]), TEXT, {}, [], items, registry.task_types.get("choice")
    )
    assert [(one.value, one.score) for one in found] == [("Positive", None), ("negative", None), ("neutral", None)]
    assert "sum of the words" in (found[0].reason or "")
    assert [one.value for one in SENTIMENT.predict(choice(["praise", "complaint"]), TEXT, {}, None, items)] == [
        "praise",
        "complaint",
    ]
    with pytest.raises(InvalidConfig, match="positive and negative"):
        SENTIMENT.check_config({}, choice(["a", "b"]))
