"""hOCR and ALTO, with files written from their published descriptions: read, told what is left out, and out again unchanged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from datasets.desk import Desk, lay, picture
from milo.kinds.format import ReadPage

HOCR = """<!DOCTYPE html><html><head><title>x</title><meta name="ocr-system" content="reader"></head><body>
<div class='ocr_page' id='page_1' title='image "scans/a.png"; bbox 0 0 200 100; ppageno 0'>
 <div class='ocr_carea' id='block_1' title="bbox 10 10 190 60">
  <p class='ocr_par' id='par_1' title="bbox 10 10 190 60">
   <span class='ocr_line' id='line_1' title="bbox 10 10 120 30; baseline 0 -2">
    <span class='ocrx_word' id='word_1' title='bbox 10 10 60 30; x_wconf 96'>Total</span>
    <span class='ocrx_word' id='word_2' title='bbox 70 12 120 30; x_wconf 41'>&lt;9,50&gt;</span>
   </span></p></div>
 <span class='ocrx_word' id='word_3' title='x_wconf 9'>lost</span>
</div><div class='ocr_page' title='image "b.png"'></div></body></html>"""

ALTO = """<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v3#"><Description><MeasurementUnit>UNIT</MeasurementUnit>
<sourceImageInformation><fileName>a.png</fileName></sourceImageInformation></Description>
<Tags><LayoutTag ID="t1" LABEL="stamp"/></Tags>
<Layout><Page ID="p1" WIDTH="2000" HEIGHT="1000"><PrintSpace>
<TextBlock ID="b1" HPOS="100" VPOS="100" WIDTH="1800" HEIGHT="500">
<TextLine ID="l1" HPOS="100" VPOS="100" WIDTH="1100" HEIGHT="200"><String ID="w1" HPOS="100" VPOS="100" WIDTH="500" HEIGHT="200" CONTENT="Total"/><SP/>
<String ID="w2" HPOS="700" VPOS="120" WIDTH="500" HEIGHT="180" CONTENT="9,50"/></TextLine></TextBlock>
<TextBlock ID="b2" TAGREFS="t1" HPOS="1000" VPOS="700" WIDTH="300" HEIGHT="200"/><Illustration ID="i1"/>
</PrintSpace></Page></Layout></alto>"""


def said(things: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(t["label"], (t.get("attributes") or {}).get("text", "")) for t in things]


def test_hocr_gives_words_lines_and_regions_with_their_text(desk: Desk, tmp_path: Path) -> None:
    rows, reasons = desk.read("hocr", lay(tmp_path, {"page.hocr": HOCR, "a.png": picture(200, 100), "b.png": picture(20, 10)}))
    first, second = rows
    things = first.data["predicted_boxes"]
    assert said(things) == [("region", "Total <9,50>"), ("line", "Total <9,50>"), ("word", "Total"), ("word", "<9,50>")]
    assert (things[2]["x"], things[2]["w"], things[2]["score"]) == (10.0, 50.0, 0.96)
    assert first.data["text"] == "Total <9,50>"
    assert first.pages == [ReadPage([[10, 10, 50, 20, "Total", 0.96], [70, 12, 50, 18, "<9,50>", 0.41]], (200, 100))]
    assert second.data["file"] == "b.png"
    assert [("without a bbox: 1" in one, "paragraphs: 1" in one) for one in reasons] == [(True, False), (False, True)]


@pytest.mark.parametrize("unit", ["pixel", "mm10"])
def test_alto_gives_the_same_in_any_unit(desk: Desk, tmp_path: Path, unit: str) -> None:
    size = (2000, 1000) if unit == "pixel" else (400, 200)
    rows, reasons = desk.read("alto", lay(tmp_path, {"page.xml": ALTO.replace("UNIT", unit), "a.png": picture(*size)}))
    boxes = rows[0].data["boxes"]
    things = boxes if unit == "pixel" else boxes["shares"]
    assert said(things) == [
        ("region", "Total 9,50"),
        ("line", "Total 9,50"),
        ("word", "Total"),
        ("word", "9,50"),
        ("stamp", ""),
    ]
    assert things[2]["x"] == pytest.approx(100 if unit == "pixel" else 0.05)
    assert "illustrations: 1" in reasons[0]
    (read,) = rows[0].pages
    assert read.size == (2000, 1000)
    assert [word[4] for word in read.words] == ["Total", "9,50"]


@pytest.mark.parametrize("format", ["hocr", "alto"])
def test_they_come_in_and_go_out_again(desk: Desk, tmp_path: Path, format: str) -> None:
    text = (
        (HOCR if format == "hocr" else ALTO.replace("UNIT", "pixel"))
        .replace(" x_wconf", " x_other")
        .replace("0 0 200 100", "0 0 2000 1000")
    )
    path = lay(
        tmp_path, {"page.hocr" if format == "hocr" else "page.xml": text, "a.png": picture(2000, 1000), "b.png": picture(9, 9)}
    )
    desk.project_for(format, path)
    desk.bring(path)
    before = {name: labels for name, labels in desk.values().items() if labels.get("boxes")}
    assert len(before["a.png"]["boxes"]) >= 4
    again = desk.out(format, option="media:true")
    desk.project_for(format, again)
    desk.bring(again)
    assert {name: _plain(labels["boxes"]) for name, labels in desk.values().items() if labels.get("boxes")} == {
        name: _plain(labels["boxes"]) for name, labels in before.items()
    }


def _plain(things: list[dict[str, Any]]) -> list[Any]:
    return sorted((t["label"], t["x"], t["y"], t["w"], t["h"], (t.get("attributes") or {}).get("text", "")) for t in things)


def test_other_files_are_told(desk: Desk, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.xml": "<other/>", "b.xml": "<alto><oh", "c.html": "<p>no pages</p>"}
    assert [("begins with <other>" in r, "no valid XML" in r) for r in desk.read("alto", lay(tmp_path, files))[1]] == [
        (True, False), (False, True),
    ]  # fmt: skip
    assert "no ocr_page" in desk.read("hocr", tmp_path)[1][0]
