"""What forms, labels on pages and boxes on pages take, what they refuse and in which words, and how answers become one."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.document_cases import DOCUMENT, FORM, PAPER
from milo.domain.errors import InvalidConfig, InvalidValue
from milo.domain.question import Field, Question
from milo.kinds.registry import Registry
from milo.testing.builders import make_item, make_question

FIELDS = (PAPER, Field("image", "image"))


def settled(registry: Registry, kind: str, config: dict[str, Any], **more: Any) -> tuple[Any, Question]:
    plugin = registry.task_types.get(kind)
    return plugin, plugin.check_config(make_question(kind, config, **more), FIELDS)


def test_what_is_written_is_read_into_the_type(registry: Registry) -> None:
    form, question = settled(registry, "fields", {"fields": FORM})
    value = form.check(
        question,
        {"date": "18 april 2014", "total": {"value": "€ 1.234,50", "text": "€ 1.234,50"}, "currency": "EUR", "items": "3"},
        DOCUMENT,
    )
    assert list(value) == ["total", "items", "date", "currency"]
    assert value["total"] == {"value": 1234.5, "text": "€ 1.234,50"}
    assert (value["date"]["value"], value["items"]["value"]) == ("2014-04-18", 3)
    assert form.flatten(question, value)["total"] == 1234.5
    assert form.summary(question, value) == ["currency: EUR"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({}, '"total" has no value'),
        ({"total": 1, "sum": 2}, "no field 'sum'"),
        ({"total": "many"}, "'many' is no number; write it as 1234.56"),
        ({"total": True}, "true and false"),
        ({"total": 1, "date": "31.02.2014"}, "is no date; write it as 2014-05-07"),
        ({"total": 1, "date": 20140507}, "is no date"),
        ({"total": 1, "currency": "EURO"}, "EUR"),
        ({"total": 1, "issuer": "  "}, "give null for nothing"),
        ({"total": {"value": 1, "places": [{"page": 3, "x": 0, "y": 0, "w": 1, "h": 1}]}}, "there is no page 3; .* has 3"),
        ({"total": {"value": 1, "places": [{"page": 0, "x": 600, "y": 0, "w": 20, "h": 1}]}}, "outside of the page.*612 x 792"),
        ({"total": {"value": 1, "places": [{"page": 0, "x": 600, "y": 0, "w": 0, "h": 1}]}}, "no area"),
        ({"total": {"value": 1, "score": 2}}, "not between 0 and 1"),
        ({"total": {"value": 1, "word": "x"}}, "word"),
        ([], "expected an object"),
    ],
)
def test_refusals_say_what_would_fit(registry: Registry, value: Any, words: str) -> None:
    form, question = settled(registry, "fields", {"fields": FORM})
    with pytest.raises(InvalidValue, match=words):
        form.check(question, value, DOCUMENT)


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({}, "fields"),
        ({"fields": []}, "fields"),
        ({"fields": ["a", "a"]}, "fields"),
        ({"fields": ["a b"]}, "fields[0]"),
        ({"fields": [{"name": "a", "type": "money"}]}, "fields[0]"),
        ({"fields": [{"name": "a", "type": "choice"}]}, "fields[0].labels"),
        ({"fields": [{"name": "a", "labels": ["x"]}]}, "fields[0]"),
        ({"fields": [{"name": "a", "tolerance": 1}]}, "fields[0]"),
        ({"fields": ["a"], "dates": "ymd"}, "dates"),
        ({"fields": ["a"], "place": "everywhere"}, "place"),
    ],
)
def test_settings_that_do_not_fit_are_named(registry: Registry, config: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidConfig) as caught:
        settled(registry, "fields", config)
    assert caught.value.place == f"questions.q.config.{place}"


def test_places_can_be_demanded_or_refused(registry: Registry) -> None:
    place = {"page": 1, "x": 10, "y": 20, "w": 30, "h": 9}
    form, question = settled(registry, "fields", {"fields": ["who"], "place": "needed"})
    with pytest.raises(InvalidValue, match="has no place"):
        form.check(question, {"who": "me"}, DOCUMENT)
    assert form.check(question, {"who": {"value": "me", "places": [place, place]}}, DOCUMENT)["who"]["places"] == [place]
    assert form.check(question, {"who": None}, DOCUMENT) == {"who": {"value": None}}
    form, question = settled(registry, "fields", {"fields": ["who"], "place": "none"})
    with pytest.raises(InvalidValue, match="takes none"):
        form.check(question, {"who": {"value": "me", "places": [place]}}, DOCUMENT)


def test_agreement_counts_fields_with_the_same_value(registry: Registry) -> None:
    form, question = settled(registry, "fields", {"fields": FORM})

    def value(**given: Any) -> Any:
        return form.check(question, given, DOCUMENT)

    ours = value(total=10, issuer="ACME  B.V.", items=3, date="2014-05-07")
    assert form.agreement(question, ours, value(total=10.004, issuer="acme b.v.", items=4, date="7.5.2014")) == 1
    assert form.agreement(question, ours, value(total=10.02, issuer="ACME", items=9, date="2014-05-07")) == 0.25
    assert form.agreement(question, ours, value(total=10)) == 0.25
    assert form.agreement(question, value(total=None, issuer=None), value(total=None)) == 1


def test_merging_takes_what_most_say(registry: Registry) -> None:
    form, question = settled(registry, "fields", {"fields": FORM})
    place = [{"page": 0, "x": 1.0, "y": 1.0, "w": 5.0, "h": 5.0}]

    def value(**given: Any) -> Any:
        return form.check(question, given, DOCUMENT)

    merged = form.merge(
        question,
        [
            value(total={"value": 10, "text": "10,00", "places": place}, issuer="A"),
            value(total={"value": "10.00", "text": "10,00"}, issuer=None),
            value(total=11, date="2014-05-07"),
        ],
    )
    assert merged == {"total": {"value": 10, "text": "10,00", "places": place}, "issuer": {"value": None}}


def test_models_may_leave_out_what_they_misread(registry: Registry) -> None:
    from milo.kinds.task_type import from_model, model_brief

    form, question = settled(registry, "fields", {"fields": FORM})
    brief = model_brief(form, question)
    assert "- total (amount, required)" in brief.instruction
    assert "places" not in str(brief.json_schema)
    answer = {"total": {"value": 3}, "date": {"value": "soon"}}
    with pytest.raises(InvalidValue, match="no date"):
        from_model(form, question, answer, DOCUMENT, last=False)
    read = from_model(form, question, answer, DOCUMENT, last=True)
    assert read.value == {"total": {"value": 3}}
    assert "soon" in read.left_out[0]


def test_boxes_on_pages_match_on_their_page_only(registry: Registry) -> None:
    boxes, question = settled(registry, "boxes", {"labels": ["stamp"]}, field="paper")
    assert question.config["pages"] is True
    at = {"x": 10, "y": 10, "w": 50, "h": 20, "label": "stamp"}
    first, second = boxes.check(question, [at], DOCUMENT), boxes.check(question, [at | {"page": 1}], DOCUMENT)
    assert first == [at | {"page": 0}]
    assert boxes.agreement(question, first, second) == 0
    assert boxes.agreement(question, first + second, second) == pytest.approx(2 / 3)
    assert boxes.merge(question, [first + second, second, second]) == second
    with pytest.raises(InvalidValue, match="there is no page 7"):
        boxes.check(question, [at | {"page": 7}], DOCUMENT)
    with pytest.raises(InvalidValue, match=r"outside of the page, which is 841\.9 x 595\.3 points"):
        boxes.check(question, [at | {"page": 2, "y": 590}], DOCUMENT)
    assert boxes.check(question, [at | {"page": 1, "y": 700}], DOCUMENT)[0]["y"] == 700


def test_models_count_pages_from_one(registry: Registry) -> None:
    from milo.kinds.task_type import from_model, to_model

    boxes, question = settled(registry, "boxes", {"labels": ["stamp"]}, field="paper")
    written = [{"label": "stamp", "x1": 100, "y1": 100, "x2": 200, "y2": 200, "page": 3}]
    read = from_model(boxes, question, written, DOCUMENT, last=False).value
    assert read[0] == {
        "x": 84.19,
        "y": pytest.approx(59.53),
        "w": pytest.approx(84.19),
        "h": pytest.approx(59.53),
        "label": "stamp",
        "page": 2,
    }
    assert to_model(boxes, question, read, DOCUMENT) == written


def test_a_document_that_is_an_image_has_one_page(registry: Registry) -> None:
    boxes, question = settled(registry, "boxes", {"labels": ["stamp"]}, field="paper")
    scan = make_item({"paper": {"media": 3, "mime": "image/jpeg", "width": 400, "height": 900}})
    at = {"x": 10, "y": 800, "w": 50, "h": 20, "label": "stamp"}
    assert boxes.check(question, [at], scan)[0]["page"] == 0
    with pytest.raises(InvalidValue, match="no page 1"):
        boxes.check(question, [at | {"page": 1}], scan)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([{"page": 0, "label": "a"}], "page 2 has no label"),
        ([{"page": p, "label": "a"} for p in (0, 0, 1, 2)] + [{"page": 0, "label": "b"}], "page 1 has two labels"),
        ([{"page": 9, "label": "a"}], "no page 9"),
        ([{"page": 0, "label": "c"}], "c"),
        ([{"page": "0", "label": "a"}], "page, label"),
    ],
)
def test_labels_on_pages_are_held_to_the_document(registry: Registry, value: Any, words: str) -> None:
    pages, question = settled(registry, "page_labels", {"labels": ["a", "b"]})
    with pytest.raises(InvalidValue, match=words):
        pages.check(question, value, DOCUMENT)


def test_labels_on_pages_are_merged_page_by_page(registry: Registry) -> None:
    pages, question = settled(registry, "page_labels", {"labels": ["a", "b"]})
    values = [[{"page": p, "label": label} for p, label in enumerate(word)] for word in ("aab", "abb", "bab")]
    assert [mark["label"] for mark in pages.merge(question, values)] == ["a", "a", "b"]
