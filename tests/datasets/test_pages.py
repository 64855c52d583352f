"""Formats that know no pages say what of later pages they leave out, and write only what lies on the first."""

from __future__ import annotations

import io
from typing import Any

import pytest

from milo.domain.question import Field
from milo.kinds.registry import Registry
from milo.stats.rle import write_text
from milo.testing.builders import make_context, make_export_row, make_question, make_spec

REGISTRY = Registry()
REGISTRY.load_package("milo.builtin")
MEDIA = {"media": 1, "mime": "image/tiff", "name": "a.tif", "width": 100, "height": 80, "pages": 3}
BOXES = [{"x": 1.0, "y": 2.0, "w": 30.0, "h": 20.0, "label": "cat", "page": page} for page in (0, 1, 2)]
MASKS = [{"size": [80, 100], "counts": write_text([0, 8000]), "label": "cat", "page": page} for page in (0, 1, 2)]


@pytest.mark.parametrize(
    "name", ["coco", "yolo", "voc", "cvat_images", "labelme", "class_maps", "coco_panoptic", "hocr", "alto", "label_studio"]
)
def test_what_lies_on_later_pages_is_left_out_and_told(name: str) -> None:
    kind, value = ("masks", MASKS) if name in ("class_maps", "coco_panoptic") else ("boxes", BOXES)
    question = make_question(kind, {"labels": ["cat"]}, field="image")
    spec = make_spec([question], fields=[Field("image", "image")])
    context = make_context(spec, REGISTRY.task_types.all())

    def written(things: list[dict[str, Any]]) -> tuple[bytes, list[str]]:
        out = io.BytesIO()
        row = make_export_row({question.name: things}, {"image": MEDIA}, key="a")
        report = REGISTRY.formats.get(name).write([row], out, context)
        return out.getvalue(), report.lost

    _, lost = written(value)
    told = [line for line in lost if "on pages after the first, left out" in line]
    assert [line.rpartition(": ")[2] for line in told] == ["2"]
    assert not any("on pages after" in line for line in written(value[:1])[1])


@pytest.mark.parametrize("name", ["mot", "cvat_video"])
def test_formats_of_videos_tell_of_pictures_with_pages(name: str) -> None:
    tracks = make_question("tracks", {"labels": ["cat"]}, field="film")
    spec = make_spec(
        [tracks, make_question("boxes", {"labels": ["cat"]}, field="image")],
        fields=[Field("film", "video"), Field("image", "image")],
    )
    row = make_export_row({spec.questions[1].name: BOXES}, {"image": MEDIA}, key="a")
    report = REGISTRY.formats.get(name).write([row], io.BytesIO(), make_context(spec, REGISTRY.task_types.all()))
    assert any("items without a picture of known size, left out: 1" in line for line in report.lost)
