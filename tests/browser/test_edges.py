"""The magnetic lasso and cells along edges, used as a person does: what is stored keeps to the edge of the thing."""

from __future__ import annotations

import io
from math import cos, hypot, radians, sin
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from browser.marking import answers, image_project, open_bench, submit
from browser.test_boxes import SIZE, _eye
from browser.test_shapes import _listed
from milo.stats import outlines, rle
from running import Api, Server

pytestmark = pytest.mark.browser
pytest.importorskip("cv2", reason="live tools need OpenCV: pip install milo[vision]")

MIDDLE, RADIUS = (400, 300), 160


def disc() -> bytes:
    """A red disc on green ground."""
    image = Image.new("RGB", SIZE, (70, 120, 70))
    (x, y), r = MIDDLE, RADIUS
    ImageDraw.Draw(image).ellipse((x - r, y - r, x + r, y + r), (190, 60, 50))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _begin(page: Page, server: Server, owner: Api, kind: str) -> tuple[int, Any]:
    project = image_project(owner, {"a.png": disc()}, kind)
    open_bench(page, server, project)
    return project, _eye(page)


def test_the_lasso_keeps_to_the_edge_between_clicks(page: Page, server: Server, owner: Api) -> None:
    project, eye = _begin(page, server, owner, "polygons")
    page.keyboard.press("i")
    for degrees in (0, 90, 180, 270):
        x, y = MIDDLE[0] + RADIUS * cos(radians(degrees)), MIDDLE[1] + RADIUS * sin(radians(degrees))
        eye.click(x, y)
    page.keyboard.press("Enter")
    expect(_listed(page)).to_have_count(1)
    submit(page)
    (found,) = answers(owner, project, "things")["a.png"]
    assert max(abs(hypot(x - MIDDLE[0], y - MIDDLE[1]) - RADIUS) for x, y in found["points"]) < 5
    assert outlines.area([found["points"]]) == pytest.approx(3.1416 * RADIUS**2, rel=0.03)


def test_cells_are_gathered_into_a_mask_by_a_stroke(page: Page, server: Server, owner: Api) -> None:
    project, eye = _begin(page, server, owner, "masks")
    page.keyboard.press("Shift+I")
    with page.expect_response(lambda reply: reply.url.endswith("/refine")):
        page.mouse.move(*eye.at(400, 300))
    page.mouse.move(*eye.at(402, 302))
    page.mouse.down()
    for y in range(160, 441, 8):
        page.mouse.move(*eye.at(400, y))
    page.mouse.up()
    expect(_listed(page)).to_have_count(1)
    submit(page)
    (found,) = answers(owner, project, "things")["a.png"]
    counts = rle.read_text(found["counts"])
    left, top, bitmap = rle.to_bitmap(counts, (SIZE[1], SIZE[0]))
    rows, columns = bitmap.nonzero()
    outside = (((columns + left + 0.5 - MIDDLE[0]) ** 2 + (rows + top + 0.5 - MIDDLE[1]) ** 2) ** 0.5 > RADIUS + 4).sum()
    assert bitmap[300 - top, 400 - left]
    assert rle.area(counts) > 280 * 12
    assert outside < 0.02 * rle.area(counts)
