"""Segments on a video are marked on its frames, tracks are joined and carried on by flow: every frame carries its own number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import films
from browser.conftest import sign_in
from browser.marking import answers, image_project, submit
from browser.test_tracks import Screen
from running import Api, Server

pytest.importorskip("av")
pytestmark = pytest.mark.browser

FRAMES = 40
PLAIN = films.picture
NUMBER = """([cell, bits]) => {
  const canvas = document.querySelector('canvas[role=img]');
  if (!canvas || canvas.width < 100) return -1;
  let number = 0;
  for (let bit = 0; bit < bits; bit++) {
    const [r, g, b] = canvas.getContext('2d').getImageData(8 + (bit + 0.5) * cell, 2 + cell / 2, 1, 1).data;
    number = number * 2 + (r + g + b > 384 ? 1 : 0);
  }
  return number;
}"""


def _project(owner: Api, folder: Path, kind: str, times: list[float]) -> int:
    path = films.write(folder / "a.mp4", times, gop=250, b_frames=3)
    return image_project(owner, {"a.mp4": path.read_bytes()}, kind, field={"name": "video", "kind": "video"})


def _textured(number: int) -> Any:
    """A frame with its number on a rough ground, before which a rough square goes two pixels to the right."""
    image = PLAIN(number)
    rng = np.random.default_rng(1)
    rough = [np.kron(rng.integers(0, 255, (h, w)), np.ones((4, 4))).astype(np.uint8) for h, w in ((20, 40), (10, 10))]
    image[16:96] = (rough[0] // 2 + 60)[..., None]
    image[40:80, 10 + 2 * number : 50 + 2 * number] = rough[1][..., None]
    return image


def _at(page: Page, frame: int) -> None:
    """Wait until that frame is in the picture, and the page says its number."""
    page.wait_for_function(f"(given) => ({NUMBER})(given) === {frame}", arg=[films.CELL, films.BITS], timeout=60_000)
    expect(page.get_by_test_id("frame")).to_have_attribute("data-frame", str(frame))


def test_segments_begin_and_end_with_the_frames_that_are_seen(page: Page, server: Server, owner: Api, tmp_path: Path) -> None:
    times = films.uneven(FRAMES)
    project = _project(owner, tmp_path, "segments", times)
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    _at(page, 0)
    page.keyboard.press(".")
    _at(page, 1)
    page.get_by_label("Go to frame").fill("17")
    page.keyboard.press("Enter")
    _at(page, 17)
    page.keyboard.press("Shift+,")
    _at(page, 7)
    page.keyboard.press("i")
    page.keyboard.press("Shift+.")
    _at(page, 17)
    page.keyboard.press("u")
    submit(page)
    (found,) = answers(owner, project, "things")["a.mp4"]
    assert [found["start"], found["end"]] == pytest.approx([times[7] - times[0], times[17] - times[0]], abs=0.0015)


def test_tracks_are_joined_and_carried_on(
    page: Page, server: Server, owner: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("cv2")
    monkeypatch.setattr(films, "picture", _textured)
    project = _project(owner, tmp_path, "tracks", films.even(FRAMES, 10.0))
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    page.wait_for_function("() => performance.getEntriesByName('image-drawn').length > 0")
    screen = Screen(page)
    screen.at(0)
    page.keyboard.press("b")
    screen.eye.drag(10, 40, 50, 80)
    page.get_by_label("Go to frame").fill("30")
    page.keyboard.press("Enter")
    screen.at(30)
    page.keyboard.press("b")
    screen.eye.drag(70, 40, 110, 80)
    page.keyboard.press("Shift+m")
    page.keyboard.press("t")
    page.wait_for_function("() => Number(document.querySelector('[data-testid=frame]').dataset.frame) > 34", timeout=60_000)
    submit(page)
    (track,) = answers(owner, project, "things")["a.mp4"]
    first, second, *carried = track["keyframes"]
    assert (first["frame"], second["frame"]) == (0, 30)
    assert carried[-1]["box"][0] == pytest.approx(10 + 2 * carried[-1]["frame"], abs=4)
