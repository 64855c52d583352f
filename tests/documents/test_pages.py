"""Pages of PDF files: their sizes as shown, pictures, words with places, and what is said of files that cannot be read."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pypdfium2", reason="documents need pypdfium2: pip install milo[documents]")

from PIL import Image

from documents.making import page, pdf
from milo.infra import document_work, pdf_words
from milo.infra.lines import in_lines


def asked(tmp_path: Path, content: bytes, do: str = "probe", **more: Any) -> dict[str, Any]:
    path = tmp_path / "a.pdf"
    path.write_bytes(content)
    return document_work.answer({"do": do, "path": str(path), **more})


def words(tmp_path: Path, content: bytes, number: int = 0) -> dict[str, tuple[float, ...]]:
    return {w[5]: tuple(w[1:5]) for w in asked(tmp_path, content, "words", page=number)["words"]}


def test_sizes_are_those_of_the_page_as_shown(tmp_path: Path) -> None:
    found = asked(tmp_path, pdf(page(), page(), page(rotate=90), page(crop=(50, 100, 250, 300)), page(size=(595.28, 841.89))))
    assert found == {"pages": 5, "sizes": [[300, 400, 2], [400, 300, 1], [200, 200, 1], [595.28, 841.89, 1]]}
    assert asked(tmp_path, pdf(page(), page()), "sizes") == {"sizes": [[300, 400, 2]]}


@pytest.mark.parametrize(
    ("rotate", "crop", "wanted"),
    [
        (0, None, (50, 290)),
        (90, None, (100, 50)),
        (180, None, (250, 110)),
        (270, None, (290, 250)),
        (0, (40, 80, 240, 200), (10, 90)),
        (90, (40, 80, 240, 200), (20, 10)),
    ],
)
def test_words_stand_where_they_are_seen(tmp_path: Path, rotate: int, crop: Any, wanted: tuple[float, float]) -> None:
    """A word whose baseline begins at (50, 100) from the bottom left: where that corner is on the page as shown."""
    made = pdf(page((50, 100, 10, "Total"), rotate=rotate, **({"crop": crop} if crop else {})))
    x, y, w, h = words(tmp_path, made)["Total"]
    size = asked(tmp_path, made)["sizes"][0]
    assert 0 <= x <= x + w <= size[0] + 0.01
    assert 0 <= y <= y + h <= size[1] + 0.01
    inside = (x - 4 <= wanted[0] <= x + w + 4, y - 4 <= wanted[1] <= y + h + 14)
    assert inside == (True, True), ((x, y, w, h), wanted)
    assert (w > h) == (rotate in (0, 180))


def test_the_places_of_words_are_where_the_picture_has_ink(tmp_path: Path) -> None:
    """Held against the picture of the page: within a word's place there is ink, and outside of all places there is none."""
    for rotate in (0, 90, 180, 270):
        made = pdf(page((60, 300, 24, "Invoice"), (60, 120, 12, "49,99"), rotate=rotate, crop=(20, 40, 280, 390)))
        out = tmp_path / "p.webp"
        asked(tmp_path, made, "page", page=0, scale=2.0, out=str(out))
        grey = Image.open(out).convert("L")
        assert grey.size == tuple(round(2 * v) for v in asked(tmp_path, made)["sizes"][0][:2])
        for place in words(tmp_path, made).values():
            x, y, w, h = (round(2 * v) for v in place)
            assert min(grey.crop((x, y, x + w, y + h)).tobytes()) < 100
            grey.paste(255, (x - 2, y - 2, x + w + 2, y + h + 2))
        assert min(grey.tobytes()) > 200, rotate


def test_words_are_parted_by_spaces_and_gaps_and_come_line_by_line(tmp_path: Path) -> None:
    made = pdf(page((200, 300, 12, "9.99"), (20, 300, 12, "Grand total"), (20, 340, 12, "Invoice"), (20, 286, 12, "VAT")))
    found = asked(tmp_path, made, "words", page=0)["words"]
    assert [(w[0], w[5]) for w in found] == [(0, "Invoice"), (1, "Grand"), (1, "total"), (1, "9.99"), (2, "VAT")]


