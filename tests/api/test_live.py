"""The live tool over the interface: a box becomes a mask for whoever has the item, and for nobody on a blind one."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image, ImageDraw

from milo.stats import rle
from running import Api, Server

pytest.importorskip("cv2", reason="live tools need OpenCV: pip install milo[vision]")

LABELS = ["a", "b"]


def picture() -> bytes:
    image = Image.new("RGB", (160, 120), (40, 90, 40))
    ImageDraw.Draw(image).rectangle((50, 30, 109, 89), (200, 60, 60))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("live") / "ws") as one:
        yield one


@pytest.fixture(scope="module")
def owner(server: Server) -> Iterator[Api]:
    one = server.owner()
    yield one
    one.close()


def pages() -> bytes:
    """A TIFF whose second page is the picture."""
    first, second = Image.new("RGB", (300, 200), "white"), Image.open(io.BytesIO(picture()))
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=[second])
    return out.getvalue()


def large() -> bytes:
    """More than is shown in one piece: the picture far from the corner, on the same ground."""
    image = Image.new("RGB", (7000, 7000), (40, 90, 40))
    image.paste(Image.open(io.BytesIO(picture())), (5000, 4000))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def project(owner: Api, blind: float, name: str = "a.png", content: bytes | None = None) -> tuple[int, int]:
    """A project with one image; its id and the item's."""
    question: dict[str, Any] = {"name": "things", "type": "masks", "config": {"labels": LABELS}}
    words: dict[str, Any] = {"name": "note", "type": "text", "required": False}
    policy = {"blind_share": blind, "order": "imported"}
    fields = [{"name": "image", "kind": "image"}]
    spec = {"name": "Live", "fields": fields, "questions": [question, words], "policy": policy}
    made = owner.call("POST", "/api/projects", spec)["id"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as files:
        files.writestr(name, content or picture())
    _, out, _ = owner.raw("POST", f"/api/projects/{made}/uploads?name=images.zip", packed.getvalue())
    upload = json.loads(out)["upload"]
    mapping = owner.call("POST", f"/api/projects/{made}/import/preview", {"upload": upload})["mapping"]
    owner.call("POST", f"/api/projects/{made}/import", {"upload": upload, "mapping": mapping})
    end = time.monotonic() + 60
    while not (rows := owner.call("GET", f"/api/projects/{made}/items")["rows"]):
        assert time.monotonic() < end, "The image was not imported."
        time.sleep(0.1)
    return made, rows[0]["id"]


def test_a_box_becomes_a_mask(owner: Api) -> None:
    made, item = project(owner, 0)
    where = f"/api/projects/{made}/items/{item}/refine"
    found = owner.call("POST", where, {"question": "things", "box": [40, 20, 80, 80]})
    assert found["available"]
    assert found["thing"]["size"] == [120, 160]
    assert rle.area(rle.read_text(found["thing"]["counts"])) == pytest.approx(3600, rel=0.05)
    for body, said in (
        ({"question": "note", "box": [40, 20, 80, 80]}, "does not help"),
        ({"question": "things", "box": [40, 20, 80, 80], "tool": "magic"}, "Tools that do: grabcut"),
        ({"question": "things"}, "click on the thing"),
        ({"question": "things", "clicks": [[1, 1, 1]] * 201}, "at most 200"),
    ):
        status, out, _ = owner.raw("POST", where, json.dumps(body).encode())
        assert status == 422
        assert said in out.decode()


def test_on_a_blind_item_there_is_no_such_tool(owner: Api) -> None:
    made, item = project(owner, 1)
    found = owner.call("POST", f"/api/projects/{made}/items/{item}/refine", {"question": "things", "box": [40, 20, 80, 80]})
    assert not found["available"]
    assert found.get("thing") is None


def test_a_page_of_a_file_is_looked_at_as_it_is_shown(owner: Api) -> None:
    made, item = project(owner, 0, "a.tif", pages())
    body = {"question": "things", "box": [40, 20, 80, 80], "page": 1}
    found = owner.call("POST", f"/api/projects/{made}/items/{item}/refine", body)
    assert found["thing"]["size"] == [120, 160]
    assert rle.area(rle.read_text(found["thing"]["counts"])) == pytest.approx(3600, rel=0.05)
    status, _, _ = owner.raw("POST", f"/api/projects/{made}/items/{item}/refine", json.dumps({**body, "page": 7}).encode())
    assert status in (404, 422)


def test_of_an_image_in_tiles_only_what_is_around_the_click_is_looked_at(owner: Api) -> None:
    made, item = project(owner, 0, "a.jpg", large())
    where, end = f"/api/projects/{made}/items/{item}/refine", time.monotonic() + 60
    while not (found := owner.call("POST", where, {"question": "things", "clicks": [[5080, 4060, 1]]}))["available"]:
        assert "being cut into tiles" in found["reason"]
        assert time.monotonic() < end, "The tiles were not cut."
        time.sleep(0.2)
    assert found["thing"]["size"] == [7000, 7000]
    assert rle.area(rle.read_text(found["thing"]["counts"])) == pytest.approx(3600, rel=0.1)
