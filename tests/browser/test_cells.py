"""Labels on cells of a table, by arrows and by the mouse; suggestions, undo, and what is stored."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browser.marking import LABELS, answers, open_bench, submit, suggest
from running import Api, Server

pytestmark = pytest.mark.browser

ROWS = [[f"Person {n}", n, "Oslo" if n % 2 else "القاهرة"] for n in range(2_000)]
SHEET = {"columns": ["name", "age", "city"], "rows": ROWS}


def test_cells_are_labelled_by_keys_and_by_the_mouse(page: Page, server: Server, owner: Api) -> None:
    question = {"name": "odd", "type": "cell_labels", "title": "Odd", "config": {"labels": LABELS}}
    spec = {"name": "Cells", "guidelines": "", "fields": [{"name": "sheet", "kind": "table"}], "questions": [question],
            "policy": {"blind_share": 0, "order": "imported"}}  # fmt: skip
    project = int(owner.call("POST", "/api/projects", spec)["id"])
    owner.call("POST", f"/api/projects/{project}/items", [{"data": {"sheet": SHEET}, "key": "0"}])
    suggest(owner, project, "odd", [[{"row": 1_500, "column": "city", "label": "place"}]])
    open_bench(page, server, project)
    grid = page.get_by_role("grid")
    grid.focus()
    page.keyboard.press("1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("3")
    expect(page.locator("[data-marked]")).to_have_count(3)
    page.keyboard.press("Control+z")
    expect(page.locator("[data-marked]")).to_have_count(1)
    page.keyboard.press("Control+Shift+z")
    page.locator('[data-at="4:0"]').hover()
    page.mouse.down()
    page.locator('[data-at="4:1"]').hover()
    page.mouse.up()
    page.get_by_role("group", name="Labels").get_by_role("button", name="place").click()
    page.keyboard.press("j")
    expect(page.locator('[data-at="1500:2"]')).to_be_in_viewport()
    page.keyboard.press("a")
    page.keyboard.press("j")
    page.keyboard.press("Delete")
    submit(page)
    assert answers(owner, project, "odd")["0"] == [
        {"row": 1, "column": "age", "label": "thing"}, {"row": 2, "column": "age", "label": "thing"},
        {"row": 4, "column": "age", "label": "place"}, {"row": 4, "column": "name", "label": "place"},
        {"row": 1_500, "column": "city", "label": "place"},
    ]  # fmt: skip
