"""The child that turns pictures which stand for masks and classes into runs (`python -m milo.infra.mask_work`).

Stands alone because these pictures come with data sets and are not to be trusted: they are decoded here, never in the server.
What goes back are COCO's compressed runs, column by column of the whole picture.
"""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from milo.infra.child import serve
from milo.infra.images import TooLarge, opened
from milo.stats import rle

MAX_CLASSES = 2_000
"""Different values in one class map; more are a photograph."""
_INDEXED = ("P", "L", "1", "I", "I;16", "I;16B")


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The reply to a request: `mask` (one thing) or `classes` (every value of a picture)."""
    try:
        return {"mask": _mask, "classes": _classes}[request["do"]](request)
    except TooLarge as error:
        return {"error": str(error)}


def _mask(request: dict[str, Any]) -> dict[str, Any]:
    """The pixels that are not black of a part of a picture at (left, top), in the whole of `size` [height, width]."""
    content = base64.b64decode(request["data"], validate=True) if request.get("data") else None
    image = _small(content) if content is not None else opened(Path(request["path"]))
    part = np.asarray(image.getchannel("A") if image.mode in ("LA", "RGBA") and _is_cut_out(image) else image.convert("L")) > 0
    left, top = int(request.get("left") or 0), int(request.get("top") or 0)
    size = request.get("size") or [part.shape[0] + top, part.shape[1] + left]
    height, width = int(size[0]), int(size[1])
    if not (0 <= left < width and 0 <= top < height):
        return {"error": "the mask lies outside of the picture"}
    part = part[: height - top, : width - left]
    return {"size": [height, width], "counts": rle.write_text(rle.from_bitmap(part, left, top, (height, width)))}


def _small(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    if image.width * image.height > 120_000_000:
        raise TooLarge(f"{image.width:,} x {image.height:,} pixels are too many for a mask")
    return image


def _is_cut_out(image: Image.Image) -> bool:
    """Whether the picture says by transparency what belongs to the thing."""
    low, _ = image.getchannel("A").getextrema()
    return int(low) == 0  # type: ignore[arg-type]


def _classes(request: dict[str, Any]) -> dict[str, Any]:
    """For each value: an index, or with `colours`, or of a picture in true colours, red * 65536 + green * 256 + blue."""
    image = opened(Path(request["path"]))
    colours = bool(request.get("colours")) or image.mode in ("RGB", "RGBA")
    if colours:
        red, green, blue = (np.asarray(band).astype(np.int64) for band in image.convert("RGB").split())
        values = red * 65536 + green * 256 + blue
    else:
        values = np.asarray(image if image.mode in ("P", "L", "1", "I", "I;16", "I;16B") else image.convert("L")).astype(
            np.int64
        )
    found = np.unique(values)
    if len(found) > MAX_CLASSES:
        return {"error": f"it has {len(found):,} different values; a class map has at most {MAX_CLASSES:,}"}
    skipped = set(request.get("skip") or [])
    height, width = values.shape
    masks = [
        {"value": int(value), "counts": rle.write_text(rle.from_bitmap(values == value, 0, 0, (height, width)))}
        for value in found
        if int(value) not in skipped
    ]
    return {"size": [height, width], "masks": masks, "colours": colours}


if __name__ == "__main__":
    serve(answer)
