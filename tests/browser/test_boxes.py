"""Drawing boxes as a person does; what is stored are pixels of the upright image."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.marking import answers, box_project, open_bench, picture, submit, suggest
from running import Api, Server

pytestmark = pytest.mark.browser

SIZE = (800, 600)
NEAR = 3.0
"""Pixels of the image by which a hand at the mouse may be off: a CSS pixel is more than one of them."""


DRAWN = """([w, h]) => performance.getEntriesByName('image-drawn').some(({ detail }) => detail && detail.w === w && detail.h === h)"""


class Eye:
    """Turns points of the image into points of the window, by how the whole image is fitted into the surface."""

    def __init__(self, page: Page, size: tuple[int, int]) -> None:
        box = page.locator("canvas").first.bounding_box()
        assert box is not None
        self.page, self.scale = page, min((box["width"] - 24) / size[0], (box["height"] - 24) / size[1], 4)
        self.x = box["x"] + (box["width"] - size[0] * self.scale) / 2
        self.y = box["y"] + (box["height"] - size[1] * self.scale) / 2

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the image is in the window."""
        return self.x + x * self.scale, self.y + y * self.scale

    def drag(self, x: float, y: float, to_x: float, to_y: float) -> None:
        """Press, move, let go."""
        self.page.mouse.move(*self.at(x, y))
        self.page.mouse.down()
        self.page.mouse.move(*self.at(to_x, to_y), steps=6)
        self.page.mouse.up()

    def click(self, x: float, y: float) -> None:
        """A press without moving."""
        self.page.mouse.click(*self.at(x, y))


def _eye(page: Page, size: tuple[int, int] = SIZE) -> Eye:
    expect(page.locator("canvas").first).to_be_visible()
    page.wait_for_function(DRAWN, arg=list(size))
    return Eye(page, size)


def _same(found: list[dict[str, Any]], *wanted: tuple[float, float, float, float, str]) -> None:
    assert [b["label"] for b in found] == [w[4] for w in wanted], found
    for box, want in zip(found, wanted, strict=True):
        assert (box["x"], box["y"], box["w"], box["h"]) == pytest.approx(want[:4], abs=NEAR), box


def test_drawn_resized_relabelled_and_removed_with_the_mouse(page: Page, server: Server, owner: Api) -> None:
    project = box_project(owner, {"a.jpg": picture(SIZE)})
    open_bench(page, server, project)
    eye = _eye(page)
    eye.drag(100, 80, 300, 200)
    page.get_by_role("group", name="Labels").get_by_role("button", name="place").click()
    eye.drag(300, 200, 360, 260)
    page.keyboard.press("Escape")
    eye.click(450, 300)
    eye.click(600, 420)
    page.keyboard.press("3")
    page.keyboard.press("Escape")
    eye.drag(650, 450, 700, 500)
    page.get_by_role("button", name="Remove").click()
    submit(page)
    _same(answers(owner, project, "things")["a.jpg"], (100, 80, 260, 180, "place"), (450, 300, 150, 120, "thing"))


def test_made_moved_and_removed_with_keys_alone_then_undone(page: Page, server: Server, owner: Api) -> None:
    project = box_project(owner, {"a.jpg": picture(SIZE)})
    open_bench(page, server, project)
    _eye(page)
    page.keyboard.press("Shift+B")
    page.keyboard.press("2")
    before = _numbers(page)
    for key in ("ArrowRight", "Shift+ArrowDown", "Alt+Shift+ArrowRight"):
        page.keyboard.press(key)
    assert _numbers(page) == [before[0] + 1, before[1] + 10, before[2] + 10, before[3]]
    page.keyboard.press("Delete")
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert _numbers(page) == before
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Control+Shift+z")
    submit(page)
    found = answers(owner, project, "things")["a.jpg"]
    _same(found, (before[0] + 1, before[1] + 10, before[2] + 10, before[3], "place"))


def _numbers(page: Page) -> list[float]:
    if page.get_by_role("textbox", name="Left").count() == 0:
        page.keyboard.press("j")
    return [float(page.get_by_role("textbox", name=name).input_value()) for name in ("Left", "Top", "Width", "Height")]


