"""Marks on HTML and Markdown: people and models count in the same visible text."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from milo.builtin.predictors._llm_prompt import demonstrations
from milo.builtin.tasks import spans as spans_type
from milo.domain.errors import InvalidConfig, InvalidValue
from milo.domain.item import Item
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.flow.projects import complete
from milo.infra.rendering import as_text
from milo.kinds.asking import Task
from milo.kinds.predictor import Example
from milo.kinds.registry import Registry
from milo.kinds.task_type import from_model

SPANS = spans_type.PLUGIN
FIELDS = (Field("doc", "html"), Field("note", "markdown"), Field("plain"))
HTML = "<p>Dear <b>Ms&nbsp;Nú</b>ñez &amp; co,</p>"
ITEM = Item(1, 1, 1, {"doc": HTML, "note": "# A *b*", "plain": "<b>a</b>"})


def _question(field: str, **config: Any) -> Question:
    return SPANS.check_config(Question("q", "spans", config={"labels": ["who"], **config}, field=field), FIELDS)


@pytest.mark.parametrize(
    ("field", "config", "reads"),
    [("doc", {}, "html"), ("note", {}, "markdown"), ("note", {"reads": "source"}, "source"), ("plain", {}, None)],
)
def test_the_kind_of_the_field_says_how_it_is_read(field: str, config: dict[str, Any], reads: str | None) -> None:
    assert _question(field, **config).config.get("reads") == reads


@pytest.mark.parametrize(
    ("before", "given", "reads"),
    [
        ({"reads": "source"}, {}, "source"),
        ({}, {}, "source"),
        ({"reads": "markdown"}, {}, "markdown"),
        ({"reads": "source"}, {"reads": "markdown"}, "markdown"),
        ({"reads": "html"}, {}, "markdown"),
        (None, {}, "markdown"),
    ],
)
def test_saving_does_not_change_how_a_question_reads(
    registry: Registry, before: dict[str, Any] | None, given: dict[str, Any], reads: str
) -> None:
    written = ProjectSpec("p", FIELDS, (Question("q", "spans", config={"labels": ["who"], **given}, field="note"),))
    stored = complete(written, registry)
    if before is not None:
        config = {k: v for k, v in stored.questions[0].config.items() if k != "reads"} | before
        stored = msgspec.structs.replace(stored, questions=(msgspec.structs.replace(stored.questions[0], config=config),))
    [question] = complete(written, registry, stored if before is not None else None).questions
    assert question.config["reads"] == reads


def test_a_way_that_the_field_does_not_have_is_refused() -> None:
    with pytest.raises(InvalidConfig, match="as shown"):
        _question("note", reads="html")


def test_a_mark_is_held_against_the_visible_text() -> None:
    span = {"start": 5, "end": 13, "label": "who", "text": "Ms\u00a0Núñez"}
    assert SPANS.check(_question("doc"), [span], ITEM) == [{"start": 5, "end": 13, "label": "who"}]
    with pytest.raises(InvalidValue, match="ends beyond the text"):
        SPANS.check(_question("doc"), [{"start": 5, "end": 30, "label": "who"}], ITEM)
    assert SPANS.check(_question("doc", reads="source"), [{"start": 5, "end": 30, "label": "who"}], ITEM)


def test_a_quote_of_what_a_model_was_shown_is_found_where_a_person_marks_it() -> None:
    question = _question("doc")
    shown = as_text(HTML, "html", "html")
    quote = [{"quote": "Ms Núñez", "label": "who", "occurrence": 1}]
    [span] = from_model(SPANS, question, quote, ITEM, last=True).value
    assert shown[span["start"] : span["end"]] == "Ms\u00a0Núñez"


def test_examples_in_a_prompt_quote_the_text_that_stands_there() -> None:
    question = _question("doc")
    task = Task(question, FIELDS[:1], "", SPANS, "p")
    shown = as_text("<b>1 &lt; 2</b> said Ann", "html", "html")
    [(texts, answer)] = demonstrations(task, [Example(1, {"doc": shown}, [{"start": 11, "end": 14, "label": "who"}])], [])
    assert texts == {"doc": "1 < 2 said Ann"}
    assert '"quote":"Ann"' in answer


def test_answers_do_not_move_from_the_visible_text_to_the_source() -> None:
    value = [{"start": 5, "end": 7, "label": "who"}]
    assert SPANS.migrate(_question("doc"), _question("doc", reads="source"), value) is None
    assert SPANS.migrate(_question("doc"), _question("doc", overlap=False), value) == value
