"""A bitmap of one thing as a value of the question's shape: mask, outline with holes, or box. Outlines need OpenCV."""

from __future__ import annotations

from typing import Any

from milo.builtin.predictors._live_tools import opencv


def shaped(shape: str | None, left: int, top: int, on: Any, size: tuple[int, int]) -> dict[str, Any] | None:
    """The thing whose bitmap `on` lies at (left, top) in a picture of `size` (height, width), without a label; None for one
    that is next to nothing."""
    import numpy as np

    if shape == "masks":
        from milo.stats import rle

        return {"size": [size[0], size[1]], "counts": rle.write_text(rle.from_bitmap(on, left, top, size))}
    if shape == "boxes":
        rows, columns = np.flatnonzero(on.any(axis=1)), np.flatnonzero(on.any(axis=0))
        x, y = float(columns[0] + left), float(rows[0] + top)
        return {"x": x, "y": y, "w": float(columns[-1] - columns[0] + 1), "h": float(rows[-1] - rows[0] + 1)}
    cv = opencv("Outlining things on images")
    found, nesting = cv.findContours(on.astype(np.uint8), cv.RETR_CCOMP, cv.CHAIN_APPROX_NONE)
    outer = max((i for i in range(len(found)) if nesting[0][i][3] < 0), key=lambda i: cv.contourArea(found[i]))
    rings = [_ring(cv, found[i], left, top) for i in (outer, *(i for i in range(len(found)) if nesting[0][i][3] == outer))]
    rings = [ring for ring in rings if ring is not None]
    return {"points": rings[0], **({"holes": rings[1:]} if len(rings) > 1 else {})} if rings else None


def _ring(cv: Any, contour: Any, left: int, top: int) -> list[list[float]] | None:
    """The corners of an outline, to about a pixel; None for one that is next to nothing."""
    corners = cv.approxPolyDP(contour, 1.0, True)[:, 0, :]
    if len(corners) < 3 or cv.contourArea(contour) < 4:
        return None
    return [[float(x + left) + 0.5, float(y + top) + 0.5] for x, y in corners]
