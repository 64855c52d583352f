"""Cuts large images into tiles, in a child process (`python -m milo.infra.tile_work`) that takes its time.

Stands alone because it may take a minute, and everything else that decodes images should not wait for it. Tiles lie in a
folder as {level}/{column}_{row}.jpg; level 0 is the whole image in one tile, each further level is twice as fine, the last is
the image itself. Up to `images.MAX_PIXELS` pixels Pillow does it; beyond, libvips, which never holds the whole image (the
extra `tiles`).
"""

from __future__ import annotations

import math
import os
import shutil
from pathlib import Path
from typing import Any

from PIL import Image

from milo.infra import image_pages, images
from milo.infra.child import serve

TILE = 512
_QUALITY = 90


def pyramid(path: Path, out: Path, page: int, window: image_pages.Window | None) -> dict[str, Any]:
    """Make the tiles in the folder `out`. {"width", "height", "tile", "levels"}, or {"error"}."""
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        width, height = _size(path, page)
        images.refuse_beyond(width, height, images.MAX_TILED)
        if width * height > images.MAX_PIXELS:
            width, height = _by_vips(path, part, page)
        else:
            width, height = _by_pillow(path, part, page, window)
        shutil.rmtree(out, ignore_errors=True)
        os.replace(part, out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return {"width": width, "height": height, "tile": TILE, "levels": levels_of(width, height)}


def levels_of(width: int, height: int) -> int:
    """How many levels there are, from one tile to the image itself."""
    return 1 + max(0, math.ceil(math.log2(max(width, height) / TILE)))


def _size(path: Path, page: int) -> tuple[int, int]:
    """By the header alone."""
    if image_pages.mime_of(path) == image_pages.DICOM:
        about = image_pages.probe_dicom(path, images.MAX_PIXELS)
        return about["width"], about["height"]
    with Image.open(path) as image:
        if page:
            image.seek(page)
        return image.size


def _by_pillow(path: Path, out: Path, page: int, window: image_pages.Window | None) -> tuple[int, int]:
    image = image_pages.page(path, page, window, images.MAX_PIXELS)
    size = image.size
    for level in reversed(range(levels_of(*size))):
        folder = out / str(level)
        folder.mkdir()
        for row, top in enumerate(range(0, image.height, TILE)):
            for column, left in enumerate(range(0, image.width, TILE)):
                tile = image.crop((left, top, min(left + TILE, image.width), min(top + TILE, image.height)))
                tile.save(folder / f"{column}_{row}.jpg", "JPEG", quality=_QUALITY, subsampling=0)
        if level:
            image = image.resize((-(-image.width // 2), -(-image.height // 2)), Image.Resampling.BOX)
    return size


def _by_vips(path: Path, out: Path, page: int) -> tuple[int, int]:
    import pyvips

    pyvips.block_untrusted_set(True)
    more: Any = {"page": page} if image_pages.mime_of(path) == image_pages.TIFF else {}
    image = pyvips.Image.new_from_file(str(path), access="sequential", fail_on="error", **more)
    if images.turns(path) and image.get_typeof("orientation") and image.get("orientation") != 1:
        image = pyvips.Image.new_from_file(str(path), fail_on="error", **more).autorot()
    if image.hasalpha():
        image = image.flatten(background=[255] * (image.bands - 1))
    if image.format != "uchar":
        image = image.colourspace("srgb" if image.bands > 2 else "b-w").cast("uchar")
    target = out / "made"
    image.dzsave(str(target), tile_size=TILE, overlap=0, depth="onetile", suffix=f".jpg[Q={_QUALITY}]", layout="dz")
    for level in (out / "made_files").iterdir():
        if level.is_dir():
            os.replace(level, out / level.name)
    shutil.rmtree(out / "made_files")
    (out / "made.dzi").unlink()
    return image.width, image.height


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The reply to one request."""
    window = request.get("window")
    try:
        return pyramid(Path(request["path"]), Path(request["out"]), int(request["page"]), tuple(window) if window else None)
    except ModuleNotFoundError:
        raise
    except images.TROUBLE as error:
        return {"error": images.words(error)}
    except Exception as error:  # noqa: BLE001 - libvips has one error of its own, known only once it is there
        return {
            "error": f"damaged: {str(error).strip().splitlines()[-1][:200] if str(error).strip() else type(error).__name__}"
        }


if __name__ == "__main__":
    Image.MAX_IMAGE_PIXELS = None
    serve(answer)
