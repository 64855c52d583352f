"""Projects in which things are marked, and a hand for the mouse: words of a text, points of an image."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Sequence
from typing import Any, NamedTuple

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from browser.conftest import exported, sign_in
from running import Api, Server

LABELS = ["person", "place", "thing"]
BOX_OF = """([needle, nth]) => {
  const walker = document.createTreeWalker(document.querySelector('[data-o]').closest('[class*=text]').parentElement, NodeFilter.SHOW_TEXT);
  const runs = []; let text = '';
  for (let node; (node = walker.nextNode()); ) { runs.push([text.length, node]); text += node.nodeValue; }
  let at = -1; for (let i = 0; i <= nth; i++) at = text.indexOf(needle, at + 1);
  const place = (offset) => { const [from, node] = runs.findLast(([start]) => start <= offset); return [node, offset - from]; };
  const range = document.createRange();
  range.setStart(...place(at)); const [node, end] = place(at + needle.length - 1);
  range.setEnd(node, end + 1);
  const boxes = [...range.getClientRects()];
  const rtl = getComputedStyle(node.parentElement).direction === 'rtl';
  const [first, last] = [boxes[0], boxes.at(-1)];
  return rtl ? [first.right, first.top + first.height / 2, last.left, last.top + last.height / 2]
             : [first.left, first.top + first.height / 2, last.right, last.top + last.height / 2];
}"""


class Place(NamedTuple):
    """Where some words begin and end on the screen."""

    x1: float
    y1: float
    x2: float
    y2: float


def span_project(owner: Api, texts: Sequence[str], **config: Any) -> int:
    """A project that marks spans in these texts; its id."""
    question = {"name": "ents", "type": "spans", "title": "Entities", "config": {"labels": LABELS, **config}}
    project = _project(owner, {"name": "text"}, question)
    rows = [{"data": {"text": text}, "key": str(k)} for k, text in enumerate(texts)]
    assert owner.call("POST", f"/api/projects/{project}/items", rows)["added"] == len(texts)
    return project


def box_project(owner: Api, images: dict[str, bytes]) -> int:
    """A project that draws boxes on these images; its id."""
    return image_project(owner, images, "boxes")


def image_project(
    owner: Api, images: dict[str, bytes], kind: str, *, field: dict[str, str] | None = None, **config: Any
) -> int:
    """A project that marks things on these images (or whatever the field holds) with a task type; its id."""
    question = {"name": "things", "type": kind, "title": "Things", "config": {"labels": LABELS, **config}}
    project = _project(owner, field or {"name": "image", "kind": "image"}, question)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as files:
        for name, content in images.items():
            files.writestr(name, content)
    _, out, _ = owner.raw("POST", f"/api/projects/{project}/uploads?name=images.zip", packed.getvalue())
    upload = json.loads(out)["upload"]
    mapping = owner.call("POST", f"/api/projects/{project}/import/preview", {"upload": upload})["mapping"]
    owner.call("POST", f"/api/projects/{project}/import", {"upload": upload, "mapping": mapping})
    end = time.monotonic() + 30
    while owner.call("GET", f"/api/projects/{project}")["counts"]["items"] < len(images):
        assert time.monotonic() < end, "The images were not imported."
        time.sleep(0.1)
    return project


def _project(owner: Api, field: dict[str, str], question: dict[str, Any]) -> int:
    policy = {"blind_share": 0, "order": "imported"}
    spec = {"name": "Marks", "guidelines": "", "fields": [field], "questions": [question], "policy": policy}
    return int(owner.call("POST", "/api/projects", spec)["id"])


def suggest(owner: Api, project: int, question: str, values: Sequence[Any], score: float = 0.9) -> None:
    """One suggestion per item, in order."""
    rows = owner.call("GET", f"/api/projects/{project}/items?limit={len(values)}")["rows"]
    given = [{"item_id": r["id"], "question": question, "value": v, "score": score} for r, v in zip(rows, values, strict=True)]
    assert owner.call("POST", f"/api/projects/{project}/suggestions?name=elsewhere", given)["added"] == len(values)


def picture(size: tuple[int, int], orientation: int = 1) -> bytes:
    """A JPEG with something on it; `orientation` is its EXIF orientation."""
    image = Image.new("RGB", size, "#88a")
    ImageDraw.Draw(image).rectangle((20, 20, size[0] // 2, size[1] // 3), fill="#e93")
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def open_bench(page: Page, server: Server, project: int) -> None:
    """Sign in and open the project's workbench."""
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    expect(page.get_by_role("button", name="Submit")).to_be_enabled()


def where(page: Page, words: str, nth: int = 0) -> Place:
    """Where the n-th occurrence of some words stands."""
    return Place(*page.evaluate(BOX_OF, [words, nth]))


def sweep(page: Page, words: str, nth: int = 0, fraction: float = 0.0) -> None:
    """Select words with the mouse; `fraction` is added to all coordinates."""
    at = where(page, words, nth)
    inside = 2 if at.x2 > at.x1 or at.y2 > at.y1 else -2
    page.mouse.move(at.x1 + inside + fraction, at.y1 + fraction)
    page.mouse.down()
    page.mouse.move(at.x2 - inside + fraction, at.y2 + fraction, steps=6)
    page.mouse.up()


def answers(owner: Api, project: int, question: str) -> dict[str, list[dict[str, Any]]]:
    """The exported regions by item key (of images: by file name), without their ids."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in exported(owner, project):
        if question in row["labels"]:
            key = row["key"] if row["key"] is not None else str(row["meta"].get("file"))
            found[key] = [{k: v for k, v in one.items() if k != "id"} for one in row["labels"][question]]
    return found


def submit(page: Page) -> None:
    """Submit and wait until the server has it."""
    with page.expect_response(lambda reply: reply.request.method == "POST" and "/answers" in reply.url):
        page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Saved")).to_be_visible()
