"""A model of one's own in the browser: registered by its path, then clicked with on the workbench."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from browser.conftest import sign_in
from running import Api, Server
from sockets import onnx_files as files


def make_project(owner: Api, folder: Path) -> int:
    """A project with one picture: a red thing on grey."""
    image = Image.new("RGB", (800, 600), (110, 110, 110))
    ImageDraw.Draw(image).ellipse((250, 150, 550, 450), (220, 30, 30))
    image.save(folder / "a.png")
    question = {"name": "things", "type": "masks", "config": {"labels": ["red"]}}
    spec: dict[str, Any] = {"name": "Things", "fields": [{"name": "image", "kind": "image"}], "questions": [question]}
    project = owner.call("POST", "/api/projects", {**spec, "policy": {"blind_share": 0, "order": "imported"}})["id"]
    at = f"/api/projects/{project}"
    upload = json.loads(owner.raw("POST", f"{at}/uploads?name=a.png", (folder / "a.png").read_bytes())[1])["upload"]
    owner.call("POST", f"{at}/import", {"upload": upload})
    end = time.monotonic() + 60
    while not owner.call("GET", f"{at}/items")["rows"]:
        assert time.monotonic() < end, "The image was not imported."
        time.sleep(0.1)
    return project


def test_register_a_pair_and_click_with_it(page: Page, server: Server, owner: Api, tmp_path: Path) -> None:
    project = make_project(owner, tmp_path)
    pair = files.sam1(tmp_path / "sam")
    sign_in(page, server)
    page.goto(server.address + "/connections")
    page.get_by_role("button", name="Add", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("clicker")
    dialog.get_by_label("File or folder", exact=True).fill(str(tmp_path / "nothing"))
    dialog.get_by_role("button", name="Add").click()
    expect(dialog).to_contain_text("no file or folder")
    dialog.get_by_label("File or folder", exact=True).fill(str(pair))
    dialog.get_by_role("button", name="Add").click()
    expect(page.get_by_role("article", name="clicker")).to_contain_text("outlines things by clicks", timeout=60_000)

    page.goto(f"{server.address}/p/{project}/label")
    surface = page.locator("canvas").first
    expect(surface).to_be_visible()
    page.keyboard.press("w")
    page.get_by_label("Outline with").select_option("clicker")
    box = surface.bounding_box()
    assert box is not None
    with page.expect_response(lambda reply: reply.url.endswith("/refine"), timeout=60_000) as asked:
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert json.loads(asked.value.request.post_data or "{}")["tool"] == "clicker"
    expect(page.get_by_role("button", name="Take it")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    end = time.monotonic() + 60
    while not owner.call("GET", f"/api/projects/{project}")["counts"]["done"]:
        assert time.monotonic() < end, "The answer did not arrive."
        time.sleep(0.1)
