"""What a click costs besides the model: an encoder with its decoder in ONNX files, on pictures of 2 and of 12 megapixels.

The decoder's own time is measured inside, and taken off. In milliseconds of CPU (one thread) of the process that answers,
least and median of 20 clicks after the first, which encodes; and by the clock, through the child process that the server
asks, with the decoder in it. The limit is 30 ms of our own a click.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import numpy as np
from PIL import Image

from milo.builtin.predictors import _onnx_session as sessions
from milo.builtin.predictors.onnx import PLUGIN
from milo.domain.question import Question
from milo.infra.image_worker import ImageWorker
from milo.kinds.predictor import Candidate, Gesture
from sockets import onnx_files as files

CLICKS = 20
SIZES = {"2 MP": (1600, 1200), "12 MP": (4000, 3000)}
PAIRS = {"SAM 1": files.sam1, "SAM 2": files.sam2, "EfficientSAM": files.efficientsam}


def scene(path: Path, size: tuple[int, int]) -> Path:
    """A thing of a quarter of the picture on noisy ground."""
    noise = np.random.default_rng(1).integers(90, 130, (size[1] // 4, size[0] // 4, 3), np.uint8)
    image = Image.fromarray(noise).resize(size)
    image.paste((220, 30, 30), (size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1] * 3 // 4))
    image.save(path, quality=90)
    return path


def main() -> None:
    """Print a table."""
    inside = 0.0
    run = sessions.Opened.run

    def timed(self: Any, **given: Any) -> Any:
        nonlocal inside
        start = time.process_time()
        try:
            return run(self, **given)
        finally:
            inside += time.process_time() - start

    sessions.Opened.run = timed  # type: ignore[method-assign]
    print("| pair | picture | shape | own CPU, least (ms) | median | decoder CPU, median | round trip by the clock, median |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for pair, make in PAIRS.items():
            model = make(folder / pair.replace(" ", ""))
            for words, size in SIZES.items():
                path = scene(folder / f"{words[:2].strip()}.jpg", size)
                for shape in ("masks", "polygons"):
                    own, decoder = [], []
                    question = Question("q", shape, config={"labels": ["a"]}, field="image", shape=shape)
                    for k in range(CLICKS + 1):
                        gesture = Gesture([(size[0] / 2 + k, size[1] / 2, 1), (5.0, 5.0, 0)])
                        meta = {"own": {"path": str(model), "cache": str(folder / "cache")}, "sha256": f"{words[:2]}{pair}"}
                        inside, start = 0.0, time.process_time()
                        assert PLUGIN.refine(question, Candidate(0, {"image": {"path": str(path)}}, meta), gesture)
                        own.append(1000 * (time.process_time() - start - inside))
                        decoder.append(1000 * inside)
                    trip = round_trip(model, path, shape, size, folder / "cache")
                    print(
                        f"| {pair} | {words} | {shape} | {min(own[1:]):.1f} | {statistics.median(own[1:]):.1f} | "
                        f"{statistics.median(decoder[1:]):.1f} | {trip:.0f} |",
                        flush=True,
                    )


def round_trip(model: Path, path: Path, shape: str, size: tuple[int, int], cache: Path) -> float:
    """Milliseconds by the clock of a click that goes to the child process and back, median."""
    worker = ImageWorker(120.0, "milo.infra.live_own")
    question = {"name": "q", "type": shape, "config": {"labels": ["a"]}, "field": "image", "shape": shape}
    own, took = {"path": str(model), "cache": str(cache)}, list[float]()
    try:
        for k in range(CLICKS + 1):
            gesture = {"clicks": [[size[0] / 2 + k, size[1] / 2, 1], [5.0, 5.0, 0]], "box": None}
            start = time.perf_counter()
            reply = worker.ask(
                "refine", path, plugins="", tool="onnx", question=question, gesture=gesture, own=own, sha256=path.name
            )
            took.append(1000 * (time.perf_counter() - start))
            assert reply.get("thing"), reply
    finally:
        worker.close()
    return statistics.median(took[1:])


if __name__ == "__main__":
    main()
