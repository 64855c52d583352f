"""Pictures on their way into a model: upright, fitted into its size, normalised; and the way back from its pixels to theirs."""

from __future__ import annotations

from typing import Any, NamedTuple

from milo.domain.errors import InvalidConfig, InvalidValue

MAX_PIXELS = 120_000_000


class Fitted(NamedTuple):
    """The picture in the model's size, shape (height, width, 3), 0..255 as float32; a place x there is (x - left) / across,
    and a place y (y - top) / down, in the picture."""

    pixels: Any
    across: float
    down: float
    left: float
    top: float


def picture(path: str) -> Any:
    """The upright picture as a Pillow image. Raises InvalidValue for one that is too large."""
    from PIL import Image, ImageOps

    with Image.open(path) as image:
        if image.width * image.height > MAX_PIXELS:
            raise InvalidValue(f"{image.width:,} x {image.height:,} pixels are more than {MAX_PIXELS // 1_000_000} megapixels")
        return ImageOps.exif_transpose(image).convert("RGB")


def upright_size(path: str) -> tuple[int, int]:
    """Height and width of the upright picture, without decoding it."""
    from PIL import Image

    with Image.open(path) as image:
        turned = image.getexif().get(0x0112) in (5, 6, 7, 8)
        return (image.width, image.height) if turned else (image.height, image.width)


def fitted(image: Any, size: tuple[int, int], fit: str, fill: int = 0, place: str = "middle") -> Fitted:
    """The picture brought to `size` (height, width) by padding, stretching or cutting out the middle."""
    import numpy as np
    from PIL import Image

    height, width = size
    if fit == "stretch":
        pixels = np.asarray(image.resize((width, height), Image.Resampling.BILINEAR), np.float32)
        return Fitted(pixels, width / image.width, height / image.height, 0.0, 0.0)
    choose = max if fit == "crop" else min
    scale = choose(width / image.width, height / image.height)
    small = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))), Image.Resampling.BILINEAR)
    room_x, room_y = width - small.width, height - small.height
    left, top = (0, 0) if place == "corner" and fit != "crop" else (room_x // 2, room_y // 2)
    page = Image.new("RGB", (width, height), (fill, fill, fill))
    page.paste(small, (left, top))
    pixels = np.asarray(page, np.float32)
    return Fitted(pixels, small.width / image.width, small.height / image.height, float(left), float(top))


def normalised(pixels: Any, mean: list[float] | None, std: list[float] | None, channels: str = "rgb") -> Any:
    """(v / 255 - mean) / std, in the order of channels that is wanted; mean 0 and std 1 where they are not given."""
    import numpy as np

    values = pixels / np.float32(255.0)
    if mean is not None:
        values = values - np.asarray(mean, np.float32)
    if std is not None:
        values = values / np.asarray(std, np.float32)
    return values[:, :, ::-1] if channels == "bgr" else values


def as_input(values: Any, shape: tuple[int | None, ...]) -> Any:
    """Pixels (height, width, 3) in the order that an input of this shape wants: one picture, channels first or last, one or
    three."""
    import numpy as np

    if len(shape) == 3:
        return values
    if len(shape) != 4:
        raise InvalidConfig(f"The model's input has {len(shape)} dimensions; pictures have 4 (or 3, height, width, channels).")
    first = shape[1] in (1, 3) or shape[3] not in (1, 3)
    if (shape[1] if first else shape[3]) == 1:
        values = values.mean(axis=2, keepdims=True)
    return np.ascontiguousarray(values.transpose(2, 0, 1) if first else values)[None]


def wanted_size(shape: tuple[int | None, ...], given: tuple[int, int] | None, default: int) -> tuple[int, int]:
    """Height and width that the model wants: as the adapter says, else as the input's shape says, else the default."""
    if given is not None:
        return given
    first = len(shape) == 4 and (shape[1] in (1, 3) or shape[3] not in (1, 3))
    height, width = (shape[2], shape[3]) if first else (shape[1], shape[2]) if len(shape) == 4 else (None, None)
    return height or default, width or default
