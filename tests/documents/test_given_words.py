"""Words that another reader read, imported with the pages: they serve as words of the page, and a machine's stay off blind items."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

pytest.importorskip("pypdfium2", reason="documents need pypdfium2: pip install milo[documents]")

from data_bench import Bench
from datasets.desk import picture
from documents.making import page, pdf
from milo.domain.question import Field
from milo.infra import ocr_work
from milo.infra.lines import in_lines, places_of
from milo.infra.paper_words import MOST_PAGES
from milo.infra.sql.items import MediaSql
from milo.kinds.predictor import Candidate, Example

PAPER = {"name": "paper", "kind": "document"}
FORM = {"name": "form", "type": "fields", "config": {"fields": [{"name": "total", "type": "amount"}]}}
BOXES = {"name": "marks", "type": "boxes", "required": False, "config": {"labels": ["word", "line"]}}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    one = Bench(tmp_path_factory.mktemp("given"))
    yield one
    one.close()


def hocr(*pages: tuple[str, str], size: str = "200 100", sure: str = "") -> str:
    """Pages of (file name, words), each word 40 wide and 20 apart, 10 high."""
    body = ""
    for number, (image, text) in enumerate(pages):
        words = "".join(
            f"<span class='ocrx_word' title='bbox {10 + 60 * n} 20 {50 + 60 * n} 30{sure}'>{word}</span> "
            for n, word in enumerate(text.split())
        )
        body += f"""<div class='ocr_page' title='image "{image}"; bbox 0 0 {size}; ppageno {number}'>
        <span class='ocr_line' title='bbox 10 20 190 30'>{words}</span></div>"""
    return f"<html><body>{body}</body></html>"


def brought(bench: Bench, folder: Path, files: dict[str, str | bytes], *questions: dict[str, Any], **more: Any) -> Any:
    """The item made of these files, and what was reported."""
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    bench.project(*(questions or (FORM,)), fields=(PAPER,), **more)
    job = bench.call("POST", "/import", {"path": str(folder)})["id"]
    bench.wait(job)
    (row,) = bench.rows()["rows"]
    return row, str(bench.call("GET", f"/imports/{job}/errors"))


def words_of(told: dict[str, Any]) -> list[list[Any]]:
    return [[*word[1:5], word[5]] for word in told["words"]]


def test_words_without_a_confidence_are_what_the_page_says(bench: Bench, tmp_path: Path) -> None:
    row, _ = brought(bench, tmp_path, {"a.hocr": hocr(("a.png", "Total 49.99")), "a.png": picture(200, 100)})
    media = row["data"]["paper"]["media"]
    told = bench.call("GET", f"/api/media/{media}/pages/0/words")
    assert (told["state"], told["source"]) == ("ready", "text")
    assert words_of(told) == [[10, 20, 40, 10, "Total"], [70, 20, 40, 10, "49.99"]]
    assert bench.call("GET", f"/api/media/{media}/find?text=TOTAL 49")["hits"] == [{"page": 0, "places": [[10, 20, 100, 10]]}]


def test_a_form_is_filled_in_from_them(bench: Bench, tmp_path: Path) -> None:
    row, _ = brought(bench, tmp_path, {"a.hocr": hocr(("a.png", "Total 49.99")), "a.png": picture(200, 100)})
    value = row["data"]["paper"]
    record = bench.ws.db.read(lambda c: MediaSql(c).get(value["media"]))
    assert record is not None
    item = Candidate(row["id"], {"paper": {**value, "words": bench.ws.data.documents.word_files(record, MOST_PAGES)}})
    question = bench.spec.schema.get("form")
    (found,) = bench.ws.registry.predictors.get("field_cues").predict(
        question, (Field("paper", "document"),), {"cues": {}}, None, [item]
    )
    assert found.value["total"]["value"] == 49.99


def test_forms_are_learned_from_them(bench: Bench, tmp_path: Path) -> None:
    for n in range(7):
        words = f"Other 9{n}.25 Frobnitz 1{n}.50 More 7{n}.75"
        (tmp_path / f"{n}.hocr").write_text(hocr((f"{n}.png", words), size="400 100"))
        (tmp_path / f"{n}.png").write_bytes(picture(400, 100, colour=(n, n, n)))
    bench.project(FORM, fields=(PAPER,))
    bench.bring(path=str(tmp_path))
    learned, question = bench.ws.registry.predictors.get("document_fields"), bench.spec.schema.get("form")
    data: dict[str, dict[str, Any]] = {}
    for row in bench.rows()["rows"]:
        value = row["data"]["paper"]
        record = bench.ws.db.read(lambda c, media=value["media"]: MediaSql(c).get(media))
        assert record is not None
        data[value["name"]] = {"paper": {**value, "words": bench.ws.data.documents.word_files(record, MOST_PAGES)}}
    examples = [Example(n, data[f"{n}.png"], {"total": {"value": float(f"1{n}.50")}}) for n in range(6)]
    over, config = (Field("paper", "document"),), learned.check_config({}, question)
    model = learned.fit(question, over, config, examples).model
    (found,) = learned.predict(question, over, config, model, [Candidate(7, data["6.png"])])
    assert found.value["total"]["value"] == 16.5
    assert found.value["total"]["places"][0]["x"] == pytest.approx(190, abs=1)


def test_words_with_a_confidence_are_a_machines(bench: Bench, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.hocr": hocr(("a.png", "Total 49.99"), sure="; x_wconf 90"), "a.png": picture(200, 100)}
    row, _ = brought(bench, tmp_path, files)
    at, item = f"/api/media/{row['data']['paper']['media']}", f"/items/{row['id']}"
    assert bench.call("GET", f"{at}/pages/0/words") == {"state": "scan"}
    assert bench.call("GET", f"{at}/find?text=total")["hits"] == []
    told = bench.call("GET", f"{item}/words?field=paper&page=0")
    assert (told["state"], told["source"], told["words"][1][6]) == ("ready", "ocr", 0.9)
    assert len(bench.call("GET", f"{item}/find?field=paper&text=total")["hits"]) == 1


def test_a_machines_words_stay_off_blind_items(bench: Bench, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.hocr": hocr(("a.png", "Total 49.99"), sure="; x_wconf 90"), "a.png": picture(200, 100)}
    row, _ = brought(bench, tmp_path, files, blind_share=1)
    assert bench.call("GET", f"/items/{row['id']}/words?field=paper&page=0")["state"] == "withheld"
    assert bench.call("GET", f"/items/{row['id']}/find?field=paper&text=total")["hits"] == []


def test_words_of_a_pdf_come_page_by_page_and_in_points(bench: Bench, tmp_path: Path) -> None:
    read = hocr(("scan.pdf", "First page"), ("scan.pdf", "Second"), size="600 800")
    row, reasons = brought(bench, tmp_path, {"scan.hocr": read, "scan.pdf": pdf(page(), page())})
    at = f"/api/media/{row['data']['paper']['media']}"
    assert [words_of(bench.call("GET", f"{at}/pages/{n}/words"))[0] for n in (0, 1)] == [
        [5, 10, 20, 5, "First"], [5, 10, 20, 5, "Second"],
    ]  # fmt: skip
    assert [hit["page"] for hit in bench.call("GET", f"{at}/find?text=second")["hits"]] == [1]
    assert "marks on the pages of PDF files other than words: 2" in reasons


def sheaf(*sizes: tuple[int, int]) -> bytes:
    """A TIFF file with a page of each size."""
    pages = [Image.new("RGB", size, "white") for size in sizes]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    return out.getvalue()


def image_size(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


ALTO = """<alto><Description><MeasurementUnit>mm10</MeasurementUnit><sourceImageInformation><fileName>scan.tif</fileName>
</sourceImageInformation></Description><Layout>{}</Layout></alto>"""
ALTO_PAGE = """<Page WIDTH="400" HEIGHT="200"><PrintSpace><TextBlock HPOS="20" VPOS="40" WIDTH="360" HEIGHT="20"><TextLine HPOS="20" VPOS="40"
WIDTH="360" HEIGHT="20"><String HPOS="20" VPOS="40" WIDTH="80" HEIGHT="20" CONTENT="{}"/></TextLine></TextBlock></PrintSpace></Page>"""
SHEAF_READ = {
    "scan.hocr": hocr(("scan.tif", "First"), ("scan.tif", "Second")),
    "scan.xml": ALTO.format(ALTO_PAGE.format("First") + ALTO_PAGE.format("Second")),
}


@pytest.mark.parametrize("name", SHEAF_READ)
def test_words_and_boxes_of_a_tiff_come_page_by_page(bench: Bench, tmp_path: Path, name: str) -> None:
    files: dict[str, str | bytes] = {name: SHEAF_READ[name], "scan.tif": sheaf((200, 100), (400, 200))}
    row, _ = brought(bench, tmp_path, files, FORM, BOXES)
    at = f"/api/media/{row['data']['paper']['media']}"
    assert [words_of(bench.call("GET", f"{at}/pages/{n}/words")) for n in (0, 1)] == [
        [[10, 20, 40, 10, "First"]], [[20, 40, 80, 20, "Second"]],
    ]  # fmt: skip
    assert [hit["page"] for hit in bench.call("GET", f"{at}/find?text=second")["hits"]] == [1]
    (answer,) = bench.all("SELECT value FROM annotation WHERE item_id = ? AND role = 'answer'", row["id"])
    places = {(b.get("page", 0), b["x"], b["w"]) for b in msgspec.json.decode(answer[0]) if b["label"] == "word"}
    assert places == {(0, 10, 40), (1, 20, 80)}


def test_each_page_of_a_tiff_is_drawn_and_read(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scan.tif").write_bytes(sheaf((200, 100), (400, 200)))
    row, _ = brought(bench, tmp_path, {"list.jsonl": '{"paper": "scan.tif"}'})
    at, documents = f"/api/media/{row['data']['paper']['media']}/pages", bench.ws.data.documents
    assert bench.call("GET", at)["sizes"] == [[200, 100, 1], [400, 200, 1]]
    record = bench.ws.db.read(lambda c: MediaSql(c).get(row["data"]["paper"]["media"]))
    assert record is not None
    assert [image_size(documents.picture(record, n, 1.0)) for n in (0, 1)] == [(200, 100), (400, 200)]

    def read(_do: str, path: Path, mime: str, page: int) -> dict[str, Any]:
        shown, scale = ocr_work._picture(path, mime, page)  # pyright: ignore[reportPrivateUsage]
        return {"words": in_lines([(0, 0, 10, 10, f"{shown.width}x{shown.height}", scale)])}

    monkeypatch.setattr(documents._reader, "ask", read)  # pyright: ignore[reportPrivateUsage]
    bench.until(lambda: len(documents.word_files(record, MOST_PAGES)) == 2 and None not in documents.word_files(record, 6))
    assert documents.text(record, 6) == "[page 1]\n200x100\n\n[page 2]\n400x200"


def test_words_of_another_page_are_left_out_and_told(bench: Bench, tmp_path: Path) -> None:
    row, reasons = brought(bench, tmp_path, {"a.hocr": hocr(("a.png", "Total"), size="200 300"), "a.png": picture(200, 100)})
    assert bench.call("GET", f"/api/media/{row['data']['paper']['media']}/pages/0/words") == {"state": "scan"}
    assert "the page was 200 x 300 when it was read" in reasons


def test_boxes_stay_answers_where_they_are_mapped(bench: Bench, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.hocr": hocr(("a.png", "Total 49.99")), "a.png": picture(200, 100)}
    row, _ = brought(bench, tmp_path, files, FORM, BOXES)
    (answer,) = bench.all("SELECT value FROM annotation WHERE item_id = ? AND role = 'answer'", row["id"])
    assert str(answer).count("word") == 2
    assert "boxes" not in row["meta"]


def test_models_suggest_once_a_machine_has_read_the_pages(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = in_lines([(10, 20, 40, 10, "Total", 0.9), (70, 20, 40, 10, "49.99", 0.9)])
    documents = bench.ws.data.documents
    monkeypatch.setattr(documents._reader, "ask", lambda *_, **__: {"words": words})  # pyright: ignore[reportPrivateUsage]
    row, _ = brought(bench, tmp_path, {"list.jsonl": '{"paper": "b.png"}', "b.png": picture(210, 100)})
    bench.call("POST", "/models", {"plugin": "field_cues", "name": "cues", "question": "form", "config": {}})
    bench.call("GET", f"/items/{row['id']}/words?field=paper&page=0")
    found = "SELECT value FROM annotation WHERE item_id = ? AND role = 'suggestion'"
    bench.until(lambda: "49.99" in str(bench.all(found, row["id"])))


@given(st.lists(st.text("abcß", max_size=5), min_size=1, max_size=12), st.data())
def test_a_run_of_words_is_found_where_it_stands(texts: list[str], data: st.DataObject) -> None:
    told = [f"<{n}{text}>" for n, text in enumerate(texts)]
    words = in_lines([(30.0 * (n % 4), 20.0 * (n // 4), 25.0, 10.0, text) for n, text in enumerate(told)])
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    (places,) = places_of(words, " ".join(told[first : last + 1]).upper())
    assert len(places) == 1 + last // 4 - first // 4
    assert places[0][:2] == [30 * (first % 4), 20 * (first // 4)]
    assert places[-1][0] + places[-1][2] == 30 * (last % 4) + 25