def test_boxes_on_a_turned_photograph_are_of_the_upright_image(page: Page, server: Server, owner: Api) -> None:
    project = box_project(owner, {"turned.jpg": picture(SIZE, orientation=6)})
    open_bench(page, server, project)
    upright = (SIZE[1], SIZE[0])
    eye = _eye(page, upright)
    eye.drag(50, 500, 250, 760)
    submit(page)
    _same(answers(owner, project, "things")["turned.jpg"], (50, 500, 200, 260, "person"))


def test_suggested_boxes_are_accepted_corrected_and_rejected(page: Page, server: Server, owner: Api) -> None:
    project = box_project(owner, {"a.jpg": picture(SIZE)})
    value = [
        {"x": 40, "y": 40, "w": 100, "h": 80, "label": "person"},
        {"x": 300, "y": 60, "w": 100, "h": 80, "label": "person"},
        {"x": 500, "y": 300, "w": 120, "h": 90, "label": "thing"},
    ]
    suggest(owner, project, "things", [value])
    open_bench(page, server, project)
    eye = _eye(page)
    page.keyboard.press("v")
    eye.click(90, 80)
    page.keyboard.press("a")
    eye.click(350, 100)
    page.keyboard.press("2")
    eye.click(560, 340)
    page.keyboard.press("r")
    submit(page)
    found = answers(owner, project, "things")["a.jpg"]
    assert found == [{**value[0]}, {**value[1], "label": "place"}]


def test_several_are_gathered_moved_relabelled_and_removed_as_one_step_each(page: Page, server: Server, owner: Api) -> None:
    project = box_project(owner, {"a.jpg": picture(SIZE)})
    suggest(owner, project, "things", [[{"x": x, "y": 100, "w": 100, "h": 80, "label": "person"} for x in (60, 260, 460)]])
    open_bench(page, server, project)
    eye = _eye(page)
    rows = page.get_by_role("listbox", name="Boxes").get_by_role("option")
    on = page.get_by_role("listbox", name="Boxes").get_by_role("option", selected=True)
    page.keyboard.press("Control+a")
    expect(on).to_have_count(3)
    page.keyboard.press("a")  # all three are accepted
    page.keyboard.press("v")
    eye.drag(30, 60, 390, 240)
    expect(on).to_have_count(2)
    page.keyboard.press("2")
    eye.drag(110, 140, 130, 240)
    page.keyboard.press("ArrowRight")
    page.keyboard.down("Control")
    eye.click(510, 140)
    eye.click(331, 240)
    page.keyboard.up("Control")
    page.keyboard.press("Delete")
    expect(rows).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(rows).to_have_count(3)
    submit(page)
    _same(
        answers(owner, project, "things")["a.jpg"],
        (460, 100, 100, 80, "person"),
        (81, 200, 100, 80, "place"),
        (281, 200, 100, 80, "place"),
    )


def test_the_next_image_comes_with_an_empty_sheet_and_the_same_tool(page: Page, server: Server, owner: Api) -> None:
    project = box_project(owner, {"a.jpg": picture(SIZE), "b.jpg": picture(SIZE), "c.jpg": picture((500, 700))})
    open_bench(page, server, project)
    _eye(page).drag(100, 80, 300, 200)
    page.keyboard.press("2")
    submit(page)
    expect(page.get_by_role("option")).to_have_count(0)
    _eye(page).drag(400, 300, 500, 380)
    submit(page)
    page.keyboard.press("Control+z")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("3")
    page.keyboard.press("j")
    page.keyboard.press("3")
    submit(page)
    _eye(page, (500, 700)).drag(100, 100, 200, 600)
    submit(page)
    found = answers(owner, project, "things")
    _same(found["a.jpg"], (100, 80, 200, 120, "place"))
    _same(found["b.jpg"], (400, 300, 100, 80, "thing"))
    _same(found["c.jpg"], (100, 100, 100, 500, "thing"))
