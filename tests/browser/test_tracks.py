"""The frame that is shown is the frame that is stored: every frame carries its own number, and the page is read pixel by pixel."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import films
from browser.conftest import sign_in
from browser.marking import answers, image_project, submit
from browser.test_boxes import Eye
from running import Api, Server

pytest.importorskip("av")
pytestmark = pytest.mark.browser

FRAMES = 48
SIZE = (films.WIDTH, films.HEIGHT)
READ = """([x, y, scale, cell, bits]) => {
  const canvas = document.querySelector('.milo-layers canvas');
  const frame = canvas.getBoundingClientRect();
  const ratio = canvas.width / frame.width;
  let number = 0;
  for (let bit = 0; bit < bits; bit++) {
    const at = [x + (8 + (bit + 0.5) * cell) * scale - frame.left, y + (2 + cell / 2) * scale - frame.top];
    const [r, g, b] = canvas.getContext('2d').getImageData(at[0] * ratio, at[1] * ratio, 1, 1).data;
    number = number * 2 + (r + g + b > 384 ? 1 : 0);
  }
  return [number, Number(document.querySelector('[data-testid=frame]').dataset.frame)];
}"""


def _project(owner: Api, folder: Path) -> int:
    made = {
        "a.mp4": films.write(folder / "a.mp4", films.uneven(FRAMES), gop=250, b_frames=3),
        "b.webm": films.write(folder / "b.webm", films.even(FRAMES, 10.0), codec="libvpx-vp9"),
    }
    videos = {name: path.read_bytes() for name, path in made.items()}
    return image_project(owner, videos, "tracks", field={"name": "video", "kind": "video"})


class Screen:
    """What the page shows of the video."""

    def __init__(self, page: Page) -> None:
        self.page, self.eye = page, Eye(page, SIZE)

    def read(self) -> tuple[int, int]:
        """The number in the picture, and the number that the page says."""
        eye = self.eye
        shown, said = self.page.evaluate(READ, [eye.x, eye.y, eye.scale, films.CELL, films.BITS])
        return shown, said

    def at(self, frame: int) -> None:
        """Wait until that frame is shown, and be sure that it is."""
        end = time.monotonic() + 30
        while self.read() != (frame, frame):
            assert time.monotonic() < end, (self.read(), frame)
            time.sleep(0.03)

    def press(self, keys: str, frame: int) -> None:
        """Press a key; that frame is to be shown then."""
        self.page.keyboard.press(keys)
        self.at(frame)


def _open(page: Page, server: Server, project: int) -> Screen:
    sign_in(page, server)
    page.goto(f"{server.address}/p/{project}/label")
    expect(page.get_by_test_id("frame")).to_be_visible()
    page.wait_for_function("() => performance.getEntriesByName('image-drawn').length > 0")
    return Screen(page)


def _keys(value: list[dict[str, Any]]) -> list[list[tuple[int, bool]]]:
    return [[(key["frame"], key.get("outside", False)) for key in track["keyframes"]] for track in value]


def test_the_frame_shown_is_the_frame_stored(page: Page, server: Server, owner: Api, tmp_path: Path) -> None:
    project = _project(owner, tmp_path)
    screen = _open(page, server, project)
    for frame in (1, 2, 3):
        screen.press(".", frame)
    screen.press("Shift+.", 13)
    screen.press(",", 12)
    screen.press("End", FRAMES - 1)
    screen.press("Home", 0)
    screen.press("Shift+.", 10)
    screen.eye.drag(20, 40, 60, 80)
    screen.press("Shift+.", 20)
    page.keyboard.press("v")
    screen.eye.drag(40, 60, 80, 60)  # the box as a whole, by its middle: a second key frame
    page.keyboard.press("e")
    page.keyboard.press("Control+z")
    screen.press("Shift+.", 30)
    page.keyboard.press("e")
    screen.press("Alt+ArrowLeft", 20)
    screen.press("Alt+ArrowLeft", 10)
    screen.press(",", 9)
    page.keyboard.press("Space")
    seen = set()
    end = time.monotonic() + 60
    while len(seen) < 12 and time.monotonic() < end:
        seen.add(screen.read())
        page.wait_for_timeout(30)
    page.keyboard.press("Space")
    assert all(shown == said for shown, said in seen), sorted(seen)
    assert len(seen) >= 12
    submit(page)
    (first,) = (answers(owner, project, "things")["a.mp4"],)
    assert _keys(first) == [[(10, False), (20, False), (30, True)]]
    box = [key["box"] for key in first[0]["keyframes"][:2]]
    assert box[0] == pytest.approx([20, 40, 40, 40], abs=2)
    assert box[1] == pytest.approx([60, 40, 40, 40], abs=2)
    screen.at(0)
    page.keyboard.press("b")
    screen.press("Shift+.", 10)
    screen.press(".", 11)
    screen.eye.drag(20, 40, 60, 80)
    screen.press("Shift+.", 21)
    page.keyboard.press("Shift+x")
    submit(page)
    assert sorted(_keys(answers(owner, project, "things")["b.webm"])) == [[(11, False), (21, True)], [(21, False)]]
