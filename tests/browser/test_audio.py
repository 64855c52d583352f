"""Audio marked as a person does: by mouse and by keys, heard, taken from a model, stored to the millisecond."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from browser.conftest import exported
from browser.marking import open_bench
from infra.test_sounds import tone, wav
from running import Api, Server

pytestmark = pytest.mark.browser
pytest.importorskip("av")


def audio_project(owner: Api, folder: Path, question: dict[str, Any]) -> tuple[int, int]:
    """A project with one recording of ten seconds, silent but for a tone from 2 to 4 s; its item."""
    folder.mkdir()
    sound = np.concatenate([np.zeros(32_000), tone(440, 2), np.zeros(96_000)])
    (folder / "tone.wav").write_bytes(wav(sound))
    spec = {
        "name": "Sounds",
        "fields": [{"name": "sound", "kind": "audio"}],
        "questions": [question],
        "policy": {"blind_share": 0, "order": "imported"},
    }
    project = owner.call("POST", "/api/projects", spec)["id"]
    job = owner.call("POST", f"/api/projects/{project}/import", {"path": str(folder), "format": "folder", "copy": True})["id"]
    end = time.monotonic() + 60
    while owner.call("GET", f"/api/jobs/{job}")["state"] in ("queued", "running"):
        assert time.monotonic() < end, "the import did not end"
        time.sleep(0.1)
    return project, owner.call("GET", f"/api/projects/{project}/items?limit=1")["rows"][0]["id"]


def has_ink(page: Page, row: int) -> str:
    """A condition: more than the middle line is drawn on the canvas of that row."""
    return f"""() => {{
        const canvas = document.querySelectorAll('[aria-label^="Timeline of"] canvas')[{row}];
        if (!canvas || !canvas.width) return false;
        const ink = canvas.getContext('2d').getImageData(0, 0, canvas.width, Math.floor(canvas.height / 3)).data;
        return ink.some((v, i) => i % 4 === 3 && v > 0);
    }}"""


def curves_are_drawn(page: Page) -> None:
    """The pitch of the tone by key, alone without the spectrogram; its intensity beside it; twice as loud."""
    picture = page.get_by_role("group", name="Timeline of sound")
    page.keyboard.press("Alt+p")
    expect(picture.get_by_text("median 440 Hz", exact=True)).to_be_visible()
    page.keyboard.press("p")
    expect(picture.get_by_text("Spectrogram")).to_have_count(0)
    page.wait_for_function(has_ink(page, 2), timeout=60_000)
    page.keyboard.press("Alt+i")
    expect(picture.get_by_text("up to", exact=False)).to_be_visible()
    page.keyboard.press("Alt+=")
    expect(page.get_by_role("status", name="Loudness")).to_have_text("+6 dB")


def test_segments_are_drawn_heard_taken_and_stored(page: Page, server: Server, owner: Api, tmp_path: Path) -> None:
    question = {"name": "events", "type": "segments", "config": {"labels": ["tone", "noise"]}}
    project, item = audio_project(owner, tmp_path / "in", question)
    given = [{"start": 6.0, "end": 7.0, "label": "noise"}]
    body = [{"item_id": item, "question": "events", "value": given, "score": 0.9}]
    owner.call("POST", f"/api/projects/{project}/suggestions?name=ears", body)
    open_bench(page, server, project)
    page.wait_for_function(has_ink(page, 1), timeout=60_000)
    box = page.locator('[aria-label^="Timeline of"] canvas').nth(1).bounding_box()
    assert box is not None
    at = lambda seconds: box["x"] + box["width"] * seconds / 10  # noqa: E731
    middle = box["y"] + box["height"] / 2
    page.mouse.move(at(2), middle)
    page.mouse.down()
    page.mouse.move(at(3), middle)
    page.mouse.move(at(4), middle)
    page.mouse.up()
    page.keyboard.press("1")
    rows = page.get_by_role("listbox").get_by_role("option")
    expect(rows).to_have_count(2)
    start = page.get_by_role("textbox", name="Start")
    start.fill("2.0")
    start.press("Enter")
    page.get_by_role("textbox", name="End").fill("0:04")
    page.get_by_role("textbox", name="End").press("Enter")
    expect(page.get_by_role("region", name="Item", exact=True).get_by_text("2.00 s", exact=True)).to_be_visible()
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 2.1", timeout=60_000)
    page.keyboard.press("Space")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(rows.locator("[data-dashed]")).to_have_count(0)
    page.keyboard.press("p")
    page.wait_for_function(has_ink(page, 2), timeout=60_000)
    curves_are_drawn(page)
    page.get_by_role("button", name="Submit").click()
    end = time.monotonic() + 60
    while not (found := exported(owner, project)[0]["labels"].get("events")):
        assert time.monotonic() < end, "no answer came"
        time.sleep(0.1)
    assert [(s["start"], s["end"], s["label"]) for s in found] == [(2.0, 4.0, "tone"), (6.0, 7.0, "noise")]
