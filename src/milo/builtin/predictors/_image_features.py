"""An image as a short vector of cheap features: layout of colours, edges and their directions, and colours overall.

Good for looks, layout, texture and near duplicates; it knows nothing of what things are. About 3 ms an image plus decoding.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DIMENSION = 192 + 256 + 441 + 64
"""8 x 8 colour thumbnail, 16 x 16 grey thumbnail, 7 x 7 cells of 9 directions, 4 x 4 x 4 colours."""
_LARGEST = 60_000_000
_UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    struct.error,
    IndexError,
    KeyError,
    TypeError,
    MemoryError,
    zlib.error,
)
"""What Pillow raises for files that are damaged, cut off or no images."""


def features_of(path: str) -> Floats | None:
    """The features of an image file, float64, shape (DIMENSION,), length 1; None if it cannot be read or is larger than 60
    megapixels. The image is turned upright first; transparency is laid on white."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            colour = _pixels(Path(path))
    except (*_UNREADABLE, _bomb()):
        return None
    return None if colour is None else vector(colour)


def _bomb() -> type[Exception]:
    from PIL import Image

    return Image.DecompressionBombError


def _pixels(path: Path) -> Floats | None:
    """The image as 64 x 64 RGB in 0..1."""
    from PIL import Image, ImageOps

    with Image.open(path) as image:
        if image.width * image.height > _LARGEST:
            return None
        image.draft("RGB", (128, 128))
        upright = ImageOps.exif_transpose(image)
        if upright.has_transparency_data:
            over = upright.convert("RGBA")
            upright = Image.alpha_composite(Image.new("RGBA", over.size, "white"), over)
        small = upright.convert("RGB").resize((64, 64), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float64) / 255.0


def vector(colour: Floats) -> Floats:
    """The features of 64 x 64 RGB pixels in 0..1; each of the four blocks has the same length."""
    grey = colour @ np.array([0.299, 0.587, 0.114])
    layout = colour.reshape(8, 8, 8, 8, 3).mean(axis=(1, 3)).ravel()
    shades = grey.reshape(16, 4, 16, 4).mean(axis=(1, 3)).ravel()
    bins = np.minimum((colour * 4).astype(np.int64), 3) @ np.array([16, 4, 1])
    colours = np.sqrt(np.bincount(bins.ravel(), minlength=64) / bins.size)
    blocks = [layout - layout.mean(), shades - shades.mean(), directions(grey), colours]
    return np.concatenate([_unit(b) for b in blocks]) / 2.0


def directions(grey: Floats) -> Floats:
    """Histograms of oriented gradients: 8 x 8 cells of 9 directions, each 2 x 2 neighbours normalised together and
    summed up, shape (441,). Source: Dalal and Triggs, CVPR 2005, simplified."""
    down, across = np.gradient(grey)
    strength = np.hypot(down, across)
    angle = (np.arctan2(down, across) % np.pi) / np.pi * 9
    low = np.floor(angle).astype(np.int64)
    share = angle - low
    rows, columns = np.indices(grey.shape) // 8
    cell = (rows * 8 + columns) * 9
    flat = np.bincount((cell + low % 9).ravel(), (strength * (1 - share)).ravel(), 576)
    flat += np.bincount((cell + (low + 1) % 9).ravel(), (strength * share).ravel(), 576)
    cells = flat.reshape(8, 8, 9)
    blocks = np.stack([cells[:-1, :-1], cells[1:, :-1], cells[:-1, 1:], cells[1:, 1:]])
    length = np.sqrt((blocks**2).sum(axis=(0, 3)) + 1e-4)
    return np.sqrt(blocks.mean(axis=0) / length[:, :, None]).ravel()


def stacked(paths: list[str | None]) -> tuple[Any, list[int]]:
    """The features of those files that could be read, shape (n, DIMENSION), and which they are."""
    found = [(i, f) for i, path in enumerate(paths) if path and (f := features_of(path)) is not None]
    table = np.array([f for _, f in found]) if found else np.empty((0, DIMENSION))
    return table, [i for i, _ in found]


def _unit(block: Floats) -> Floats:
    return block / max(1e-9, float(np.linalg.norm(block)))
