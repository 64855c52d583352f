"""A live tool: the picture cut into small cells along its edges, which a person gathers into masks. No model, no network.

Stands alone because it answers once for all cells in view, and not for one thing: `box` is the part of the picture that the
person sees, and the answer is {"box": [x, y, w, h], "size": [rows, columns], "runs": [cell, length, ...]}: the cells row after
row, the rows of `size` spread evenly over `box`. Cells are about 20 pixels of the screen wide; zoomed in, they are finer.
Source: watershed by flooding (Meyer 1992), as OpenCV has it, from one marker in each square of a grid, put where the picture
changes least (as SLIC does, Achanta et al. 2012).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from milo.builtin.predictors._live_tools import LiveOnly, opencv, window
from milo.domain.question import Question
from milo.kinds.predictor import Candidate, Gesture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIDE = 640
CELL = 16
"""Side of a square of the grid, in pixels of the window."""


class Superpixels(LiveOnly):
    """Answers gestures only; it makes no suggestions by itself."""

    name = "superpixels"
    title = "Cells along edges (superpixels)"

    def refines(self, question: Question) -> bool:
        """Masks."""
        return question.shape == "masks"

    def refine(self, question: Question, item: Candidate, gesture: Gesture) -> dict[str, Any] | None:
        """All cells of the part that is in view."""
        cv = opencv("Superpixels")
        part = window(cv, item, gesture.box, SIDE)
        cells = cut(cv, part.pixels)
        return {
            "box": [part.left, part.top, part.width, part.height],
            "size": [int(cells.shape[0]), int(cells.shape[1])],
            "runs": _runs(cells),
        }


def cut(cv: Any, pixels: NDArray[np.uint8]) -> NDArray[np.int32]:
    """The number of each pixel's cell, from 1; shape (rows, columns). Every cell hangs together."""
    import numpy as np

    smooth = cv.GaussianBlur(pixels, (5, 5), 0)
    markers = _markers(cv, smooth)
    cells = cv.watershed(smooth, markers)
    # The lines between cells are one pixel wide: each of their pixels goes to a cell beside it.
    while (cells < 1).any():
        grown = cv.dilate(np.where(cells < 1, 0, cells).astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32)
        cells = np.where(cells < 1, grown, cells)
    return cells


def _markers(cv: Any, pixels: NDArray[np.uint8]) -> NDArray[np.int32]:
    """One marker in each square of the grid, at the pixel in its inner half with the weakest edge."""
    import numpy as np

    grey = cv.cvtColor(pixels, cv.COLOR_BGR2GRAY)
    edges = cv.magnitude(cv.Sobel(grey, cv.CV_32F, 1, 0), cv.Sobel(grey, cv.CV_32F, 0, 1))
    rows, columns = grey.shape
    markers = np.zeros((rows, columns), np.int32)
    number = 1
    for top in range(0, rows, CELL):
        for left in range(0, columns, CELL):
            inner = edges[top + CELL // 4 : top + 3 * CELL // 4, left + CELL // 4 : left + 3 * CELL // 4]
            if inner.size == 0:
                continue
            row, column = np.unravel_index(int(inner.argmin()), inner.shape)
            markers[top + CELL // 4 + row, left + CELL // 4 + column] = number
            number += 1
    if number == 1:
        markers[rows // 2, columns // 2] = 1
    return markers


def _runs(cells: NDArray[np.int32]) -> list[int]:
    """[cell, length, cell, length, ...] over all pixels, row after row."""
    import numpy as np

    flat = cells.ravel()
    starts = np.concatenate([[0], np.flatnonzero(np.diff(flat)) + 1])
    lengths = np.diff(np.concatenate([starts, [flat.size]]))
    return np.stack([flat[starts], lengths], axis=1).ravel().tolist()


PLUGIN = Superpixels()
