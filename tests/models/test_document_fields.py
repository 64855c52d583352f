"""Forms filled in from documents: by cues from the first one on, and by what was learned from those filled in before."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

pytest.importorskip("pypdfium2", reason="documents need pypdfium2: pip install milo[documents]")

from data_bench import Bench
from milo.builtin.demo._invoice_drawing import invoice
from milo.builtin.predictors.document_fields import PLUGIN as LEARNED
from milo.builtin.predictors.field_cues import PLUGIN as CUES
from milo.builtin.tasks.fields import PLUGIN as FIELDS
from milo.domain.question import Field, Question
from milo.infra import document_work, pdf_words
from milo.kinds.predictor import Candidate, Example
from milo.testing.contracts import check_predictor

OVER = (Field("paper", "document"),)
PARTS: list[dict[str, Any]] = [
    {"name": "issuer"}, {"name": "number", "title": "Invoice number"}, {"name": "date", "type": "date"}, {"name": "due", "type": "date"},
    {"name": "net", "type": "amount"}, {"name": "total", "type": "amount"}, {"name": "currency", "type": "choice", "labels": ["EUR", "USD", "GBP"]},
]  # fmt: skip
ASKED = msgspec.structs.replace(FIELDS.check_config(Question("form", "fields", config={"fields": PARTS}), OVER), shape="fields")
DATED = msgspec.structs.replace(
    FIELDS.check_config(Question("form", "fields", config={"fields": [{"name": "date", "type": "date"}]}), OVER), shape="fields"
)


class Papers:
    """Invoices with their words in files, and what they say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @lru_cache
    def __call__(self, firm: int, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
        made = invoice(firm, number)
        path = self.folder / made.name
        path.write_bytes(made.content)
        words = path.with_suffix(".json")
        words.write_bytes(msgspec.json.encode(pdf_words.words(document_work.opened(path), 0)))
        media = {"media": 1, "mime": "application/pdf", "pages": 1, "sizes": [[595, 842, 1]], "words": [str(words)]}
        return {"paper": media}, {name: {"value": value} for name, value in made.truth.items()}


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return Papers(tmp_path_factory.mktemp("papers"))


def right(found: list[Any], truths: list[dict[str, Any]]) -> float:
    """The share of fields with the value that the paper says."""
    each = [FIELDS.agreement(ASKED, p.value, FIELDS.check(ASKED, truths[p.item_id], None)) for p in found]
    return sum(each) / len(truths)


@pytest.mark.parametrize("plugin", [LEARNED, CUES])
def test_keeps_the_promises_of_a_predictor(plugin: Any, papers: Papers) -> None:
    drawn = [papers(n % 3, n) for n in range(9)]
    examples = [Example(i, data, value) for i, (data, value) in enumerate(drawn[:6])]
    candidates = [Candidate(i, data) for i, (data, _) in enumerate(drawn[6:], start=6)]
    found = check_predictor(plugin, ASKED, OVER, {}, examples, candidates, FIELDS)
    assert [p.item_id for p in found] == [6, 7, 8]


def test_it_learns_what_bills_of_known_and_of_new_firms_say(papers: Papers) -> None:
    drawn = [papers(n % 4, n) for n in range(12)]
    known, new = [papers(n % 4, 100 + n) for n in range(6)], [papers(40 + n, n) for n in range(8)]
    config = LEARNED.check_config({}, ASKED)
    model = LEARNED.fit(ASKED, OVER, config, [Example(i, *one) for i, one in enumerate(drawn)]).model

    def asked(plugin: Any, of: list[Any], settings: dict[str, Any], learned: bytes | None) -> float:
        given = [Candidate(i, data) for i, (data, _) in enumerate(of)]
        return right(list(plugin.predict(ASKED, OVER, settings, learned, given)), [value for _, value in of])

    assert asked(LEARNED, known, config, model) >= 0.95
    assert asked(LEARNED, new, config, model) >= 0.8
    assert asked(CUES, new, CUES.check_config({}, ASKED), None) >= 0.4


def test_a_value_has_its_words_its_place_and_a_reason(papers: Papers) -> None:
    data, truth = papers(2, 7)
    (found,) = CUES.predict(ASKED, OVER, {"cues": {}}, None, [Candidate(1, data)])
    entry = found.value["total"]
    (place,) = entry["places"]
    words = msgspec.json.decode(Path(data["paper"]["words"][0]).read_bytes())
    inside = [
        w[5]
        for w in words
        if place["x"] - 1 <= w[1] and w[1] + w[3] <= place["x"] + place["w"] + 1 and abs(w[2] - place["y"]) < 3
    ]
    assert entry["value"] == truth["total"]["value"]
    assert " ".join(inside) == entry["text"]
    assert "total: beside “" in (found.reason or "")
    assert "score" not in entry


def test_given_cues_come_first(tmp_path: Path) -> None:
    words = [
        [0, 10, 10, 60, 10, "Frobnitz"],
        [0, 80, 10, 60, 10, "2024-03-01"],
        [1, 10, 30, 60, 10, "Printed"],
        [1, 80, 30, 60, 10, "2024-05-09"],
    ]
    file = tmp_path / "words.json"
    file.write_bytes(msgspec.json.encode(words))
    item = Candidate(1, {"paper": {"media": 1, "pages": 1, "words": [str(file)]}})
    for cue, day in (("printed", "2024-05-09"), ("frobnitz", "2024-03-01")):
        (found,) = CUES.predict(DATED, OVER, CUES.check_config({"cues": {"date": [cue]}}, DATED), None, [item])
        assert found.value["date"]["value"] == day


def test_documents_without_words_are_passed_over_and_teach_nothing(tmp_path: Path) -> None:
    scans = [{"paper": {"media": 1, "pages": 1, "words": [None]}}, {"paper": {"media": 2, "pages": 1}}, {"paper": None}]
    config = LEARNED.check_config({}, ASKED)
    fitted = LEARNED.fit(ASKED, OVER, config, [Example(i, data, {"total": {"value": 1}}) for i, data in enumerate(scans)])
    assert fitted.model is None
    assert "neither a text layer" in fitted.info["why"]
    assert list(CUES.predict(ASKED, OVER, {"cues": {}}, None, [Candidate(i, data) for i, data in enumerate(scans)])) == []


def test_what_is_never_said_is_learned_as_not_said(papers: Papers) -> None:
    drawn = [papers(n % 3, n) for n in range(8)]
    examples = [Example(i, data, {**value, "due": {"value": None}}) for i, (data, value) in enumerate(drawn)]
    config = LEARNED.check_config({}, ASKED)
    model = LEARNED.fit(ASKED, OVER, config, examples).model
    (found,) = LEARNED.predict(ASKED, OVER, config, model, [Candidate(1, papers(1, 50)[0])])
    assert found.value["due"]["value"] is None
    assert found.value["due"]["score"] > 0.5


def test_in_a_project_documents_are_filled_in_from_the_first_on(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    try:
        form = {"name": "form", "type": "fields", "config": {"fields": PARTS}}
        bench.project(form, fields=({"name": "paper", "kind": "document"},))
        folder = tmp_path / "bills"
        folder.mkdir()
        for n in range(3):
            made = invoice(2, n)
            (folder / made.name).write_bytes(made.content)
        bench.bring(path=str(folder))
        made_model = bench.call("POST", "/models", {"plugin": "field_cues", "name": "cues", "question": "form"})
        bench.wait(bench.call("POST", f"/models/{made_model['id']}/suggest", {"all": True})["id"])
        stored = [msgspec.json.decode(row[0]) for row in bench.all("SELECT value FROM annotation WHERE role = 'suggestion'")]
        assert sorted(one["total"]["value"] for one in stored) == sorted(invoice(2, n).truth["total"] for n in range(3))
    finally:
        bench.close()
