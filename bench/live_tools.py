"""CPU time of the live tools on images: clicks and boxes (GrabCut), the lasso's first and later ways, superpixels.

It stands alone because it needs neither server nor browser: the tools are asked as the child process asks them. The first
answer on a picture, which decodes it, is reported by itself; the others are the median of ten, each on a fresh place.

    python bench/live_tools.py [--width 4000 --height 3000]
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from milo.builtin.predictors import _live_tools
from milo.builtin.predictors.grabcut import PLUGIN as GRABCUT
from milo.builtin.predictors.lasso import PLUGIN as LASSO
from milo.builtin.predictors.superpixels import PLUGIN as SUPERPIXELS
from milo.domain.question import Question
from milo.kinds.predictor import Candidate, Gesture

RESULTS = Path(__file__).resolve().parent / "results" / "live_tools.json"
MASKS = Question("q", "masks", config={"labels": ["a"]}, field="image", shape="masks")
SCREEN = (1200, 800)
"""The part that is in view at full magnification."""


def _picture(path: Path, width: int, height: int) -> None:
    """Speckled ellipses on speckled ground."""
    rng = np.random.default_rng(1)
    image = Image.new("RGB", (width, height), (110, 120, 100))
    draw = ImageDraw.Draw(image)
    for x, y, r in zip(rng.uniform(0, width, 60), rng.uniform(0, height, 60), rng.uniform(40, 250, 60), strict=True):
        draw.ellipse((x - r, y - r * 0.7, x + r, y + r * 0.7), tuple(int(c) for c in rng.integers(20, 240, 3)))
    noise = rng.normal(0, 9, (height, width, 1))
    Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8)).save(path, quality=92)


def _spent(act: Callable[[int], Any], times: int = 10) -> float:
    """Median CPU ms of one call."""
    found: list[float] = []
    for i in range(times):
        start = time.process_time()
        act(i)
        found.append(1000 * (time.process_time() - start))
    return statistics.median(found)


def measure(item: Candidate, width: int, height: int) -> dict[str, float]:
    """CPU ms by what was asked."""

    def at(i: int) -> tuple[float, float]:
        return width * (0.2 + 0.06 * i), height * (0.25 + 0.05 * i)

    def view(i: int) -> tuple[float, float, float, float]:
        x, y = at(i)
        return max(0.0, x - SCREEN[0] / 2), max(0.0, y - SCREEN[1] / 2), *SCREEN

    found = {
        "the first answer on a picture (it is decoded)": _spent(
            lambda i: GRABCUT.refine(MASKS, item, Gesture([(*at(i), 1)])), 1
        )
    }
    found["GrabCut: a click"] = _spent(lambda i: GRABCUT.refine(MASKS, item, Gesture([(*at(i), 1)])))
    box = 300.0
    found["GrabCut: a box of 300 pixels"] = _spent(lambda i: GRABCUT.refine(MASKS, item, Gesture(box=(*at(i), box, box))))
    found["GrabCut: a box and a further click"] = _spent(
        lambda i: GRABCUT.refine(MASKS, item, Gesture([(at(i)[0] + 40, at(i)[1] + 40, 0)], (*at(i), box, box)))
    )
    found["lasso: a click in a new view"] = _spent(
        lambda i: LASSO.refine(MASKS, item, Gesture([(*at(i), 1), (at(i)[0] + 90, at(i)[1], 1)], view(i)))
    )
    found["lasso: a further click"] = _spent(
        lambda i: LASSO.refine(MASKS, item, Gesture([(at(3)[0] + 9 * i, at(3)[1], 1), (*at(3), 1)], view(3)))
    )
    found["lasso: the way to where the pointer is"] = _spent(
        lambda i: LASSO.refine(MASKS, item, Gesture([(*at(3), 1), (at(3)[0] + 90 + i, at(3)[1] + 60, 1)], view(3)))
    )
    found["superpixels: all cells in view"] = _spent(lambda i: SUPERPIXELS.refine(MASKS, item, Gesture(box=view(i))))
    return found


def main() -> None:
    """Measure, print, and write JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--width", type=int, default=4000)
    parser.add_argument("--height", type=int, default=3000)
    options = parser.parse_args()
    _live_tools.opencv("This benchmark")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.jpg"
        _picture(path, options.width, options.height)
        found = measure(Candidate(1, {"image": {"path": str(path)}}), options.width, options.height)
    for name, ms in found.items():
        print(f"{name:<48} {ms:8.1f} CPU ms")
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps({"width": options.width, "height": options.height, "cpu_ms": found}, indent=2))


if __name__ == "__main__":
    main()
