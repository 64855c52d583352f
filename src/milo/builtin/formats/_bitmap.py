"""Small pictures that stand for masks and classes, as PNG.

Stands alone because only writing happens here: a picture that comes from outside is never decoded in this process.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image


def png_of(values: Any, palette: Sequence[tuple[int, int, int]] | None = None) -> bytes:
    """An array (h, w) of bytes as a PNG: grey, or with a palette in which each value is an index."""
    image = Image.fromarray(values)
    if palette is not None:
        image = image.convert("L")
        image.putpalette([part for colour in palette for part in colour])
    out = io.BytesIO()
    image.save(out, "PNG", optimize=False)
    return out.getvalue()