def test_a_text_is_found_with_one_rectangle_a_line(tmp_path: Path) -> None:
    made = pdf(page((20, 340, 12, "Invoice No. 7")), page(), page((20, 300, 12, "second INVOICE")))
    hits = asked(tmp_path, made, "find", text="invoice", most=10)["hits"]
    assert [(hit["page"], len(hit["places"])) for hit in hits] == [(0, 1), (2, 1)]
    assert hits[1]["places"][0][0] > 50
    assert len(asked(tmp_path, made, "find", text="invoice", most=1)["hits"]) == 1
    assert asked(tmp_path, made, "find", text="nowhere", most=10) == {"hits": []}


def test_a_page_without_text_has_no_words(tmp_path: Path) -> None:
    assert asked(tmp_path, pdf(page()), "words", page=0) == {"words": []}
    assert "no page 4" in asked(tmp_path, pdf(page()), "page", page=3, scale=1, out=str(tmp_path / "x"))["error"]


@pytest.mark.parametrize(
    ("content", "words_of_it"),
    [
        (pdf(page((20, 20, 9, "x")), encrypted=True), "encrypted with a password; save a copy without one"),
        (pdf(), "no pages"),
        (pdf(page())[:200], "damaged"),
        (b"%PDF-1.7\n" + bytes(500), "damaged"),
        (pdf(page(size=(5_000_000, 5_000_000))), "page 1 is 5e\\+06 x 5e\\+06 points"),
        (pdf(page(size=(0, 0), crop=(10, 10, 10, 10))), None),
    ],
    ids=["encrypted", "no pages", "cut off", "zeros", "gigantic", "no area"],
)
def test_files_that_cannot_be_shown_say_why(tmp_path: Path, content: bytes, words_of_it: str | None) -> None:
    import re

    found = asked(tmp_path, content)
    if words_of_it is None:
        assert found.get("sizes") or found["error"]
    else:
        assert re.search(words_of_it, found["error"]), found


def test_a_large_page_is_drawn_within_bounds(tmp_path: Path) -> None:
    """A poster at four pixels a point would take 3 GB; it is drawn as large as a picture may be."""
    out = tmp_path / "p.webp"
    made = asked(tmp_path, pdf(page(size=(14_400, 14_400))), "page", page=0, scale=4.0, out=str(out))
    assert made["width"] * made["height"] <= document_work.MAX_PIXELS * 1.01
    thin = asked(tmp_path, pdf(page(size=(90_000, 3))), "page", page=0, scale=4.0, out=str(out))
    assert thin["width"] <= document_work.MAX_SIDE * 1.01, thin
    assert thin["height"] >= 1


def test_lines_hold_words_of_one_height_however_they_come() -> None:
    found = in_lines([(50, 11, 5, 8, "b"), (10, 10, 5, 10, "a"), (10, 24, 5, 10, "c"), (90, 9, 5, 12, "B")])
    assert [(w[0], w[5]) for w in found] == [(0, "a"), (0, "b"), (0, "B"), (1, "c")]


def test_many_pages_are_measured_and_searched_quickly_enough(tmp_path: Path) -> None:
    """300 pages: nothing grows with the square of their number. (A bound far above what it takes; figures are in bench/.)"""
    made = pdf(*[page((20, 340, 12, f"page {n}")) for n in range(300)])
    began = time.process_time()
    assert asked(tmp_path, made)["pages"] == 300
    assert asked(tmp_path, made, "find", text="page 299", most=10)["hits"][0]["page"] == 299
    assert pdf_words.words(document_work.opened(tmp_path / "a.pdf"), 299)[1][5] == "299"
    assert time.process_time() - began < 60
