"""Ways along edges and cells along edges, on pictures whose truth is known."""

from __future__ import annotations

from math import hypot
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from milo.builtin.predictors.lasso import PLUGIN as LASSO
from milo.builtin.predictors.superpixels import PLUGIN as SUPERPIXELS
from milo.domain.errors import InvalidValue
from milo.domain.question import Question
from milo.kinds.predictor import Candidate, Gesture

pytest.importorskip("cv2", reason="live tools need OpenCV: pip install milo[vision]")

SIZE = (900, 600)
MIDDLE, RADIUS = (420.0, 300.0), 150.0


def question(shape: str) -> Question:
    return Question("q", shape, config={"labels": ["a"]}, field="image", shape=shape)


def disc() -> Any:
    image = Image.new("1", SIZE)
    x, y = MIDDLE
    ImageDraw.Draw(image).ellipse((x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS), 1)
    return np.asarray(image)


@pytest.fixture
def picture(tmp_path: Path) -> Candidate:
    """A speckled blue disc on speckled ground."""
    pixels = np.where(disc()[:, :, None], (60, 70, 170), (150, 140, 90)) + np.random.default_rng(5).normal(
        0, 10, (*SIZE[::-1], 3)
    )
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(tmp_path / "a.png")
    return Candidate(1, {"image": {"path": str(tmp_path / "a.png")}})


def on_rim(degrees: float, off: float = 0.0) -> tuple[float, float]:
    turn = np.deg2rad(degrees)
    return float(MIDDLE[0] + (RADIUS + off) * np.cos(turn)), float(MIDDLE[1] + (RADIUS + off) * np.sin(turn))


@pytest.mark.parametrize("box", [None, (200.0, 100.0, 450.0, 400.0)])
def test_the_way_between_two_clicks_keeps_to_the_edge(picture: Candidate, box: Any) -> None:
    start, end = on_rim(10), on_rim(100)
    found = LASSO.refine(question("polygons"), picture, Gesture([(*start, 1), (*end, 1)], box))
    assert found is not None
    points = found["points"]
    assert points[0] == pytest.approx(start, abs=0.06)
    assert points[-1] == pytest.approx(end, abs=0.06)
    assert len(points) > 8
    away = [abs(hypot(x - MIDDLE[0], y - MIDDLE[1]) - RADIUS) for x, y in points]
    assert max(away) < 5, "a straight line would be 44 pixels off in its middle"
    other = Gesture([(*start, 1), (*on_rim(60), 1)], box)
    LASSO.refine(question("polygons"), picture, other)
    assert LASSO.refine(question("polygons"), picture, Gesture([(*start, 1), (*end, 1)], box)) == found


def test_a_way_needs_two_ends_in_the_picture(picture: Candidate) -> None:
    with pytest.raises(InvalidValue, match="two ends"):
        LASSO.refine(question("polygons"), picture, Gesture([(1, 1, 1)]))
    with pytest.raises(InvalidValue, match="outside of the picture"):
        LASSO.refine(question("polygons"), picture, Gesture([(1, 1, 1), (5, 5, 1)], (5000, 5000, 100, 100)))
    assert not LASSO.refines(question("boxes"))


def cells_of(found: dict[str, Any]) -> Any:
    runs = np.array(found["runs"]).reshape(-1, 2)
    return np.repeat(runs[:, 0], runs[:, 1]).reshape(found["size"])


def test_cells_keep_to_edges_hang_together_and_fill_the_view(picture: Candidate) -> None:
    import cv2

    found = SUPERPIXELS.refine(question("masks"), picture, Gesture(box=(0, 0, *SIZE)))
    assert found is not None
    assert found["box"] == [0, 0, *SIZE]
    cells = cells_of(found)
    assert max(cells.shape) == 640
    assert cells.min() == 1
    small = cv2.resize(disc().astype(np.uint8), cells.shape[::-1], interpolation=cv2.INTER_NEAREST).astype(bool)
    share = np.bincount(cells.ravel(), small.ravel()) / np.maximum(1, np.bincount(cells.ravel()))
    best = (share > 0.5)[cells]
    assert (best & small).sum() / (best | small).sum() > 0.95
    for number in range(1, int(cells.max()) + 1, 37):
        parts, _ = cv2.connectedComponents((cells == number).astype(np.uint8), connectivity=8)
        assert parts <= 2
    assert SUPERPIXELS.refine(question("masks"), picture, Gesture(box=(0, 0, *SIZE))) == found


def test_cells_are_finer_where_one_has_zoomed_in(picture: Candidate) -> None:
    found = SUPERPIXELS.refine(question("masks"), picture, Gesture(box=(400.4, 200, 60, 40)))
    assert found is not None
    assert found["box"] == [400, 200, 61, 40]
    assert cells_of(found).max() >= 6
    assert not SUPERPIXELS.refines(question("polygons"))
