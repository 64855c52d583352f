"""Every predictor that ships, held to the promises of its kind for every shape that it says it can answer."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from milo.domain.question import Field, Question
from milo.kinds.predictor import Candidate, Example
from milo.kinds.registry import Registry
from milo.testing.contracts import check_predictor

REGISTRY = Registry()
REGISTRY.load_package("milo.builtin")
NAMED = ["red", "blue"]
VALUES: dict[str, list[Any]] = {"label": NAMED, "labels": [["red"], ["blue"]], "number": [1, 5]}
RULES = {
    "label": NAMED,
    "labels": NAMED,
    "number": [1, 5],
    "spans": NAMED,
}


def asked(task_type: Any, fields: tuple[Field, ...]) -> Question:
    config = {"min": 1, "max": 5} if task_type.shape == "number" else {"labels": NAMED}
    checked = task_type.check_config(Question("q", task_type.name, config=config), fields)
    return msgspec.structs.replace(checked, shape=task_type.shape)


def cases() -> list[Any]:
    """Every predictor with every task type of a shape that it knows, over text and over images, where it accepts."""
    found: list[Any] = []
    for predictor in REGISTRY.predictors.all():
        for task_type in REGISTRY.task_types.all():
            for kind in ("text", "image"):
                fields = (Field(kind, kind),)
                marks = "*" in task_type.field_kinds or kind in task_type.field_kinds
                if not marks or task_type.shape not in getattr(predictor, "shapes", ()):
                    continue
                if predictor.accepts(asked(task_type, fields), fields):
                    name = f"{predictor.name}-{task_type.name}-{kind}"
                    found.append(pytest.param(predictor, task_type, kind, id=name))
    return found


def data_of(fields: tuple[Field, ...], i: int, folder: Path) -> dict[str, Any]:
    if fields[0].kind == "text":
        return {"text": f"the sky is {NAMED[i % 2]} today {i}"}
    path = folder / f"{i}.png"
    Image.new("RGB", (20 + i, 30), NAMED[i % 2]).save(path)
    return {"image": {"media": i, "mime": "image/png", "path": str(path)}}


@pytest.mark.parametrize(("predictor", "task_type", "kind"), cases())
def test_keeps_its_promises(predictor: Any, task_type: Any, kind: str, tmp_path: Path) -> None:
    fields = (Field(kind, kind),)
    question = asked(task_type, fields)
    config: dict[str, Any] = {}
    if not predictor.learns:
        pairs = zip(NAMED, RULES[task_type.shape], strict=True)
        config = {"rules": [{"kind": "keyword", "pattern": word, "label": label} for word, label in pairs]}
    data = [data_of(fields, i, tmp_path) for i in range(24)]
    values = VALUES.get(task_type.shape, [None, None])
    examples = [Example(i, d, values[i % 2]) for i, d in enumerate(data[:16])]
    candidates = [Candidate(i, d) for i, d in enumerate(data[16:], start=16)]
    found = check_predictor(predictor, question, fields, config, examples, candidates, task_type)
    if predictor.learns:
        assert [p.value for p in found] == [values[p.item_id % 2] for p in found]
        assert len(found) == len(candidates)
    elif kind == "text":
        assert len(found) == len(candidates)


def test_something_was_tried() -> None:
    assert {case.values[0].name for case in cases()} >= {"text_classifier", "image_classifier", "nearest", "rules"}
