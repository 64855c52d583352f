"""Every format keeps the promises of its kind: what is written reads back, in full where it is called lossless."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contracts.foreign_desk import FOREIGN
from milo.builtin.formats.csv import PLUGINS as TABLES
from milo.domain.question import Field
from milo.kinds.format import BadRow, ExportContext, ExportRow, Format, Row, Source, data_set_of
from milo.kinds.registry import Registry
from milo.testing.builders import make_context, make_export_row, make_question, make_spec
from milo.testing.contracts import check_format

_UNCHECKED = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much)
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
WRITERS = ["csv", "json", "jsonl", "parquet", "tsv"]
TUNING = ["preference", "sft"]
"""Written from certain questions only; see test_tuning."""
QUESTIONS = [
    make_question("choice", {"labels": ["a|b", "x\ny", "=1"]}, name="topic"),
    make_question("choices", {"labels": ["p", "q|r"]}, name="tags"),
    make_question("rating", {"min": 1, "max": 5}, name="score"),
    make_question("text", {}, name="note"),
    make_question("spans", {"labels": ["L"]}, name="marks", field="text"),
]
FIELDS = (Field("text"), Field("id"), Field("photo", "image"), Field("talk", "chat"))
_strings = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
_labels: dict[str, Any] = {
    "topic": st.sampled_from(["a|b", "x\ny", "=1"]),
    "tags": st.sampled_from([[], ["p"], ["p", "q|r"]]),
    "score": st.integers(1, 5),
    "note": _strings,
    "marks": st.sampled_from([[], [{"start": 0, "end": 1, "label": "L", "id": "k"}]]),
}
_origin = st.fixed_dictionaries(
    {"role": st.sampled_from(["answer", "gold"]), "author": st.just("ada"), "score": st.floats(0, 1), "n": st.just(2)},
)
_photo = st.fixed_dictionaries(
    {
        "media": st.integers(1, 9),
        "mime": st.just("image/png"),
        "width": st.just(5),
        "height": st.just(6),
        "name": _strings.filter(bool),
    }
)
_data = st.fixed_dictionaries(
    {"text": _strings.filter(bool)},
    optional={
        "id": _strings.filter(bool),
        "photo": _photo,
        "talk": st.lists(st.fixed_dictionaries({"role": st.just("user"), "content": _strings}), max_size=2),
    },
)


@st.composite
def _row(draw: st.DrawFn) -> ExportRow:
    labels = draw(st.fixed_dictionaries({}, optional=_labels))
    annotations = [
        {
            "question": question,
            "role": "answer",
            "value": value,
            "author": draw(_strings.filter(bool)),
            "author_kind": "person",
            "version": 3,
            "score": draw(st.floats(0, 1)),
            "basis": "shown",
            "shown": [{"value": value}],
            "created_at": 1.5,
            "duration": 2.5,
            "origin": {"n": 3},
        }
        for question, value in labels.items()
    ]
    return make_export_row(
        labels,
        draw(_data),
        id=draw(st.integers(1, 2**53)),
        key=draw(st.none() | _strings.filter(bool)),
        meta=draw(st.dictionaries(_strings.filter(bool), _strings.filter(bool), max_size=3)),
        provenance={q: draw(_origin) for q in labels},
        annotations=annotations,
    )


def _unique_ids(rows: list[ExportRow]) -> bool:
    return len({row.id for row in rows}) == len(rows)


@pytest.fixture(scope="module")
def contexts(registry: Registry) -> dict[bool, ExportContext]:
    spec = make_spec(QUESTIONS, FIELDS)
    return {every: make_context(spec, registry.task_types.all(), everything=every) for every in (False, True)}


def test_every_format_is_known_here(registry: Registry) -> None:
    known = [f.name for f in registry.formats.all() if f.writes and data_set_of(f) is None]
    assert sorted(known) == sorted([*WRITERS, *TUNING, *FOREIGN]), "data sets have tests of their own, in tests/datasets"


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("name", WRITERS)
def test_promises(registry: Registry, contexts: dict[bool, ExportContext], name: str, everything: bool, tmp_path: Path) -> None:
    plugin = registry.formats.get(name)

    @settings(max_examples=25, deadline=None, suppress_health_check=_UNCHECKED, phases=_PHASES)
    @given(st.lists(_row(), max_size=4).filter(_unique_ids))
    def holds(rows: list[ExportRow]) -> None:
        check_format(plugin, rows, contexts[everything], tmp_path)

    holds()


@pytest.mark.parametrize("name", ["json", "jsonl", "parquet"])
def test_everything_keeps_typed_metadata(
    registry: Registry, contexts: dict[bool, ExportContext], name: str, tmp_path: Path
) -> None:
    meta = {"n": 1, "f": 1.5, "b": True, "none": None, "list": [1, "x"], "text": "1"}
    rows = [make_export_row({"score": 3}, meta=meta, key="k1")]
    check_format(registry.formats.get(name), rows, contexts[False], tmp_path)


def _csv(rows: list[ExportRow], context: ExportContext, tmp_path: Path, **options: Any) -> tuple[str, list[Row], list[str]]:
    sink = io.BytesIO()
    context = ExportContext(context.spec, context.everything, context.task_types, options)
    report = TABLES[0].write(rows, sink, context)
    path = tmp_path / "x.csv"
    path.write_bytes(sink.getvalue())
    back = list(TABLES[0].read(Source(path, "x.csv")))
    assert not [row for row in back if isinstance(row, BadRow)]
    return sink.getvalue().decode(), [row for row in back if isinstance(row, Row)], report.lost


def test_csv_columns(contexts: dict[bool, ExportContext], tmp_path: Path) -> None:
    origin = {"topic": {"role": "answer", "author": "ada", "score": 0.5}}
    row = make_export_row({"topic": "=1"}, meta={"source": "web"}, key="k", provenance=origin)
    text, back, _ = _csv([row], contexts[False], tmp_path)
    assert text.splitlines()[0] == (
        "id,key,status,text,field:id,photo,photo.media,photo.mime,photo.width,photo.height,photo.error,talk.json,"
        "meta.source,label:topic,role:topic,author:topic,score:topic,label:tags,label:score,label:note,label:marks"
    )
    assert back[0].annotations == [{"role": "answer", "author": "ada", "score": 0.5, "question": "topic", "cells": {"": "=1"}}]
    assert back[0].item == {"key": "k", "data": {"text": "some text"}, "meta": {"source": "web"}, "status": "done"}


def test_formulas_are_left_alone_unless_asked_for(contexts: dict[bool, ExportContext], tmp_path: Path) -> None:
    row = make_export_row({"topic": "=1"}, {"text": '=HYPERLINK("http://x")'})
    text, _, lost = _csv([row], contexts[False], tmp_path)
    assert '"=HYPERLINK' in text
    assert not lost
    text, _, lost = _csv([row], contexts[False], tmp_path, excel_safe=True)
    assert "'=HYPERLINK" in text
    assert ",'=1" in text
    assert "apostrophe" in lost[0]


def test_csv_says_what_it_loses(contexts: dict[bool, ExportContext], tmp_path: Path) -> None:
    row = make_export_row({}, {"text": ""}, meta={"n": 3})
    _, _, lost = _csv([row], contexts[False], tmp_path)
    assert sorted(lost) == [
        "an empty text reads back as missing: 1 items",
        "metadata that is no text reads back as text: 1 items",
    ]


def test_late_metadata_goes_into_one_column(contexts: dict[bool, ExportContext], tmp_path: Path) -> None:
    rows = [make_export_row({"score": 1}, meta={"late": "x"} if i == 1500 else {}, id=i + 1) for i in range(1600)]
    _, back, lost = _csv(rows, contexts[False], tmp_path)
    assert len(back) == 1600
    assert back[1500].item is not None
    assert back[1500].item["meta"] == {"late": "x"}
    assert not lost


@pytest.mark.parametrize("name", WRITERS)
def test_an_export_without_items_is_a_valid_file(
    registry: Registry, contexts: dict[bool, ExportContext], name: str, tmp_path: Path
) -> None:
    check_format(registry.formats.get(name), [], contexts[False], tmp_path)


@pytest.mark.parametrize("name", WRITERS)
def test_writing_streams(registry: Registry, contexts: dict[bool, ExportContext], name: str) -> None:
    """The first bytes leave before the last rows come."""
    plugin: Format = registry.formats.get(name)
    sink = io.BytesIO()
    seen: list[int] = []

    def rows() -> Any:
        for i in range(12_000):
            seen.append(sink.tell())
            yield make_export_row({"score": 1}, {"text": f"some text that is number {i}"}, id=i + 1)

    assert plugin.write(rows(), sink, contexts[False]).rows == 12_000
    assert 0 < seen[-1] < sink.tell()
