"""Pictures as the live tools look at them: any part, made as small as is wanted. A picture in one piece is decoded once; of one
that lies in tiles only those under the part are, at the level that is fine enough.

Stands alone because a tool should not know how a picture is kept. The child process remembers the last picture, and of tiles
those used last, so that the next gesture is quick.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Any

from milo.domain.errors import InvalidValue
from milo.kinds.predictor import Candidate

MAX_PIXELS = 120_000_000
NEAR = 1024
"""How far around clicks a thing is looked for on a picture in tiles, in pixels."""
_TILES_KEPT = 64
Area = tuple[int, int, int, int]
"""Left, top, right, bottom in whole pixels."""
_kept: dict[str, Any] = {}


class Whole:
    """A picture in one piece: `pixels`, BGR."""

    def __init__(self, pixels: Any) -> None:
        self.pixels = pixels
        self.height, self.width = pixels.shape[:2]

    def around(self, points: list[tuple[float, float]]) -> Area:
        """Where a thing at these points may be: anywhere."""
        return 0, 0, self.width, self.height

    def part(self, cv: Any, area: Area, side: int) -> Any:
        """A part, at most `side` pixels a side and at least two."""
        left, top, right, bottom = area
        return _resized(cv, self.pixels[top:bottom, left:right], (right - left, bottom - top), side)


class Tiled:
    """A picture as tiles in a folder, as `milo.infra.tile_work` cuts them."""

    def __init__(self, folder: str, width: int, height: int, tile: int, levels: int) -> None:
        self.folder, self._tile, self._levels = Path(folder), tile, levels
        self.width, self.height = width, height

    def around(self, points: list[tuple[float, float]]) -> Area:
        """Where a thing at these points may be: not far off."""
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        left, top = max(0, int(min(xs)) - NEAR), max(0, int(min(ys)) - NEAR)
        return left, top, min(self.width, int(max(xs)) + NEAR), min(self.height, int(max(ys)) + NEAR)

    def part(self, cv: Any, area: Area, side: int) -> Any:
        """A part, at most `side` pixels a side and at least two."""
        left, top, right, bottom = area
        return _resized(cv, self.pixels(area, side), (right - left, bottom - top), side)

    def smaller(self, area: Area, side: int) -> int:
        """How many times smaller the coarsest level is that is fine enough: where the part's longer side has `side` pixels
        or more, but less than twice as many; 1 where it has fewer from the start."""
        longest = max(area[2] - area[0], area[3] - area[1])
        found = 1
        while 2 * found < 2**self._levels and longest / (2 * found) >= side:
            found *= 2
        return found

    def pixels(self, area: Area, side: int) -> Any:
        """A part, BGR, from that level."""
        import numpy as np

        left, top, right, bottom = area
        smaller = self.smaller(area, side)
        level = self._levels - smaller.bit_length()
        x0, y0, x1, y1 = left // smaller, top // smaller, ceil(right / smaller), ceil(bottom / smaller)
        found = np.zeros((y1 - y0, x1 - x0, 3), np.uint8)
        for row in range(y0 // self._tile, (y1 - 1) // self._tile + 1):
            for column in range(x0 // self._tile, (x1 - 1) // self._tile + 1):
                tile = _tile_at(str(self.folder / str(level) / f"{column}_{row}.jpg"))
                x, y = column * self._tile - x0, row * self._tile - y0
                inside = tile[max(0, -y) : found.shape[0] - y, max(0, -x) : found.shape[1] - x]
                found[max(0, y) : max(0, y) + inside.shape[0], max(0, x) : max(0, x) + inside.shape[1]] = inside
        return found


def picture_of(item: Candidate) -> Whole | Tiled:
    """The item's picture. Raises InvalidValue for one in one piece that is too large for that."""
    shown: dict[str, Any] = next(iter(item.data.values()))
    if shown.get("tiles"):
        return Tiled(**shown["tiles"])
    path = str(shown["path"])
    if path not in _kept:
        pixels = _decoded(path)
        _kept.clear()
        _kept[path] = Whole(pixels)
    return _kept[path]


def key_of(item: Candidate) -> str:
    """What tells the item's picture from others."""
    shown: dict[str, Any] = next(iter(item.data.values()))
    return str(shown["tiles"]["folder"] if shown.get("tiles") else shown["path"])


def _decoded(path: str) -> Any:
    import numpy as np
    from PIL import Image, ImageOps

    with Image.open(path) as image:
        if image.width * image.height > MAX_PIXELS:
            raise InvalidValue(f"{image.width:,} x {image.height:,} pixels are more than {MAX_PIXELS // 1_000_000} megapixels")
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))[:, :, ::-1].copy()


@lru_cache(_TILES_KEPT)
def _tile_at(path: str) -> Any:
    return _decoded(path)


def _resized(cv: Any, pixels: Any, size: tuple[int, int], side: int) -> Any:
    """Pixels of a part of `size` as so many as are wanted of it."""
    scale = min(1.0, side / max(size))
    wanted = (max(2, round(size[0] * scale)), max(2, round(size[1] * scale)))
    return pixels if pixels.shape[1::-1] == wanted else cv.resize(pixels, wanted, interpolation=cv.INTER_AREA)
