"""Pictures that stand for masks and classes, as PNG, and the pixels of things that are drawn into them.

Stands alone because only writing happens here: a picture that comes from outside is never decoded in this process.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image


def png_of(values: Any, palette: Sequence[tuple[int, int, int]] | None = None) -> bytes:
    """An array of bytes as a PNG: (h, w) in grey, or with a palette in which each value is an index; (h, w, 3) in colours."""
    image = Image.fromarray(values)
    if palette is not None:
        image = image.convert("L")
        image.putpalette([part for colour in palette for part in colour])
    out = io.BytesIO()
    image.save(out, "PNG", optimize=False)
    return out.getvalue()


def pixels_of(thing: dict[str, Any], size: tuple[int, int]) -> tuple[int, int, Any] | None:
    """The part of a picture of `size` (height, width) that a mask or an outline covers, as (left, top, truth values); None for
    a mask of another size."""
    from milo.stats import rle

    if "counts" in thing:
        if tuple(thing["size"]) != size:
            return None
        counts = rle.read_text(thing["counts"])
    else:
        counts = rle.from_outlines([[*ring, ring[0]] for ring in (thing["points"], *thing.get("holes", []))], size)
    return rle.to_bitmap(counts, size)
