"""Things drawn on the pages of an image: held to the size of their page, compared and merged page by page."""

from __future__ import annotations

from typing import Any

import pytest

from milo.builtin.tasks.boxes import PLUGIN as BOXES
from milo.builtin.tasks.keypoints import PLUGIN as KEYPOINTS
from milo.builtin.tasks.lines import PLUGIN as LINES
from milo.builtin.tasks.masks import PLUGIN as MASKS
from milo.builtin.tasks.polygons import PLUGIN as POLYGONS
from milo.domain.errors import InvalidValue
from milo.domain.item import Item
from milo.domain.question import Field, Question
from milo.stats import rle

FIELDS = (Field("image", "image"),)
PAGES = {"media": 1, "mime": "image/tiff", "width": 80, "height": 60, "pages": 3, "sizes": [[80, 60, 2], [200, 150, 1]]}


def item(image: dict[str, Any]) -> Item:
    return Item(1, 1, 1, {"image": image})


def mask(size: tuple[int, int]) -> dict[str, Any]:
    import numpy as np

    return {"size": list(size), "counts": rle.write_text(rle.from_bitmap(np.ones((5, 5), bool), 4, 4, size))}


KINDS: list[tuple[Any, dict[str, Any], dict[str, Any]]] = [
    (BOXES, {"x": 10, "y": 10, "w": 20, "h": 15}, {}),
    (BOXES, {"x": 10, "y": 10, "w": 20, "h": 15, "angle": 30}, {"rotated": True}),
    (POLYGONS, {"points": [[10, 10], [40, 10], [40, 30]]}, {}),
    (LINES, {"points": [[10, 10], [40, 30]]}, {}),
    (KEYPOINTS, {"points": [[10, 10, 2], [40, 30, 1]]}, {"points": ["a", "b"]}),
    (MASKS, mask((60, 80)), {}),
]


def asked(kind: Any, config: dict[str, Any]) -> Question:
    return kind.check_config(Question("q", kind.name, config={"labels": ["a"], **config}), FIELDS)


@pytest.mark.parametrize(("kind", "thing", "config"), KINDS)
def test_the_page_counts_in_comparing_and_merging(kind: Any, thing: dict[str, Any], config: dict[str, Any]) -> None:
    question = asked(kind, config)
    first, second = ({**thing, "label": "a"} | ({"page": page} if page else {}) for page in (0, 1))
    both = kind.check(question, [second, first], None)
    assert [one.get("page") for one in both] == [None, 1]
    assert kind.agreement(question, both, both) == 1
    assert kind.agreement(question, kind.check(question, [first], None), kind.check(question, [second], None)) == 0
    assert [one.get("page") for one in kind.merge(question, [both, both, kind.check(question, [second], None)])] == [None, 1]
    assert "page" not in kind.check(question, [{**first, "page": 0}], None)[0]


@pytest.mark.parametrize(("kind", "thing", "config"), KINDS[:5])
def test_a_thing_lies_on_a_page_that_there_is(kind: Any, thing: dict[str, Any], config: dict[str, Any]) -> None:
    question = asked(kind, config)
    off = {"x": 150, "y": 100} if kind is BOXES else {"points": [[x + 140, y + 90, *v] for x, y, *v in thing["points"]]}
    far = {**thing, **off, "label": "a"}
    assert kind.check(question, [{**far, "page": 2}], item(PAGES))[0]["page"] == 2
    for page in (0, 1):
        with pytest.raises(InvalidValue, match="outside"):
            kind.check(question, [{**far, "page": page}], item(PAGES))
    for image, page in ((PAGES, 3), (PAGES, -1), ({"width": 80, "height": 60, "media": 1, "mime": "image/png"}, 1)):
        with pytest.raises(InvalidValue, match="there is no page"):
            kind.check(question, [{**thing, "label": "a", "page": page}], item(image))
