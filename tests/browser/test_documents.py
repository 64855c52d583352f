"""A form and the rows of a table, filled in from a PDF file as a person does: by keys, by dragging over words, and as the page stores
them."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import exported, sign_in
from browser.marking import suggest
from documents.making import page as sheet
from documents.making import pdf
from running import Api, Server

pytest.importorskip("pypdfium2", reason="documents need pypdfium2: pip install milo[documents]")
pytestmark = pytest.mark.browser

FORM: list[dict[str, Any]] = [
    {"name": "issuer", "title": "Issuer"},
    {"name": "total", "title": "Total", "type": "amount", "required": True},
    {"name": "date", "title": "Date", "type": "date"},
]
BOXES = {"name": "marks", "type": "boxes", "title": "Parts", "required": False, "config": {"labels": ["logo", "table"]}}


ASKED = {"name": "form", "type": "fields", "title": "Invoice", "config": {"fields": FORM}}
COLUMNS: list[dict[str, Any]] = [{"name": "what", "title": "What"}, {"name": "amount", "title": "Amount", "type": "amount"}]
ROWS = {"name": "rows", "type": "table_rows", "title": "Lines", "config": {"columns": COLUMNS}}


def document_project(owner: Api, content: bytes, *questions: dict[str, Any]) -> int:
    spec = {
        "name": "Papers", "fields": [{"name": "paper", "kind": "document"}], "questions": questions or (ASKED, BOXES),
        "policy": {"blind_share": 0, "order": "imported"},
    }  # fmt: skip
    project = owner.call("POST", "/api/projects", spec)["id"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as files:
        files.writestr("a.pdf", content)
    _, out, _ = owner.raw("POST", f"/api/projects/{project}/uploads?name=papers.zip", packed.getvalue())
    upload = json.loads(out)["upload"]
    mapping = owner.call("POST", f"/api/projects/{project}/import/preview", {"upload": upload})["mapping"]
    owner.call("POST", f"/api/projects/{project}/import", {"upload": upload, "mapping": mapping})
    end = time.monotonic() + 60
    while not owner.call("GET", f"/api/projects/{project}/items")["rows"]:
        assert time.monotonic() < end, "the file was not imported"
        time.sleep(0.1)
    return project


def answered(owner: Api, project: int, question: str) -> Any:
    """The answer to a question about the only item, once it is stored."""
    end = time.monotonic() + 60
    while question not in (rows := exported(owner, project))[0]["labels"]:
        assert time.monotonic() < end, "the answer did not arrive"
        time.sleep(0.1)
    return rows[0]["labels"][question]


class Sheet:
    """Turns points of a page into points of the window."""

    def __init__(self, page: Page, number: int, size: tuple[float, float]) -> None:
        layer = page.locator(f'[data-page="{number}"] [data-words="ready"]')
        expect(layer).to_be_visible()
        box = layer.bounding_box()
        assert box is not None
        self.page, self.box, self.scale = page, box, box["width"] / size[0]

    def drag(self, x: float, y: float, to_x: float, to_y: float) -> None:
        at = [(self.box["x"] + a * self.scale, self.box["y"] + b * self.scale) for a, b in ((x, y), (to_x, to_y))]
        self.page.mouse.move(*at[0])
        self.page.mouse.down()
        self.page.mouse.move(*at[1], steps=6)
        self.page.mouse.up()


def test_a_form_is_filled_in_by_dragging_over_words_and_by_keys(page: Page, server: Server, owner: Api) -> None:
    first = sheet(
        (40, 260, 14, "ACME Trading B.V."), (40, 200, 12, "Invoice date:"), (160, 200, 12, "18 april 2014"),
        (40, 170, 12, "Total"), (300, 170, 12, "EUR 1.234,50"), size=(420, 300),
    )  # fmt: skip
    project = document_project(owner, pdf(first, sheet((40, 100, 12, "Conditions"), size=(420, 300))))
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    paper = Sheet(page, 0, (420, 300))

    page.keyboard.press("2")
    total = page.get_by_role("textbox", name="Total")
    expect(total).to_be_focused()
    paper.drag(305, 122, 372, 130)
    expect(total).to_have_value("1234.5")
    expect(total).to_be_focused()
    expect(page.locator('[data-page="0"] [data-mark="total"]')).to_be_visible()

    page.keyboard.press("Tab")
    date = page.get_by_role("textbox", name="Date", exact=False)
    expect(date).to_be_focused()
    paper.drag(162, 92, 240, 100)
    expect(date).to_have_value("2014-04-18")
    page.keyboard.press("Control+z")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    expect(date).to_have_value("")
    page.keyboard.press("Control+Shift+z")
    expect(date).to_have_value("2014-04-18")

    page.keyboard.press("1")
    page.keyboard.type("ACME")
    expect(page.get_by_role("textbox", name="Issuer")).to_have_value("ACME")
    page.keyboard.press("Escape")

    page.get_by_role("textbox", name="Find in the document").fill("conditions")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 found")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 1")).to_be_visible()
    page.keyboard.press("Control+Enter")
    form = answered(owner, project, "form")
    assert form["total"]["value"] == 1234.5
    assert form["total"]["text"] == "EUR 1.234,50"
    (place,) = form["total"]["places"]
    assert (place["page"], place["x"], place["y"]) == (0, pytest.approx(300, abs=3), pytest.approx(118, abs=5))
    assert form["date"]["value"] == "2014-04-18"
    assert form["issuer"] == {"value": "ACME"}


def test_rows_are_filled_in_by_keys_and_drags_and_taken_from_a_model(page: Page, server: Server, owner: Api) -> None:
    first = sheet(
        (40, 260, 12, "Olive oil"), (300, 260, 12, "8,40"), (40, 230, 12, "Rice"), (300, 230, 12, "3,10"), size=(420, 300)
    )
    project = document_project(owner, pdf(first), ROWS)
    suggest(owner, project, "rows", [[{"what": {"value": "Rice"}, "amount": {"value": 3.1}}]])
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    paper = Sheet(page, 0, (420, 300))
    table = page.get_by_role("grid", name="Lines")
    expect(table.locator("[data-suggested]")).to_have_count(1)

    page.keyboard.press("T")
    paper.drag(20, 20, 400, 90)
    expect(table.locator("[data-row]")).to_have_count(2)
    expect(table.locator('[data-row="1"] [data-cell$=":amount"]')).to_have_text("3.1")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    expect(table.locator("[data-row]")).to_have_count(0)

    page.keyboard.press("J")
    page.keyboard.press("A")
    expect(table.locator("[data-suggested]")).to_have_count(0)
    page.keyboard.press("Shift+Enter")
    what = page.get_by_role("textbox", name="What, row 2")
    expect(what).to_be_focused()
    paper.drag(42, 30, 90, 38)
    expect(what).to_have_value("Olive oil")
    expect(page.locator('[data-page="0"] [data-mark$="|what"]')).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("8,40")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_role("textbox", name="Amount, row 1")).to_be_focused()
    page.keyboard.press("Control+Enter")
    oil, rice = answered(owner, project, "rows")
    assert (oil["what"]["value"], oil["amount"]) == ("Olive oil", {"value": 8.4})
    assert oil["what"]["places"][0]["page"] == 0
    assert rice == {"what": {"value": "Rice"}, "amount": {"value": 3.1}}
