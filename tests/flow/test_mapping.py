"""The guess at what a column means."""

from __future__ import annotations

from typing import Any

import pytest

from milo.domain.errors import Invalid
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question
from milo.flow import mapping
from milo.flow.mapping import LabelColumn, Mapping


def spec(*fields: Field) -> ProjectSpec:
    return ProjectSpec("p", fields or (Field("text"),), (Question("mood", "choice"),))


def guess(rows: list[dict[str, Any]], *fields: Field, files: tuple[str, ...] = ()) -> Mapping:
    columns = list(dict.fromkeys(c for row in rows for c in (*row, *files)))
    return mapping.guess(spec(*fields), columns, rows, files)


LONG = "a sentence with several words in it"


@pytest.mark.parametrize(
    ("rows", "column", "key"),
    [
        ([{"text": "a", "title": LONG}], "text", None),
        ([{"Text ": "a"}], "Text ", None),
        ([{"id": "1", "body": LONG}, {"id": "2", "body": LONG}], "body", "id"),
        ([{"id": "1", "body": LONG}, {"id": "1", "body": LONG}], "body", None),
        ([{"n": "17", "stuff": LONG, "lang": "en"}], "stuff", None),
        ([{"uid": 7, "note": LONG}], "note", "uid"),
        ([{"a": "1", "b": "2"}], None, None),
        ([], None, None),
    ],
)
def test_text_and_key(rows: list[dict[str, Any]], column: str | None, key: str | None) -> None:
    found = guess(rows)
    assert found.fields.get("text") == column
    assert found.key == key
    assert found.labels == {}


def test_two_texts_by_name() -> None:
    found = guess([{"premise": LONG, "hypothesis": LONG}], Field("hypothesis"), Field("premise"))
    assert found.fields == {"hypothesis": "hypothesis", "premise": "premise"}


def test_images_by_file_by_name_and_by_look() -> None:
    image = Field("image", "image")
    assert guess([{"file": "a.png", "folder": "x"}], image, files=("image",)).fields == {"image": "image"}
    assert guess([{"path": "a.jpg", "n": "1"}], image).fields == {"image": "path"}
    assert guess([{"what": "cats/a.JPG", "n": "1"}], image).fields == {"image": "what"}
    assert guess([{"file": "a.png", "folder": "pets"}], Field("text"), files=("image",)).fields == {}


def test_chats() -> None:
    found = guess([{"conversation": [{"role": "user", "content": "hi"}]}], Field("talk", "chat"))
    assert found.fields == {"talk": "conversation"}


def test_applying() -> None:
    used = Mapping({"text": "body"}, "id", "rest", {"mood": LabelColumn("verdict", author="who")})
    row = {"body": "b", "id": 7, "verdict": "good", "who": "ann", "lang": "en", "gap": None}
    done = mapping.apply(used, row)
    assert (done.data, done.key, done.meta, done.cells) == ({"text": "b"}, "7", {"lang": "en"}, {"mood": "good"})
    some = mapping.apply(Mapping({"text": "body"}, None, ["lang"]), row)
    assert (some.key, some.meta) == (None, {"lang": "en"})
    assert mapping.apply(used, {"body": "", "id": ""}).data == {}


@pytest.mark.parametrize("wrong", [Mapping({}), Mapping({"no": "a"}), Mapping({"text": "a"}, labels={"no": LabelColumn("b")})])
def test_what_leads_nowhere_is_refused(wrong: Mapping) -> None:
    with pytest.raises(Invalid):
        mapping.check(spec(), wrong)


def test_a_mapping_without_fields_is_completed_by_the_guess() -> None:
    guessed = Mapping({"text": "body"}, "id")
    assert mapping.completed(None, guessed) == guessed
    assert mapping.completed(Mapping({}, "nr"), guessed) == Mapping({"text": "body"}, "nr")
    assert mapping.completed(Mapping({"text": "a"}), guessed) == Mapping({"text": "a"})


NESTED: list[dict[str, Any]] = [
    {"id": str(n), "task": "rte", "content": {"text": f"{LONG} {n}", "hypothesis": f"{LONG}: {n}", "at": {"page": n}}}
    for n in range(5)
]


def test_what_lies_in_objects_are_columns_too() -> None:
    columns = mapping.columns_of([*NESTED, {"late": 1, "content": {"more": 2}}])
    assert columns == [
        "id", "task", "content", "content.text", "content.hypothesis", "content.at", "content.at.page", "content.more", "late",
    ]  # fmt: skip
    found = mapping.guess(spec(Field("text"), Field("hypothesis")), columns, NESTED)
    assert found.fields == {"text": "content.text", "hypothesis": "content.hypothesis"}
    done = mapping.apply(found, NESTED[2])
    assert done.data == {"text": f"{LONG} 2", "hypothesis": f"{LONG}: 2"}
    assert done.meta == {"task": "rte", "content": {"at": {"page": 2}}}
    assert NESTED[2]["content"]["text"] == f"{LONG} 2"


def test_a_name_with_a_dot_of_its_own_is_no_path() -> None:
    row = {"meta.text": LONG, "meta": {"text": "inside"}}
    assert mapping.cell(row, "meta.text") == LONG
    assert mapping.cell({"meta": "plain"}, "meta.text") is None
    assert guess([{"inner": {"text": "deep"}, "Text": LONG}]).fields == {"text": "Text"}


def test_what_is_the_same_for_all_is_not_taken_for_the_text() -> None:
    same = [{"corpus": "a very long name of a corpus", "stuff": f"short {n}"} for n in range(4)]
    assert guess(same).fields == {"text": "stuff"}
    assert guess([{"corpus": "only one thing"} for _ in range(4)]).fields == {}
    assert guess([{"stuff": LONG}]).fields == {"text": "stuff"}


def test_the_refusal_of_an_empty_mapping_names_what_there_is() -> None:
    with pytest.raises(Invalid, match=r"text \(text\).*It has: file, video"):
        mapping.check(spec(), Mapping({}), ["file", "video"])
