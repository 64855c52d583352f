"""Live tools on pictures in tiles: only the tiles under the part are read, and places are those of the whole picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from milo.builtin.predictors import _live_pictures
from milo.builtin.predictors.grabcut import PLUGIN as GRABCUT
from milo.builtin.predictors.lasso import PLUGIN as LASSO
from milo.builtin.predictors.superpixels import PLUGIN as CELLS
from milo.domain.errors import InvalidValue
from milo.infra.tile_work import pyramid
from milo.kinds.predictor import Candidate, Gesture
from milo.stats import rle
from vision.test_grabcut import question

cv2 = pytest.importorskip("cv2", reason="live tools need OpenCV: pip install milo[vision]")

SIZE = (5000, 4000)
THING = (3000, 2500, 3300, 2700)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A red ellipse on green ground, speckled."""
    image = Image.new("RGB", SIZE, (60, 120, 60))
    ImageDraw.Draw(image).ellipse(THING, (190, 60, 50))
    noise = np.random.default_rng(3).normal(0, 10, (500, 500, 3))
    pixels = np.asarray(image) + np.tile(noise, (SIZE[1] // 500, SIZE[0] // 500, 1))
    path = tmp_path_factory.mktemp("tiled") / "a.png"
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path, compress_level=1)
    return path


@pytest.fixture(scope="module")
def tiled(whole: Path) -> Candidate:
    found = pyramid(whole, whole.with_name("tiles"), 0, None)
    return Candidate(1, {"image": {"path": "/nowhere", "tiles": {"folder": str(whole.with_name("tiles")), **found}}})


@pytest.mark.parametrize("gesture", [Gesture([(3150, 2600, 1)]), Gesture(box=(2980, 2480, 340, 240))])
def test_a_click_or_a_box_finds_the_thing_where_it_is(tiled: Candidate, gesture: Gesture) -> None:
    found: Any = GRABCUT.refine(question("masks"), tiled, gesture)
    truth = Image.new("1", SIZE)
    ImageDraw.Draw(truth).ellipse(THING, 1)
    wanted = rle.from_bitmap(np.asarray(truth), 0, 0, (SIZE[1], SIZE[0]))
    both, either = rle.common(rle.read_text(found["counts"]), wanted)
    assert found["size"] == [SIZE[1], SIZE[0]]
    assert both / either > 0.93


def test_only_tiles_near_the_click_are_read(tiled: Candidate, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = _live_pictures._decoded  # pyright: ignore[reportPrivateUsage]
    _live_pictures._tile_at.cache_clear()  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(_live_pictures, "_decoded", lambda path: read.append(path) or real(path))
    GRABCUT.refine(question("masks"), tiled, Gesture([(3150, 2600, 1)]))
    assert 0 < len(read) <= 12
    assert all("/tiles/" in path for path in read)


@pytest.mark.parametrize("area", [(0, 0, 5000, 4000), (900, 700, 2300, 1500), (4700, 3900, 5000, 4000), (1023, 511, 1026, 514)])
def test_a_part_of_tiles_is_that_of_the_whole(tiled: Candidate, whole: Path, area: tuple[int, int, int, int]) -> None:
    parts = [
        _live_pictures.picture_of(item).part(cv2, area, 200).astype(float)
        for item in (tiled, Candidate(1, {"image": {"path": str(whole)}}))
    ]
    assert parts[0].shape == parts[1].shape
    assert np.abs(parts[0] - parts[1]).mean() < 6


def test_what_is_in_view_is_cut_into_cells_and_followed_along_edges(tiled: Candidate) -> None:
    view = (2900.0, 2400.0, 500.0, 400.0)
    cells: Any = CELLS.refine(question("masks"), tiled, Gesture(box=view))
    assert cells["box"] == [2900, 2400, 500, 400]
    way: Any = LASSO.refine(question("polygons"), tiled, Gesture([(3150, 2500, 1), (3300, 2600, 1)], view))
    (x, y), a, b = way["points"][len(way["points"]) // 2], 150, 100
    assert ((x - 3150) / a) ** 2 + ((y - 2600) / b) ** 2 == pytest.approx(1, abs=0.15)


def test_a_thing_larger_than_can_be_held_is_refused(tiled: Candidate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milo.builtin.predictors.grabcut.MAX_PIXELS", 1_000_000)
    with pytest.raises(InvalidValue, match="too large for this"):
        GRABCUT.refine(question("masks"), tiled, Gesture(box=(100, 100, 4000, 3000)))
