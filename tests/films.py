"""Videos made for tests: every frame carries its own number, so that nothing can be mistaken for its neighbour."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

BITS = 10
CELL = 12
"""Pixels a side of each square of the number."""
WIDTH, HEIGHT = 160, 96


def picture(number: int, width: int = WIDTH, height: int = HEIGHT) -> Any:
    """A frame with its number in squares along the top, black and white, the highest bit first; below it a moving block."""
    image = np.full((height, width, 3), 90, np.uint8)
    image[:, :, 2] = np.linspace(40, 200, width).astype(np.uint8)
    for bit in range(BITS):
        on = number >> (BITS - 1 - bit) & 1
        image[2 : 2 + CELL, 8 + bit * CELL : 8 + (bit + 1) * CELL] = 255 if on else 0
    x = 8 + number * 3 % (width - 40)
    image[height - 40 : height - 16, x : x + 24] = (220, 60, 40)
    return image


def number_in(image: Any) -> int:
    """The number that a picture of at least 8 bits a pixel shows, whatever its size."""
    pixels = np.asarray(image)[..., :3].mean(axis=-1)
    scale = pixels.shape[1] / WIDTH
    row = int((2 + CELL / 2) * scale)
    found = 0
    for bit in range(BITS):
        found = found * 2 + int(pixels[row, int((8 + (bit + 0.5) * CELL) * scale)] > 128)
    return found


def write(
    path: Path,
    times: list[float],
    *,
    codec: str = "libx264",
    gop: int = 12,
    b_frames: int = 2,
    options: dict[str, str] | None = None,
    numbers: list[int] | None = None,
) -> Path:
    """A video of numbered frames, shown at the given times (seconds)."""
    import av

    base = Fraction(1, 90_000)
    more = {"bf": str(b_frames), "crf": "18"} if codec.startswith("libx264") else {}
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=30, options=more | (options or {}))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p" if codec != "mjpeg" else "yuvj420p"
        stream.gop_size = gop
        stream.time_base = stream.codec_context.time_base = base
        for n, time in zip(numbers or range(len(times)), times, strict=True):
            frame = av.VideoFrame.from_ndarray(picture(n), format="rgb24")
            frame.pts, frame.time_base = round(time / base), base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def even(count: int, rate: float = 30.0) -> list[float]:
    """The times of a constant rate."""
    return [n / rate for n in range(count)]


def uneven(count: int) -> list[float]:
    """Times of a variable rate: short and long steps in turn, and a pause."""
    steps = [0.02 + 0.05 * (n % 3) + (0.6 if n == count // 2 else 0.0) for n in range(count)]
    return [round(sum(steps[:n]), 6) for n in range(count)]


def turn_clockwise(path: Path) -> None:
    """Have an MP4 say that it is shown turned by 90 degrees clockwise."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4
    matrix = at + 4 + (32 if data[at] == 1 else 20) + 16
    struct.pack_into(">9i", data, matrix, 0, 1 << 16, 0, -(1 << 16), 0, 0, HEIGHT << 16, 0, 1 << 30)
    path.write_bytes(data)
