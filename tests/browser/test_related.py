"""Relations between boxes on an image as a person draws them: by keys alone, and by mouse; suggested ones accepted."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import exported
from browser.marking import image_project, open_bench, picture, submit
from browser.test_boxes import SIZE, _eye
from running import Api, Server

pytestmark = pytest.mark.browser

TYPES: list[Any] = [{"value": "rides", "head": ["person"], "tail": ["place"]}, {"value": "beside", "kind": "undirected"}]


def _said(value: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    labels = {one["id"]: one["label"] for one in value if "id" in one}
    return [(one["label"], r["label"], labels[r["to"]]) for one in value for r in one.get("relations", ())]


def test_drawn_by_keys_and_by_mouse_turned_removed_and_undone(page: Page, server: Server, owner: Api) -> None:
    project = image_project(owner, {"a.jpg": picture(SIZE)}, "boxes", relations=TYPES)
    open_bench(page, server, project)
    eye = _eye(page)
    rows = page.get_by_role("listbox", name="Boxes").get_by_role("option")
    listed = page.get_by_role("group", name="Relations", exact=True).get_by_role("button")
    for key, x, y in (("1", 50, 100), ("1", 250, 100), ("2", 450, 350)):
        page.keyboard.press("Escape")
        page.keyboard.press("b")
        page.keyboard.press(key)
        eye.drag(x, y, x + 100, y + 100)
    expect(rows).to_have_count(3)
    page.keyboard.press("v")
    eye.click(100, 150)
    page.keyboard.press("t")
    page.keyboard.press("j")
    page.keyboard.press("j")  # the place: two types fit
    page.keyboard.press("1")
    expect(listed).to_have_count(1)
    page.keyboard.press("t")
    eye.click(300, 150)  # the other person: one type fits
    expect(listed).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(listed).to_have_count(1)
    page.keyboard.press("Control+Shift+z")
    expect(listed).to_have_count(2)
    page.keyboard.press("Escape")
    eye.click(200, 150)  # the arrow between the two persons
    expect(page.get_by_text("person – person")).to_be_visible()
    page.keyboard.press("Delete")
    expect(listed).to_have_count(1)
    submit(page)
    assert _said(exported(owner, project)[0]["labels"]["things"]) == [("person", "rides", "place")]
