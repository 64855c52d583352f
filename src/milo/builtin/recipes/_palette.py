"""Label colours: the palette of Okabe and Ito (2008), made a little darker or lighter where it was too close to a ground.

Stands alone because every recipe draws from it. Each colour has a contrast of at least 3 to 1 on white and on near-black
(WCAG 2.2, graphical objects), and the colours stay apart under the common kinds of colour blindness.
"""

from __future__ import annotations

from typing import Any

BLUE = "#2B7BBA"
VERMILLION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#B8609A"
SKY = "#3A94CF"
ORANGE = "#B97A00"
OLIVE = "#8C8200"
GREY = "#7A7F87"
ORDER = (BLUE, VERMILLION, GREEN, PURPLE, SKY, ORANGE, OLIVE, GREY)


def label(value: str, color: str, description: str, *, title: str | None = None, parent: str | None = None) -> dict[str, Any]:
    """One entry of a label set."""
    entry: dict[str, Any] = {"value": value, "color": color, "description": description}
    if title is not None:
        entry["title"] = title
    return entry if parent is None else entry | {"parent": parent}
