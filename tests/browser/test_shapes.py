"""Polygons, lines, figures, masks and turned boxes drawn as a person does; what is stored are pixels of the upright image."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.marking import answers, image_project, open_bench, picture, submit
from browser.test_boxes import NEAR, SIZE, Eye, _eye
from milo.stats import rle
from running import Api, Server

pytestmark = pytest.mark.browser


def _begin(page: Page, server: Server, owner: Api, kind: str, **config: Any) -> tuple[int, Eye]:
    project = image_project(owner, {"a.jpg": picture(SIZE)}, kind, **config)
    open_bench(page, server, project)
    return project, _eye(page)


def _listed(page: Page) -> Locator:
    """The rows of the list beside the image."""
    return page.get_by_role("listbox", name=re.compile("^(Boxes|Polygons|Lines|Figures|Masks)$")).get_by_role("option")


def _stored(page: Page, owner: Api, project: int) -> list[dict[str, Any]]:
    submit(page)
    return answers(owner, project, "things")["a.jpg"]


def _near(found: list[list[float]], wanted: list[tuple[float, ...]]) -> None:
    assert len(found) == len(wanted), found
    for point, want in zip(found, wanted, strict=True):
        assert point == pytest.approx(list(want), abs=NEAR), found


def test_a_polygon_with_a_hole_and_one_more_corner(page: Page, server: Server, owner: Api) -> None:
    project, eye = _begin(page, server, owner, "polygons")
    for x, y in ((100, 100), (500, 100), (500, 400), (100, 400), (50, 50)):
        eye.click(x, y)
    page.keyboard.press("Backspace")
    eye.click(100, 100)
    expect(_listed(page)).to_have_count(1)
    page.keyboard.press("o")
    for x, y in ((200, 200), (300, 200), (300, 300)):
        eye.click(x, y)
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 hole", exact=False)).to_be_visible()
    page.keyboard.press("v")
    eye.drag(300, 100, 300, 40)
    found = _stored(page, owner, project)
    assert [one["label"] for one in found] == ["person"]
    _near(found[0]["points"], [(100, 100), (300, 40), (500, 100), (500, 400), (100, 400)])
    _near(found[0]["holes"][0], [(200, 200), (300, 200), (300, 300)])


def test_a_line_by_clicks_and_one_drawn_freely_then_undone(page: Page, server: Server, owner: Api) -> None:
    project, eye = _begin(page, server, owner, "lines")
    for x, y in ((100, 100), (300, 120), (500, 100)):
        eye.click(x, y)
    page.keyboard.press("Enter")
    expect(_listed(page)).to_have_count(1)
    page.keyboard.press("Escape")
    page.mouse.move(*eye.at(100, 400))
    page.mouse.down()
    for x in range(110, 400, 10):
        page.mouse.move(*eye.at(x, 400 + (x % 20)))
    page.mouse.up()
    expect(_listed(page)).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(_listed(page)).to_have_count(1)
    found = _stored(page, owner, project)
    _near(found[0]["points"], [(100, 100), (300, 120), (500, 100)])


def test_a_figure_with_a_hidden_point_and_one_that_is_not_there(page: Page, server: Server, owner: Api) -> None:
    points = ["head", "hand", "foot", "tail"]
    project, eye = _begin(page, server, owner, "keypoints", points=points, edges=[["head", "hand"], ["head", "foot"]])
    eye.click(200, 100)
    expect(page.get_by_text("Next: hand", exact=False)).to_be_visible()
    page.keyboard.down("Shift")
    eye.click(300, 200)
    page.keyboard.up("Shift")
    page.keyboard.press("n")
    eye.click(200, 500)
    expect(_listed(page)).to_have_count(1)
    page.get_by_role("combobox", name="head").select_option("Hidden")
    found = _stored(page, owner, project)
    _near(found[0]["points"], [(200, 100, 1), (300, 200, 1), (0, 0, 0), (200, 500, 2)])


def test_a_mask_painted_erased_and_filled(page: Page, server: Server, owner: Api) -> None:
    project, eye = _begin(page, server, owner, "masks")
    eye.drag(100, 100, 300, 100)
    expect(_listed(page)).to_have_count(1)
    page.keyboard.press("p")
    for x, y in ((100, 100), (300, 100), (300, 300), (100, 300)):
        eye.click(x, y)
    page.keyboard.press("Enter")
    page.keyboard.press("e")
    eye.drag(150, 200, 250, 200)
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    page.keyboard.press("2")
    eye.drag(500, 300, 560, 300)
    expect(_listed(page)).to_have_count(2)
    found = _stored(page, owner, project)
    assert [(one["label"], one["size"]) for one in found] == [("person", [600, 800]), ("place", [600, 800])]
    counts = rle.read_text(found[0]["counts"])
    left, top, bitmap = rle.to_bitmap(counts, (600, 800))
    assert (left, top) == pytest.approx((88, 88), abs=NEAR)
    assert not bitmap[200 - top, 200 - left]
    assert bitmap[280 - top, 200 - left]
    assert rle.area(counts) == pytest.approx(200 * 200 + 12 * 212 - 24 * 100 - 450, rel=0.05)


def test_a_box_is_turned_and_has_attributes(page: Page, server: Server, owner: Api) -> None:
    asked = [{"name": "colour", "config": {"labels": ["red", "blue"]}, "required": True}]
    project, eye = _begin(page, server, owner, "boxes", rotated=True, attributes=asked)
    eye.drag(300, 200, 500, 300)
    expect(_listed(page)).to_have_count(1)
    page.get_by_role("group", name="Attributes").get_by_role("button", name="blue").click()
    page.get_by_role("textbox", name="Angle °").fill("30")
    page.get_by_role("textbox", name="Angle °").press("Enter")
    found = _stored(page, owner, project)
    assert [found[0][k] for k in "xywh"] == pytest.approx([300, 200, 200, 100], abs=NEAR)
    assert (found[0]["angle"], found[0]["attributes"]) == (30, {"colour": "blue"})
