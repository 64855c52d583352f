"""Every task type against llama.cpp's own server, on a model made on the spot: structured output, letters, pictures.

The model's words mean nothing, so that what is tested is that an answer is either valid or has failed with a reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from llm_bench import LlmBench

pytest.importorskip("xllamacpp", reason="the extra gguf is not installed")
pytest.importorskip("gguf", reason="the package gguf, which writes model files, is not installed")
pytest.importorskip("llm.tiny_gguf", reason="there is no maker of model files")
LABELS = ["good", "bad"]
QUESTIONS: list[dict[str, Any]] = [
    {"name": "mood", "type": "choice", "config": {"labels": LABELS}},
    {"name": "topics", "type": "choices", "config": {"labels": ["a", "b", "c"], "max": 1}},
    {"name": "stars", "type": "rating", "config": {"min": 1, "max": 5}},
    {"name": "summary", "type": "text", "config": {"max_length": 60}},
    {"name": "marks", "type": "spans", "config": {"labels": ["who"]}, "field": "text"},
    {"name": "things", "type": "boxes", "config": {"labels": ["car"]}, "field": "photo"},
    {"name": "better", "type": "pairwise", "config": {"candidates": ["one", "two"]}},
    {"name": "order", "type": "ranking", "config": {"candidates": ["one", "two"], "ties": False}},
    {"name": "reply", "type": "response", "config": {"max_length": 60}},
    {"name": "turns", "type": "turn_labels", "config": {"labels": LABELS}, "field": "talk"},
    {"name": "grid", "type": "rubric_grid", "config": {"criteria": ["clear", "kind"], "levels": {"min": 1, "max": 3}}},
]  # fmt: skip
CERTAIN = {"mood", "topics", "stars", "summary", "better", "reply", "grid"}
"""Questions whose schema leaves no room for a wrong answer: nothing in it may be repeated, and all of it is short."""
ROOM = 600
"""Tokens, which are bytes here: several times what the longest of those answers takes."""
FIELDS = [
    {"name": "text"}, {"name": "photo", "kind": "image"}, {"name": "one"}, {"name": "two"}, {"name": "talk", "kind": "chat"},
]  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlmBench]:
    from llm.tiny_gguf import write_model, write_projector
    from milo.infra.connections import Connections, Entered

    folder = tmp_path_factory.mktemp("llama")
    config = {
        "file": str(write_model(folder / "tiny.gguf")), "mmproj": str(write_projector(folder / "eyes.gguf")),
        "context": 4096, "threads": 1,
    }  # fmt: skip
    made = LlmBench(folder, {"fields": FIELDS, "questions": QUESTIONS})
    limits = {"concurrency": 2, "seconds": 60.0, "cache_days": 0}
    Connections(made.ws).add(Entered("tiny", "gguf", "tiny", config, None, limits, {}), None)
    picture = folder / "photo.png"
    Image.new("RGB", (64, 48), "red").save(picture)
    found = made.ws.data.media.look_at(made.id, picture, "photo.png", copy=True)
    value = made.ws.db.write(lambda c: made.ws.data.media.put(c, found))
    talk = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    made.add([{"text": f"The item is {k}.", "photo": value, "one": "a", "two": "b", "talk": talk} for k in range(2)])
    yield made
    made.close()


def run(made: LlmBench, question: str, name: str, **config: Any) -> dict[str, Any]:
    """A run over all items."""
    body = {
        "connection": "tiny",
        "max_tokens": ROOM if question in CERTAIN else 160,
        "retries": 1,
        "fields": ["text", "one", "two", "talk"],
        **config,
    }
    plugin = {"plugin": "llm", "name": name, "question": question, "config": body}
    made.model = made.call("POST", f"/projects/{made.id}/models", plugin)
    return made.annotate({"what": "all"}, tokens=10**6)


@pytest.mark.parametrize("question", [q["name"] for q in QUESTIONS])
def test_every_task_type(house: LlmBench, question: str) -> None:
    fields = {"fields": ["photo", "text"]} if question == "things" else {}
    found = run(house, question, f"llm_{question}", **fields)
    assert (found["state"], found["done"] + found["failed"]) == ("done", 2), found
    if question in CERTAIN:
        assert found["failed"] == 0, house.call("GET", f"/projects/{house.id}/runs/{found['id']}/errors")
    for error in house.call("GET", f"/projects/{house.id}/runs/{found['id']}/errors"):
        assert error["reason"], error
    stored = house.rows("SELECT count(*) FROM annotation WHERE role = 'suggestion' AND run_id = ?", found["id"])
    assert stored == [(found["done"],)]
    assert found["output_tokens"] > 0 or not found["done"]


def test_letters_have_probabilities(house: LlmBench) -> None:
    found = run(house, "mood", "letters", confidence=["logprob", "order"])
    assert (found["done"], found["failed"]) == (2, 0)
    signals = house.rows("SELECT signals FROM signal WHERE run_id = ?", found["id"])
    assert all('"valid"' in row[0] for row in signals)
