"""Decoding images: their upright size, thumbnails, and a small description for finding similar ones.

Files are not to be trusted, so all of this runs in a child process (`python -m milo.infra.images`) that takes one JSON
request a line and never opens the database. The parent side is `milo.infra.image_worker`.
"""

from __future__ import annotations

import base64
import io
import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from PIL import Image, ImageOps, UnidentifiedImageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_PIXELS = 120_000_000
"""Images with more are not decoded; 120 megapixels are 360 MB as RGB."""
_MEMORY = 3 * 1024**3
_SWAPPED = (5, 6, 7, 8)
_ORIENTATION = 0x0112
_CHECK_SIZE = (512, 512)
_TROUBLE = (
    OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, AttributeError, EOFError, MemoryError, OverflowError,
    ZeroDivisionError, RuntimeError, NotImplementedError, ArithmeticError, AssertionError, UnidentifiedImageError,
    Image.DecompressionBombError,
)  # fmt: skip
"""What a decoder may raise on a damaged file."""

DIMENSIONS = 240
MODEL = "image-1"
_FAINT = 6.0
"""Below this strength in all, edges are noise and count for less."""


class TooLarge(ValueError):
    """An image with more pixels than are decoded."""


def opened(path: Path) -> Image.Image:
    """The image, its header read. Raises OSError for what is none, TooLarge for what is not to be decoded."""
    image = Image.open(path)
    if image.width * image.height > MAX_PIXELS:
        raise TooLarge(f"{image.width:,} x {image.height:,} pixels are more than {MAX_PIXELS // 1_000_000} megapixels")
    return image


def probe(path: Path) -> dict[str, Any]:
    """Width and height as a person sees the image (its EXIF orientation applied), and whether it decodes to the end."""
    found: dict[str, Any] = dict(zip(("width", "height"), Image.open(path).size, strict=True))
    try:
        image = opened(path)
        image.draft("RGB", _CHECK_SIZE)
        image.load()
        if image.getexif().get(_ORIENTATION) in _SWAPPED:
            found = {"width": found["height"], "height": found["width"]}
    except _TROUBLE as error:
        found["error"] = _words(error)
    return found


def thumbnail(path: Path, out: Path, size: int) -> dict[str, Any]:
    """Write an upright thumbnail that fits into a square of `size` pixels, as WebP."""
    image = opened(path)
    image.draft("RGB", (size * 2, size * 2))
    image.thumbnail((size, size), Image.Resampling.BICUBIC, reducing_gap=2.0)
    upright = ImageOps.exif_transpose(image)
    if upright.mode not in ("RGB", "RGBA"):
        upright = upright.convert("RGBA" if "transparency" in upright.info or "A" in upright.mode else "RGB")
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    upright.save(part, "WEBP", quality=80, method=2)
    os.replace(part, out)
    return {"width": upright.width, "height": upright.height}


def picture(path: Path, size: int, most: int) -> dict[str, Any]:
    """An upright copy as JPEG that fits into a square of `size` pixels and into `most` bytes, without any metadata."""
    image = opened(path)
    image.draft("RGB", (size * 2, size * 2))
    image.thumbnail((size, size), Image.Resampling.BICUBIC, reducing_gap=2.0)
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    page = Image.new("RGB", upright.size, "white")
    page.paste(upright, mask=upright.getchannel("A"))
    for quality in (90, 75, 50, 25):
        out = io.BytesIO()
        page.save(out, "JPEG", quality=quality)
        if out.tell() <= most:
            break
    else:
        return picture(path, size // 2, most)
    return {"data": base64.b64encode(out.getvalue()).decode(), "width": page.width, "height": page.height}


def features(path: Path) -> NDArray[np.float32]:
    """Shape (DIMENSIONS,), unit length: colours in a 4 x 4 grid, edge directions in a 6 x 4 grid of cells."""
    import numpy as np

    image = opened(path)
    image.draft("RGB", (192, 192))
    small = ImageOps.exif_transpose(image).convert("RGB").resize((96, 96), Image.Resampling.BOX)
    pixels = np.asarray(small, np.float32) / 255.0
    colours = pixels.reshape(4, 24, 4, 24, 3).mean((1, 3)).ravel() - 0.5
    edges = _edges(pixels.mean(2))
    vector = np.concatenate([colours / np.sqrt(np.float32(colours.size)) * 2, edges])
    length = float(np.linalg.norm(vector))
    return (vector / length if length > 0 else vector).astype(np.float32)


def _edges(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Strength of 8 edge directions in each of 6 x 4 cells; shape (192,), of unit length unless the image is almost plain."""
    import numpy as np

    dy, dx = np.gradient(grey)
    strength = np.hypot(dx, dy)
    direction = ((np.arctan2(dy, dx) % np.pi) / np.pi * 8).astype(np.int64) % 8
    rows, columns = np.indices(grey.shape)
    cell = (rows * 6 // grey.shape[0]) * 4 + columns * 4 // grey.shape[1]
    histogram = np.bincount((cell * 8 + direction).ravel(), strength.ravel(), 192).astype(np.float32)
    histogram = np.sqrt(histogram)
    return (histogram / max(float(np.linalg.norm(histogram)), _FAINT)).astype(np.float32)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The reply to one request; a file that cannot be decoded gives {"error"}."""
    path = Path(request["path"])
    try:
        if request["do"] == "probe":
            return probe(path)
        if request["do"] == "thumbnail":
            return thumbnail(path, Path(request["out"]), int(request["size"]))
        if request["do"] == "picture":
            return picture(path, int(request["size"]), int(request["most"]))
        return {"vector": base64.b64encode(features(path).astype("<f2").tobytes()).decode()}
    except _TROUBLE as error:
        return {"error": _words(error)}


def _words(error: BaseException) -> str:
    if isinstance(error, UnidentifiedImageError):
        return "this is no image of a known kind, or it is damaged at its start"
    if isinstance(error, TooLarge):
        return f"too large to decode: {error}"
    return f"damaged: {str(error)[:200] or type(error).__name__}"


def main() -> None:
    """Serve requests from standard input until it ends."""
    _limit()
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None
    out = os.fdopen(os.dup(1), "wb")
    for line in sys.stdin.buffer:
        out.write(msgspec.json.encode(answer(msgspec.json.decode(line))) + b"\n")
        out.flush()


def _limit() -> None:
    """Less urgent than the server, and with bounded memory."""
    if sys.platform == "win32":
        return
    import resource

    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


if __name__ == "__main__":
    main()
