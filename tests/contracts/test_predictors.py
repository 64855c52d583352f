"""Every predictor keeps the promises of its kind, on texts or images, whichever it accepts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from milo.domain.question import Field
from milo.kinds.predictor import Candidate, Example, Predictor
from milo.kinds.registry import Registry
from milo.testing.builders import make_question
from milo.testing.contracts import check_predictor

CONFIGS: dict[str, dict[str, Any]] = {
    "rules": {"rules": [{"kind": "keyword", "pattern": ["refund", "charged"], "label": "yes", "score": 0.9}]}
}
TESTED_APART = ("alignment", "document_fields", "field_cues", "language", "patterns", "sentiment", "speech", "whisper")
"""Their labels have meanings, or they hear or read papers: see tests/sockets, the tests of sound and of models."""
LIVE = ("grabcut", "lasso", "optical_flow", "superpixels")
NAMES = [
    "alignment", "document_fields", "field_cues", "grabcut", "image_classifier", "language", "lasso", "llm", "nearest",
    "onnx", "optical_flow", "patterns", "rules", "sentiment", "service", "speech", "superpixels", "text_classifier",
    "whisper",
]  # fmt: skip
FIELDS = {"text": (Field("text"),), "image": (Field("image", "image"),)}


def _contents(kind: str, folder: Path) -> list[tuple[dict[str, Any], str]]:
    """40 items of two classes that are easy to tell apart."""
    made: list[tuple[dict[str, Any], str]] = []
    for i in range(40):
        label = "yes" if i % 2 else "no"
        if kind == "text":
            words = "refund my money, I was charged twice" if label == "yes" else "where is the parcel that I sent"
            made.append(({"text": f"{words}, case {i * 37 % 101}"}, label))
        else:
            path = folder / f"{i}.png"
            Image.new("RGB", (24, 24), (200 + i, 40, i) if label == "yes" else (i, 60, 200 + i)).save(path)
            made.append(({"image": {"media": i, "mime": "image/png", "path": str(path)}}, label))
    return made


def _kind_for(plugin: Predictor) -> str:
    return next(kind for kind, fields in FIELDS.items() if plugin.accepts(make_question(), fields))


def test_the_predictors_that_ship(registry: Registry) -> None:
    assert sorted(plugin.name for plugin in registry.predictors.all()) == NAMES


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("llm", "onnx", "service", *TESTED_APART, *LIVE)])
def test_promises(registry: Registry, name: str, tmp_path: Path) -> None:
    plugin = registry.predictors.get(name)
    kind = _kind_for(plugin)
    contents = _contents(kind, tmp_path)
    examples = [Example(i, data, label) for i, (data, label) in enumerate(contents[:30], 1)]
    candidates = [Candidate(100 + i, data) for i, (data, _) in enumerate(contents[30:])]
    found = check_predictor(
        plugin, make_question(), FIELDS[kind], CONFIGS.get(name, {}), examples, candidates, registry.task_types.get("choice")
    )
    truth = {100 + i: label for i, (_, label) in enumerate(contents[30:])}
    assert found
    assert sum(truth[p.item_id] == p.value for p in found) >= 0.8 * len(found)
