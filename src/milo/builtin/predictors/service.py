"""Services that speak Label Studio's ML backend protocol: tasks and the label config go out, predictions come back as
suggestions.

Stands alone because the models, and the code that runs them, are somebody else's. What comes back is read by the format
"label_studio", which is found through the registry, as any format is. The owner of the workspace registers the address.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, cast

import msgspec

from milo.builtin.predictors._ml_backend import SECONDS, Backend, check_address
from milo.builtin.predictors._own import check_own
from milo.builtin.predictors._unlearned import Unlearned
from milo.domain.addresses import is_this_machine
from milo.domain.annotation import Prediction
from milo.domain.errors import InvalidConfig, InvalidValue, ModelRefused
from milo.domain.question import Field, Question
from milo.domain.reading import read_data
from milo.kinds.format import Row, Source
from milo.kinds.predictor import Candidate
from milo.kinds.registry import Registry

_SHAPES = frozenset({"label", "labels", "number", "text", "spans", "relations", "boxes"})
_AT_ONCE = 8
_MOST_FAILURES = 5
_MOST_INLINE = 8 << 20
_SIZES = "sizes"
"""Kept beside a task, and not sent."""


class Service(Unlearned):
    """Setting: `own`, the name of a registered service."""

    name = "service"
    title = "Service (Label Studio ML backend)"
    why = "A service answers as it is and does not learn here."
    own = "service"
    wants_label_config = True

    def accepts(self, question: Question, fields: tuple[Field, ...]) -> bool:
        """What the format can carry."""
        return question.shape in _SHAPES

    def check_config(self, config: dict[str, Any], question: Question) -> dict[str, Any]:
        """The settings, checked."""
        return check_own(config, ("own",))

    def check_place(self, place: str, settings: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The address, and settings: `timeout` in seconds, `files`: "path" or "inline". Raises InvalidConfig."""
        return check_address(place, settings)

    def is_local(self, place: str) -> bool:
        """Whether the service runs on this machine; to one elsewhere, data leaves."""
        return is_this_machine(place)

    def describe(self, place: str, settings: dict[str, Any]) -> dict[str, Any]:
        """Ask the service whether it is well."""
        with Backend(place, float(settings.get("timeout", SECONDS))) as backend:
            said = backend.health()
        if str(said.get("status", "UP")).upper() != "UP":
            raise ModelRefused(f'The service says that it is not well: status "{str(said.get("status"))[:80]}".')
        return {"task": "answer", "kind": str(said.get("model_class") or "it answers")[:80], "labels": []}

    def predict(
        self,
        question: Question,
        fields: tuple[Field, ...],
        config: dict[str, Any],
        model: bytes | None,
        items: Iterable[Candidate],
    ) -> Iterator[Prediction]:
        """What the service says of the items, eight at a time; those that it fails at are passed over."""
        settings: dict[str, Any] = config.get("settings", {})
        reader, label_config = _Reader(question), str(config["label_config"])
        sent = tuple(f for f in fields if f.name in config.get("fields", [f.name]))
        answered, failed = False, 0
        refusal: ModelRefused | None = None
        source = iter(items)
        batch = list(islice(source, _AT_ONCE))
        if not batch:
            return
        with Backend(str(config["path"]), float(settings.get("timeout", SECONDS))) as backend:
            backend.setup(label_config)
            while batch:
                tasks = [_task(question, item, sent, settings.get("files", "path") == "inline") for item in batch]
                for part in _parts(backend, tasks, label_config):
                    if not isinstance(part, ModelRefused):
                        answered, failed = True, 0
                        yield from reader.read(*part)
                        continue
                    failed += 1
                    if failed >= _MOST_FAILURES:
                        raise part
                    refusal = part
                batch = list(islice(source, _AT_ONCE))
        if not answered and refusal is not None:
            raise refusal


def _parts(backend: Backend, tasks: list[dict[str, Any]], label_config: str) -> Iterator[Any]:
    """(tasks, predictions); where the service refuses several at once, one by one, or the refusal itself."""
    try:
        sent = [{name: value for name, value in task.items() if name != _SIZES} for task in tasks]
        yield tasks, backend.predict(sent, label_config)
        return
    except ModelRefused as error:
        if len(tasks) == 1:
            yield error
            return
    for task in tasks:
        yield from _parts(backend, [task], label_config)


def _task(question: Question, item: Candidate, fields: tuple[Field, ...], inline: bool) -> dict[str, Any]:
    """An item as a task, without its metadata: texts as the question reads them, a file as its path on this machine, or in the
    request."""
    data: dict[str, Any] = {}
    known = read_data(question, item.data)
    for field in fields:
        value = known.get(field.name)
        if isinstance(value, dict) and "path" in value:
            media = cast("dict[str, Any]", value)
            data[field.name] = _inline(media) if inline else str(media["path"])
        elif value is not None:
            data[field.name] = value
    return {"id": item.item_id, "data": data, _SIZES: _sizes(item)}


def _inline(media: dict[str, Any]) -> str:
    path = Path(str(media["path"]))
    if path.stat().st_size > _MOST_INLINE:
        raise InvalidConfig(
            f"{path.name} is larger than {_MOST_INLINE >> 20} MiB, which is too large for a request. Run the service on this "
            'machine and register it with files "path".'
        )
    return f"data:{media.get('mime', 'application/octet-stream')};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _sizes(item: Candidate) -> dict[str, Any]:
    """Width and height of the item's picture, which results need that do not name them."""
    for value in item.data.values():
        if isinstance(value, dict) and "width" in value:
            media = cast("dict[str, Any]", value)
            return {"original_width": media["width"], "original_height": media.get("height")}
    return {}


class _Reader:
    """Reads predictions by the format's own rules."""

    def __init__(self, question: Question) -> None:
        registry = Registry()
        registry.load_package("milo.builtin", ("tasks", "formats"))
        self._format = registry.formats.get("label_studio")
        self._task = registry.task_types.get(question.type)
        self._question = question

    def read(self, tasks: list[dict[str, Any]], predictions: list[dict[str, Any]]) -> Iterator[Prediction]:
        """The predictions that can be used."""
        rows = [
            {"id": n, "data": task["data"], "predictions": [_with_sizes(said, task[_SIZES])]}
            for n, (task, said) in enumerate(zip(tasks, predictions, strict=True), 1)
        ]
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            file.write(msgspec.json.encode(rows))
            file.flush()
            found = list(self._format.read(Source(Path(file.name), "answer.json")))
        for row in found:
            if isinstance(row, Row) and 1 <= row.line <= len(tasks):
                one = self._one(int(tasks[row.line - 1]["id"]), row.annotations)
                if one is not None:
                    yield one

    def _one(self, item: int, annotations: list[dict[str, Any]]) -> Prediction | None:
        mine = [a for a in annotations if a["question"] == self._question.name] or annotations[:1]
        if not mine:
            return None
        try:
            value = self._task.unflatten(self._question, mine[0]["cells"]) if "cells" in mine[0] else mine[0]["value"]
        except (InvalidValue, KeyError, ValueError, TypeError):
            return None
        return Prediction(item, self._question.name, value, mine[0].get("score"))


def _with_sizes(said: dict[str, Any], sizes: dict[str, Any]) -> dict[str, Any]:
    results = said.get("result")
    if not sizes or not isinstance(results, list):
        return said
    return {**said, "result": [{**sizes, **one} if isinstance(one, dict) else one for one in cast("list[Any]", results)]}


PLUGIN = Service()
