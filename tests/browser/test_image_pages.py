"""Images that a browser does not show as they are: in tiles, and page by page; what is stored says its page."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from browser.marking import answers, image_project, open_bench, submit
from browser.test_boxes import NEAR, _eye
from browser.test_shapes import _listed
from running import Api, Server

pytestmark = pytest.mark.browser


def stack(sizes: list[tuple[int, int]]) -> bytes:
    """A TIFF with a page of each size, deep grey."""
    pages = [Image.fromarray(np.linspace(0, 60_000, w * h).astype(np.uint16).reshape(h, w)) for w, h in sizes]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    return out.getvalue()


def large(side: int) -> bytes:
    """Just more than is shown in one piece: white, with a black square from (1000, 2000) to (1400, 2400)."""
    image = Image.new("L", (side, side), 255)
    image.paste(0, (1000, 2000, 1400, 2400))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def test_boxes_on_the_pages_of_a_file(page: Page, server: Server, owner: Api) -> None:
    project = image_project(owner, {"a.tif": stack([(400, 300), (400, 300), (800, 600)])}, "boxes")
    open_bench(page, server, project)
    eye = _eye(page, (400, 300))
    eye.drag(50, 40, 150, 100)
    expect(_listed(page)).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    expect(page.get_by_text("/ 3", exact=False)).to_be_visible()
    expect(page.get_by_role("textbox", name="Page")).to_have_value("3")
    expect(page.get_by_text("800 × 600").or_(page.get_by_text("0 boxes"))).to_be_visible()
    eye = _eye(page, (800, 600))
    eye.drag(600, 450, 700, 550)
    expect(_listed(page)).to_have_count(1)
    submit(page)
    found: list[dict[str, Any]] = answers(owner, project, "things")["a.tif"]
    assert [one.get("page") for one in found] == [None, 2]
    assert [found[0][k] for k in "xywh"] == pytest.approx([50, 40, 100, 60], abs=NEAR)
    assert [found[1][k] for k in "xywh"] == pytest.approx([600, 450, 100, 100], abs=NEAR)


def test_a_large_image_comes_in_tiles_and_is_sharp_when_zoomed_in(page: Page, server: Server, owner: Api) -> None:
    side = 7000
    project = image_project(owner, {"a.jpg": large(side)}, "boxes")
    (row,) = owner.call("GET", f"/api/projects/{project}/items")["rows"]
    assert row["data"]["image"]["view"] == "tiles"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_bench(page, server, project)
    expect(page.get_by_role("listbox").or_(page.get_by_text("Draw on the image", exact=False))).to_be_visible()
    eye = _eye(page, (side, side))
    page.mouse.move(*eye.at(1000, 2000))
    for _ in range(10):
        page.mouse.wheel(0, -150)
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some((one) => /tiles\\/0\\/4\\/1\\/3$/.test(one.name))"
    )
    x, y = eye.at(1000, 2000)
    page.wait_for_function(
        """([x, y]) => { const c = document.querySelector('canvas'), b = c.getBoundingClientRect(), s = c.width / b.width;
             const at = (dx) => c.getContext('2d').getImageData(Math.round((x + dx - b.x) * s), Math.round((y + 40 - b.y) * s), 1, 1).data[0];
             return at(-12) > 200 && at(12) < 60 }""",
        arg=[x, y],
    )
    assert not any(re.search(r"/media/\d+$", url) for url in asked), "the whole file was fetched"
    page.mouse.down()
    page.mouse.move(x + 80, y + 80, steps=5)
    page.mouse.up()
    expect(_listed(page)).to_have_count(1)
    submit(page)
    (found,) = answers(owner, project, "things")["a.jpg"]
    assert (found["x"], found["y"]) == pytest.approx((1000, 2000), abs=8)
    assert found["w"] < 100
