"""Sample project: handwritten digits, drawn from the data set that comes with scikit-learn.

The source is the test set of "Optical Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak, UCI, 1998), 8 by 8 pixels
with 17 grey levels, as bundled by scikit-learn. Each is enlarged to 160 by 160 pixels, dark ink on light paper.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import msgspec

from milo.builtin.demo.sample import Sample
from milo.domain.policy import Policy
from milo.domain.project import ProjectSpec
from milo.domain.question import Field, Question

COUNT = 300
SIZE = 160
PAPER, INK = 250, 22

GUIDELINES = """# Which digit is it?

Press the key of the digit that the writer meant. Judge the whole shape; a missing or crooked stroke does not matter. If you
cannot tell, skip the picture and say why.

## 0

A closed loop, taller than wide. A loop with a tail below is `9`, one with a tail above is `6`.

## 1

One stroke, with or without a flag at the top or a line at the foot.

## 2

A curve open to the left, ending in a line at the bottom.

## 3

Two curves open to the left, one above the other.

## 4

An angle or open top with a long downstroke on the right. If the top is closed and round, it is `9`.

## 5

A short line at the top, then a belly open to the left.

## 6

A loop at the bottom with a tail that leads up.

## 7

A line at the top, then one stroke down. A short bar across the middle is still `7`.

## 8

Two loops, one above the other; the upper one may be very small.

## 9

A loop at the top with a tail that leads down.
"""


def pictures() -> Iterator[tuple[int, Any]]:
    """(digit, grey image of 160 by 160 pixels), `COUNT` of them, always the same ones in the same order."""
    import numpy as np
    from PIL import Image
    from sklearn.datasets import load_digits

    data: Any = load_digits()
    for grid, digit in zip(data.images[:COUNT], data.target[:COUNT], strict=True):
        small = Image.fromarray(np.pad(grid * (255 / 16), 1).astype("uint8"))
        big = np.asarray(small.resize((SIZE, SIZE), Image.Resampling.BICUBIC), dtype="float64") / 255
        edge = np.clip((big - 0.32) / 0.42, 0, 1)
        ink = edge * edge * (3 - 2 * edge)
        yield int(digit), Image.fromarray((PAPER - ink * (PAPER - INK)).astype("uint8"))


def files() -> Iterator[tuple[str, bytes]]:
    """The pictures, and a table of them. The file names say nothing of the digit."""
    table: list[bytes] = []
    for number, (_, sheet) in enumerate(pictures(), 1):
        name = f"digit-{number:03d}.png"
        stream = io.BytesIO()
        sheet.save(stream, "PNG", compress_level=3)
        table.append(msgspec.json.encode({"id": f"D-{number:03d}", "image": name, "source": "uci-test"}))
        yield name, stream.getvalue()
    yield "digits.jsonl", b"\n".join(table) + b"\n"


SAMPLE = Sample(
    spec=ProjectSpec(
        name="Handwritten digits",
        description="Which digit did the writer mean? One key for each picture.",
        guidelines=GUIDELINES,
        fields=(Field("image", "image", "Picture"),),
        questions=(
            Question(
                name="digit",
                type="choice",
                title="Which digit is it?",
                config={"labels": [{"value": str(d), "key": str(d)} for d in range(10)]},
            ),
        ),
        policy=Policy(order="random"),
        predictors=(
            {"name": "digit_classifier", "plugin": "image_classifier", "question": "digit"},
            {"name": "digit_lookalike", "plugin": "nearest", "question": "digit"},
        ),
    ),
    files=files,
)
