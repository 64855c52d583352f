"""Models in ONNX files of your own: classes and boxes as suggestions, masks by clicks.

Stands alone because the files are anybody's: what they take and give is read from names and shapes, and from a small adapter
beside them (see `_onnx_adapter`). The owner of the workspace registers a file; projects use it by name. Scores are the model's
own: of a class its probability, of a box its confidence; how often they are right, blind answers tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from milo.builtin.predictors import _onnx_detect as detect
from milo.builtin.predictors import _onnx_images as images
from milo.builtin.predictors import _onnx_segment as segment
from milo.builtin.predictors._content import image_fields, image_path
from milo.builtin.predictors._live_pictures import Tiled
from milo.builtin.predictors._onnx_adapter import Adapter, read_adapter
from milo.builtin.predictors._onnx_session import Opened, noted_labels, opened
from milo.builtin.predictors._onnx_tiled import outlined
from milo.builtin.predictors._outlines import shaped
from milo.builtin.predictors._own import check_own, labels_here
from milo.builtin.predictors._unlearned import Unlearned
from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidConfig, InvalidValue
from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate, Gesture

_IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
_SHAPES = frozenset({"label", "labels", "boxes"})
_DRAWN = frozenset({"masks", "polygons", "boxes"})
_SETTINGS = ("own", "min_score", "labels")
_UNREADABLE = (OSError, ValueError, SyntaxError, InvalidValue)


class OnnxModel(Unlearned):
    """Settings: `own`, the name of a registered file; `min_score` (default: the adapter's, 0.25), below which boxes and
    further labels are left out; `labels`, which label here stands for which of the model's, where they differ."""

    name = "onnx"
    title = "ONNX file"
    own = "onnx"

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """One label, several, or boxes, on an image."""
        return question.shape in _SHAPES and bool(image_fields(question, fields))

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """The settings, checked."""
        return check_own(config, _SETTINGS)

    def predict(
        self,
        question: Question,
        fields: tuple[Field, ...],
        config: dict[str, Any],
        model: bytes | None,
        items: Iterable[Candidate],
    ) -> Iterator[Prediction]:
        """A label, labels or boxes for each picture that can be decoded."""
        adapter: Adapter | None = None
        for item in items:
            path = image_path(item.data, image_fields(question, fields))
            if path is None:
                continue
            adapter = adapter or read_adapter(str(config["path"]))
            try:
                image = images.picture(path)
            except _UNREADABLE:
                continue
            found = _answer(adapter, question, config, image)
            if found is not None:
                yield Prediction(item.item_id, question.name, *found)

    def check_place(self, place: str, settings: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The absolute path of a file or folder on the server's disk; there are no further settings. Raises InvalidConfig."""
        if settings:
            raise InvalidConfig("Settings of an ONNX file are in the adapter beside it.", place="settings")
        read_adapter(place)
        return str(Path(place).resolve()), {}

    def describe(self, place: str, settings: dict[str, Any]) -> dict[str, Any]:
        """What a file is: its task, labels, and the size it takes; for who registers it. Raises InvalidConfig."""
        adapter = read_adapter(place)
        if adapter.task == "segment":
            decoder = opened(adapter.decoder)
            opened(adapter.encoder)
            return {"task": "segment", "kind": segment.dialect_of(decoder), "labels": []}
        model = opened(adapter.file)
        entry = next(iter(model.inputs.values()))
        size = images.wanted_size(entry.shape, adapter.size, 640 if _task_of(adapter, model) == "detect" else 224)
        labels = adapter.labels or noted_labels(model)
        return {"task": _task_of(adapter, model), "kind": f"{size[1]} x {size[0]}", "labels": labels}

    def refines(self, question: Question) -> bool:
        """Masks, polygons and boxes, where the file is an encoder with its decoder."""
        return question.shape in _DRAWN

    def refine(self, question: Question, item: Candidate, gesture: Gesture) -> dict[str, Any] | None:
        """The thing that the clicks and the box mean. The item's `meta` holds `own` (path and cache folder) and the picture's
        hash."""
        if not any(on for _, _, on in gesture.clicks) and gesture.box is None:
            raise InvalidValue("click on the thing, or draw a box around it, first")
        own: dict[str, Any] = item.meta["own"]
        adapter = read_adapter(str(own["path"]))
        if adapter.task != "segment":
            raise InvalidConfig("This file is no encoder with its decoder, so it cannot answer clicks.")
        shown = next(iter(item.data.values()))
        key, cache = str(item.meta.get("sha256", "")), str(own.get("cache", ""))
        if shown.get("tiles"):
            return outlined(adapter, question, Tiled(**shown["tiles"]), gesture, cache)
        found, size = segment.logits(adapter, segment.whole(shown["path"], key), gesture, cache)
        large = segment.enlarged(found, size)
        return None if large is None else shaped(question.shape, *large, size)


def _task_of(adapter: Adapter, model: Opened) -> str:
    if adapter.task:
        return adapter.task
    noted = {"classify": "classify", "detect": "detect", "segment": "detect", "pose": "detect"}.get(model.notes.get("task", ""))
    shape = model.shapes[model.outputs[0]]
    return noted or ("detect" if len(shape) == 3 else "classify")


def _answer(adapter: Adapter, question: Question, config: dict[str, Any], image: Any) -> tuple[Any, float | None] | None:
    if adapter.task == "segment":
        raise InvalidConfig("An encoder with its decoder answers clicks; it makes no suggestions by itself.")
    model = opened(adapter.file)
    task = _task_of(adapter, model)
    if (task == "detect") != (question.shape == "boxes"):
        raise InvalidConfig(
            f'This file finds {"boxes" if task == "detect" else "classes"}, which does not answer "{question.name}".'
        )
    labels = adapter.labels or noted_labels(model)
    if not labels:
        raise InvalidConfig('The file does not say what its outputs stand for. Write "labels" into the adapter beside it.')
    here = labels_here(question, labels, config.get("labels", {}))
    least = float(config.get("min_score") or adapter.min_score)
    if task == "detect":
        return _boxes(adapter, model, image, here, least), None
    return _classes(adapter, model, image, here, least, question.shape == "labels")


def _fed(adapter: Adapter, model: Opened, image: Any, default: int, fit: str) -> tuple[dict[str, Any], images.Fitted]:
    """The model's outputs for a picture, and how it was fitted."""
    entry = next(iter(model.inputs.values()))
    size = images.wanted_size(entry.shape, adapter.size, default)
    put = images.fitted(image, size, adapter.fit or fit, adapter.fill, adapter.place)
    mean, std = adapter.mean, adapter.std
    if fit == "crop" and mean is None and std is None and "names" not in model.notes:
        mean, std = _IMAGENET
    values = images.normalised(put.pixels, mean, std, adapter.channels)
    return model.run(**{entry.name: images.as_input(values, entry.shape)}), put


def _classes(
    adapter: Adapter, model: Opened, image: Any, here: list[str | None], least: float, several: bool
) -> tuple[Any, float | None] | None:
    import numpy as np

    out, _ = _fed(adapter, model, image, 224, "crop")
    scores = detect.probabilities(out[model.outputs[0]], adapter.scores or ("sigmoid" if several else ""))
    if len(scores) != len(here):
        raise InvalidConfig(f"The model has {len(scores)} outputs, and {len(here)} labels are named.")
    if several:
        chosen = [label for label, score in zip(here, scores, strict=True) if label is not None and score >= max(least, 0.5)]
        return (sorted(set(chosen), key=chosen.index), None) if chosen else None
    best = int(np.argmax(scores))
    label = here[best]
    return None if label is None else (label, float(sum(s for s, h in zip(scores, here, strict=True) if h == label)))


def _boxes(adapter: Adapter, model: Opened, image: Any, here: list[str | None], least: float) -> list[dict[str, Any]]:
    out, put = _fed(adapter, model, image, 640, "pad")
    rows = detect.read_rows(out[model.outputs[0]], adapter.rows, len(here), least)
    found = detect.keep_best(rows, adapter.overlap)
    boxes: list[dict[str, Any]] = []
    for (x1, y1, x2, y2), score, number in zip(
        found.boxes.tolist(), found.scores.tolist(), found.classes.tolist(), strict=True
    ):
        label = here[number] if 0 <= number < len(here) else None
        left, right = (min(max((x - put.left) / put.across, 0.0), float(image.width)) for x in (x1, x2))
        top, bottom = (min(max((y - put.top) / put.down, 0.0), float(image.height)) for y in (y1, y2))
        if label is not None and right - left >= 1 and bottom - top >= 1:
            place = {"x": round(left, 2), "y": round(top, 2), "w": round(right - left, 2), "h": round(bottom - top, 2)}
            boxes.append({**place, "label": label, "score": round(min(1.0, score), 4)})
    return boxes


PLUGIN = OnnxModel()
