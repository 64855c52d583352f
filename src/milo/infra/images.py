"""Decoding images: their upright size, thumbnails, and a small description for finding similar ones.

Files are not to be trusted, so all of this runs in a child process (`python -m milo.infra.images`) that takes one JSON
request a line and never opens the database. The parent side is `milo.infra.image_worker`.
"""

from __future__ import annotations

import base64
import importlib.util
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps, UnidentifiedImageError

from milo.infra import image_pages
from milo.infra.child import serve

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_PIXELS = 120_000_000
"""Images with more are not decoded in one piece; 120 megapixels are 360 MB as RGB."""
MAX_TILED = 500_000_000
"""Images with more are not taken at all: files that claim more are almost always made to exhaust whoever opens them."""
SHOWN_WHOLE = 48_000_000
"""Images with more come to the browser in tiles."""
_LOSSLESS = 16_000_000
_SWAPPED = (5, 6, 7, 8)
_ORIENTATION = 0x0112
_CHECK_SIZE = (512, 512)
TROUBLE = (
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


def refuse_beyond(width: int, height: int, most: int) -> None:
    """Raise TooLarge for more pixels than that."""
    if width * height > most:
        raise TooLarge(f"{width:,} x {height:,} pixels are more than {most // 1_000_000} megapixels")


def opened(path: Path) -> Image.Image:
    """The image, its header read. Raises OSError for what is none, TooLarge for what is not to be decoded."""
    if image_pages.mime_of(path) == image_pages.DICOM:
        return image_pages.page(path, 0, None, MAX_PIXELS)
    image = Image.open(path)
    refuse_beyond(image.width, image.height, MAX_PIXELS)
    return image


def probe(path: Path) -> dict[str, Any]:
    """Width and height as a person sees the image (its EXIF orientation applied), whether it decodes to the end, and, where a
    browser is not given the file itself, `view` ("page": as a picture made of it, "tiles"), `pages` and `sizes` of several,
    `window` and `range` of levels of grey."""
    kind = image_pages.mime_of(path)
    if kind == image_pages.DICOM:
        return image_pages.probe_dicom(path, MAX_PIXELS)
    found: dict[str, Any] = dict(zip(("width", "height"), Image.open(path).size, strict=True))
    try:
        refuse_beyond(found["width"], found["height"], MAX_TILED)
        if kind == image_pages.TIFF:
            found = image_pages.probe_tiff(path, SHOWN_WHOLE)
        elif found["width"] * found["height"] > SHOWN_WHOLE:
            found["view"] = "tiles"
        if found["width"] * found["height"] > MAX_PIXELS:
            _need_tiles(found)
        image = Image.open(path)
        whole = found["width"] * found["height"] <= MAX_PIXELS
        if whole:
            image.draft("RGB", _CHECK_SIZE)
            image.load()
        if (whole or turns(path)) and kind != image_pages.TIFF and image.getexif().get(_ORIENTATION) in _SWAPPED:
            found |= {"width": found["height"], "height": found["width"]}
    except TROUBLE as error:
        found["error"] = words(error)
    return found


def turns(path: Path) -> bool:
    """Whether it is a kind of file whose orientation can be read without decoding it (JPEG)."""
    with path.open("rb") as stream:
        return stream.read(3) == b"\xff\xd8\xff"


def _need_tiles(found: dict[str, Any]) -> None:
    """Raise TooLarge where what cuts such an image into tiles is not installed."""
    if importlib.util.find_spec("pyvips") is None:
        size = f"{found['width']:,} x {found['height']:,} pixels"
        raise TooLarge(
            f'{size}; images beyond {MAX_PIXELS // 1_000_000} megapixels need the extra "tiles": pip install "milo[tiles]"'
        )


def shown(path: Path, out: Path | None, page: int, window: image_pages.Window | None) -> dict[str, Any]:
    """One page as a picture that a browser shows, PNG or (if large and in colour) JPEG: written to `out`, or as {"data"}."""
    image = image_pages.page(path, page, window, SHOWN_WHOLE)
    plain = image.mode == "L" or image.width * image.height <= _LOSSLESS
    how: dict[str, Any] = {"compress_level": 3} if plain else {"quality": 93, "subsampling": 0}
    bytes_out = io.BytesIO()
    image.save(bytes_out, "PNG" if plain else "JPEG", **how)
    if out is None:
        return {"data": base64.b64encode(bytes_out.getvalue()).decode(), "mime": "image/png" if plain else "image/jpeg"}
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    part.write_bytes(bytes_out.getvalue())
    os.replace(part, out)
    return {"width": image.width, "height": image.height}


def thumbnail(path: Path, out: Path, size: int, page: int = 0) -> dict[str, Any]:
    """Write an upright thumbnail of a page that fits into a square of `size` pixels, as WebP."""
    upright = _small(path, size, page)
    if upright.mode not in ("RGB", "RGBA"):
        upright = upright.convert("RGBA" if "transparency" in upright.info or "A" in upright.mode else "RGB")
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    upright.save(part, "WEBP", quality=80, method=2)
    os.replace(part, out)
    return {"width": upright.width, "height": upright.height}


def _small(path: Path, size: int, page: int = 0) -> Image.Image:
    """A page, upright, within a square of `size` pixels. Raises TooLarge."""
    if image_pages.mime_of(path):
        image = image_pages.page(path, page, None, MAX_PIXELS)
        image.thumbnail((size, size), Image.Resampling.BICUBIC, reducing_gap=2.0)
        return image
    with Image.open(path) as header:
        many = header.width * header.height
    if MAX_PIXELS < many <= MAX_TILED and importlib.util.find_spec("pyvips"):
        return _small_by_vips(path, size)
    image = opened(path)
    image.draft("RGB", (size * 2, size * 2))
    image.thumbnail((size, size), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return ImageOps.exif_transpose(image)


def _small_by_vips(path: Path, size: int) -> Image.Image:
    """Of an image that does not fit into memory."""
    import pyvips

    pyvips.block_untrusted_set(True)
    small = pyvips.Image.thumbnail(str(path), size, height=size, size="down").colourspace("srgb")
    if small.hasalpha():
        small = small.flatten(background=[255, 255, 255])
    return Image.frombytes("RGB", (small.width, small.height), small.cast("uchar").write_to_memory())


def picture(path: Path, size: int, most: int) -> dict[str, Any]:
    """An upright copy as JPEG that fits into a square of `size` pixels and into `most` bytes, without any metadata."""
    upright = _small(path, size).convert("RGBA")
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
            return thumbnail(path, Path(request["out"]), int(request["size"]), int(request.get("page", 0)))
        if request["do"] == "shown":
            window = request.get("window")
            out = Path(request["out"]) if request.get("out") else None
            return shown(path, out, int(request["page"]), tuple(window) if window else None)
        if request["do"] == "picture":
            return picture(path, int(request["size"]), int(request["most"]))
        return {"vector": base64.b64encode(features(path).astype("<f2").tobytes()).decode()}
    except TROUBLE as error:
        return {"error": words(error)}


def words(error: BaseException) -> str:
    """What is wrong with a file, for the person who sees the item."""
    if isinstance(error, UnidentifiedImageError):
        return "this is no image of a known kind, or it is damaged at its start"
    if isinstance(error, TooLarge):
        return f"too large to decode: {error}"
    if isinstance(error, image_pages.Unreadable):
        return str(error)
    return f"damaged: {str(error)[:200] or type(error).__name__}"


if __name__ == "__main__":
    Image.MAX_IMAGE_PIXELS = None
    serve(answer)
