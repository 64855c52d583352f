"""Masks as Label Studio keeps what a brush painted.

Stands alone because it is a small bit stream of its own: a head (32 bits: how many values; 5 bits: bits of a value less one;
four times 4 bits: bits of a length less one), then blocks. A block begins with a bit (1: one value repeated, 0: values one by
one), two bits (which of the four lengths) and the length less one. The values are red, green, blue and alpha of every pixel,
row by row; what is not transparent belongs to the thing.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

MAX_PIXELS = 120_000_000
_SIZES = (3, 4, 8, 16)
_WORD = 8


class _Bits:
    """Reads numbers from bytes, high bit first. Raises ValueError beyond the end."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def take(self, count: int) -> int:
        """The next bits as a number."""
        first, last = self._at // 8, (self._at + count + 7) // 8
        if last > len(self._content):
            raise ValueError("the runs of the brush are cut short")
        word = int.from_bytes(self._content[first:last], "big")
        self._at += count
        return word >> (last * 8 - self._at) & ((1 << count) - 1)


def decoded(numbers: Any, width: int, height: int) -> str:
    """The runs of a brush as COCO's compressed text. Raises ValueError for what is none."""
    import numpy as np

    from milo.stats import rle

    if not isinstance(numbers, list) or not all(isinstance(n, int) and 0 <= n < 256 for n in numbers):
        raise ValueError("the runs of the brush are not bytes")
    if not (0 < width * height <= MAX_PIXELS):
        raise ValueError(f"a picture of {width} x {height} pixels is too large for a brush")
    bits = _Bits(bytes(numbers))
    count, word = bits.take(32), bits.take(5) + 1
    sizes = [bits.take(4) + 1 for _ in range(4)]
    if count != width * height * 4:
        raise ValueError(
            f"the runs of the brush fill {count:,} values; a picture of {width} x {height} has {width * height * 4:,}"
        )
    flat, at = np.zeros(count, np.uint8), 0
    while at < count:
        repeated = bits.take(1)
        end = at + 1 + bits.take(sizes[bits.take(2)])
        if end > count:
            raise ValueError("the runs of the brush are longer than its picture")
        if repeated:
            flat[at:end] = min(255, bits.take(word))
        else:
            flat[at:end] = [min(255, bits.take(word)) for _ in range(end - at)]
        at = end
    on = flat.reshape(height, width, 4)[:, :, 3] > 0
    return rle.write_text(rle.from_bitmap(on, 0, 0, (height, width)))


def encoded(counts: str, size: tuple[int, int]) -> list[int]:
    """COCO's compressed text as the runs of a brush."""
    import numpy as np

    from milo.stats import rle

    left, top, part = rle.to_bitmap(rle.read_text(counts), size)
    whole = np.zeros(size, bool)
    whole[top : top + part.shape[0], left : left + part.shape[1]] = part
    row = whole.ravel()
    edges = np.concatenate([[0], np.flatnonzero(row[1:] != row[:-1]) + 1, [len(row)]])
    out = f"{len(row) * 4:032b}{_WORD - 1:05b}" + "".join(f"{size - 1:04b}" for size in _SIZES)
    blocks = [out]
    for start, end in pairwise(edges.tolist()):
        blocks += _blocks((end - start) * 4, 255 if row[start] else 0)
    bits = "".join(blocks)
    bits += "0" * (-len(bits) % 8)
    return list(int(bits, 2).to_bytes(len(bits) // 8, "big"))


def _blocks(length: int, value: int) -> list[str]:
    """A repeated value, in pieces no longer than a length can say."""
    out: list[str] = []
    while length:
        piece = min(length, 1 << _SIZES[-1])
        kind = next(i for i, size in enumerate(_SIZES) if piece <= 1 << size)
        out.append(f"1{kind:02b}{piece - 1:0{_SIZES[kind]}b}{value:0{_WORD}b}")
        length -= piece
    return out
