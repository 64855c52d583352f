"""Reading the words of a page that is a picture, in a child process (`python -m milo.infra.ocr_work`) with bounded memory.

Stands alone from drawing pages because reading takes seconds and hundreds of megabytes: what waits for a page to be drawn
must not wait for another to be read. The models are those that come with RapidOCR; nothing is downloaded. Places are points
of the page as shown (of an image: pixels of the upright image).
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from milo.infra.child import serve
from milo.infra.lines import in_lines

SIDE = 2_000
"""Pixels of the longer side of the picture that is read: about 170 a inch on an A4 page."""
_STEEP = 30.0
_kept: dict[str, Any] = {}


def read(path: Path, mime: str, page: int) -> dict[str, Any]:
    """{"words"}: each [line, x, y, w, h, text, score]; `score` is the reader's own, 0..1."""
    image, scale = _picture(path, mime, page)
    import numpy as np

    pixels = np.asarray(image)[:, :, ::-1].copy()
    found = _engine()(pixels, return_word_box=True)
    words: list[Any] = []
    for line in found.word_results or ():
        words += [_word(one, scale) for one in line if str(one[0]).strip()]
    return {"words": in_lines(words)}


def _picture(path: Path, mime: str, page: int) -> tuple[Any, float]:
    """The page as an RGB picture, and how many of its pixels make a point."""
    if mime == "application/pdf":
        from milo.infra.document_work import drawn, opened, size_of

        document = opened(path)
        width, height = size_of(document, page)
        image = drawn(document, page, SIDE / max(width, height, 1.0))
        return image, image.width / width
    from milo.infra.image_pages import page as image_page
    from milo.infra.images import MAX_PIXELS

    upright = image_page(path, page, None, MAX_PIXELS).convert("RGB")
    width = upright.width
    if max(upright.size) > SIDE:
        upright.thumbnail((SIDE, SIDE))
    return upright, upright.width / width


def _engine() -> Any:
    """The reader, made once; it would tell of everything that it does."""
    if "engine" not in _kept:
        logging.getLogger("RapidOCR").setLevel(logging.WARNING)
        from rapidocr import RapidOCR

        one_thread = {"EngineConfig.onnxruntime.intra_op_num_threads": 1, "EngineConfig.onnxruntime.inter_op_num_threads": 1}
        _kept["engine"] = RapidOCR(params={"Global.log_level": "warning", **one_thread})
        logging.getLogger("RapidOCR").setLevel(logging.WARNING)
    return _kept["engine"]


def _word(one: Any, scale: float) -> tuple[float, float, float, float, str, float]:
    text, score, corners = one
    xs, ys = [float(c[0]) / scale for c in corners], [float(c[1]) / scale for c in corners]
    x, y = max(0.0, min(xs)), max(0.0, min(ys))
    return x, y, max(0.0, max(xs) - x), max(0.0, max(ys) - y), str(text), round(float(score), 3)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The reply to one request."""
    from milo.infra import image_pages
    from milo.infra.document_work import Unreadable

    try:
        return read(Path(request["path"]), str(request["mime"]), int(request["page"]))
    except (Unreadable, image_pages.Unreadable) as error:
        return {"error": str(error)}


if __name__ == "__main__":
    serve(answer)
