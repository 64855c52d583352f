"""Every aggregator keeps the promises of its kind, on every shape that it takes."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from milo.domain.annotation import Annotation
from milo.domain.question import Question
from milo.kinds.aggregator import Answered, Resolved, answered_from
from milo.kinds.registry import Registry
from milo.kinds.task_type import TaskType
from milo.testing.aggregating import check_aggregator
from milo.testing.builders import make_question

NAMES = ["dawid_skene", "glad", "mace", "majority", "one_coin", "weighted"]
LABELS = {"labels": ["red", "green", "blue"]}
QUESTIONS = {
    "choice": make_question("choice", LABELS),
    "choices": make_question("choices", LABELS),
    "rating": make_question("rating", {"min": 1, "max": 5}),
    "text": make_question("text", {}),
    "spans": make_question("spans", LABELS),
    "boxes": make_question("boxes", LABELS),
}
WORDS = ["the", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog"]


def _truth(kind: str, i: int) -> Any:
    colours = LABELS["labels"]
    return {
        "choice": colours[i % 3],
        "choices": [c for k, c in enumerate(colours) if (i >> k) & 1],
        "rating": 1 + i % 5,
        "text": " ".join(WORDS[i % 4 :]),
        "spans": [{"start": 10 * j, "end": 10 * j + 6 + i % 3, "label": colours[j % 3]} for j in range(1 + i % 3)],
        "boxes": [{"x": 50.0 * j, "y": 5.0, "w": 20.0 + i % 4, "h": 10.0, "label": colours[j % 3]} for j in range(1 + i % 3)],
    }[kind]


def _slip(kind: str, value: Any, i: int, rng: np.random.Generator) -> Any:
    """What a careless author gives instead."""
    if kind in ("spans", "boxes"):
        part = "end" if kind == "spans" else "x"
        moved = [mark | {part: mark[part] + 1} for mark in value]
        return moved[:-1] if rng.random() < 0.4 else moved
    if kind == "text":
        words = value.split()
        words[int(rng.integers(len(words)))] = "cat"
        return " ".join(words)
    return _truth(kind, i + 1 + int(rng.integers(4)))


def make_answers(kind: str, question: Question, task_type: TaskType, items: int = 60) -> Answered:
    """Five authors who err in 10 to 40 %, and all of them on every item."""
    rng = np.random.default_rng(3)
    rows: list[tuple[int, int, Any]] = []
    for i in range(items):
        for author, careless in enumerate((0.1, 0.15, 0.2, 0.3, 0.4)):
            value = _truth(kind, i)
            value = _slip(kind, value, i, rng) if rng.random() < careless else value
            rows.append((1000 + 7 * i, author, task_type.check(question, value, None)))
    ids, authors = (np.array([r[k] for r in rows], dtype=np.int64) for k in (0, 1))
    return Answered(ids, authors, list("abcde"), [r[2] for r in rows])


def _ready(registry: Registry, kind: str) -> tuple[Question, TaskType, Answered]:
    task_type = registry.task_types.get(kind)
    question = (
        task_type.check_config(QUESTIONS[kind], ()) if kind in ("choice", "choices", "rating", "text") else QUESTIONS[kind]
    )
    return question, task_type, make_answers(kind, question, task_type)


def _share_right(kind: str, found: Resolved, question: Question, task_type: TaskType) -> float:
    truth = [task_type.check(question, _truth(kind, i), None) for i in range(len(found.values))]
    return float(np.mean([task_type.agreement(question, t, v) for t, v in zip(truth, found.values, strict=True)]))


def test_all_are_found(registry: Registry) -> None:
    assert sorted(p.name for p in registry.aggregators.all()) == NAMES


@pytest.mark.parametrize("kind", QUESTIONS)
@pytest.mark.parametrize("name", NAMES)
def test_promises(registry: Registry, name: str, kind: str) -> None:
    plugin = registry.aggregators.get(name)
    question, task_type, answered = _ready(registry, kind)
    if "*" not in plugin.shapes and task_type.shape not in plugin.shapes:
        return
    found = check_aggregator(plugin, question, task_type, answered)
    resolved = _share_right(kind, found, question, task_type)
    each = [
        float(np.mean([task_type.agreement(question, task_type.check(question, _truth(kind, (i - 1000) // 7), None), v) for i, a, v in
                       zip(answered.item_ids.tolist(), answered.authors.tolist(), answered.values, strict=True) if a == author]))
        for author in range(5)
    ]  # fmt: skip
    assert resolved > np.mean(each) + (0.03 if kind.startswith("c") else 0.0), (resolved, each)
    if kind in ("spans", "boxes", "text"):
        return  # a slip there costs so little agreement that sixty items do not order the authors
    order = np.argsort(found.ability)
    assert {int(order[-1]), int(order[-2])} <= {0, 1, 2}, "careful authors come out on top"
    assert order[0] in (3, 4), "careless ones at the bottom"


def test_ties_go_by_the_order_of_the_question(registry: Registry) -> None:
    question, task_type, _ = _ready(registry, "choice")
    answered = Answered(np.array([1, 1]), np.array([0, 1]), ["a", "b"], ["green", "red"])
    found = registry.aggregators.get("majority").resolve(question, task_type, answered)
    assert found.values == ["red"]
    assert found.scores.tolist() == [0.5]
    assert found.labels == ["red", "green"]


def test_columns_from_annotations() -> None:
    made = [
        Annotation(i, 10 + i % 2, "q", "answer", "person", name, value)
        for i, (name, value) in enumerate([("z", "x"), ("a", "y")])
    ]
    found = answered_from(made)
    assert (found.item_ids.tolist(), found.names, found.values) == ([10, 11], ["a", "z"], ["x", "y"])
    assert found.authors.tolist() == [1, 0]


class LastOne:
    """Takes the last answer: it depends on the order."""

    name = "last"
    title = "Last"
    shapes = ("*",)

    def resolve(self, question: Question, task_type: TaskType, answered: Answered) -> Resolved:
        """The last one."""
        kept = dict(zip(answered.item_ids.tolist(), answered.values, strict=True))
        ids = np.array(sorted(kept), dtype=np.int64)
        half = np.full(len(answered.names), 0.5)
        n = np.bincount(answered.authors, minlength=len(answered.names))
        return Resolved(ids, [kept[i] for i in ids.tolist()], np.ones(len(ids)), half, half, half, n)


class Sure(LastOne):
    """Claims more than certainty."""

    def resolve(self, question: Question, task_type: TaskType, answered: Answered) -> Resolved:
        """Too sure."""
        return msgspec.structs.replace(
            super().resolve(question, task_type, answered), scores=np.full(len(set(answered.item_ids.tolist())), 1.5)
        )


@pytest.mark.parametrize(("plugin", "words"), [(LastOne(), "order of answers"), (Sure(), "scores")])
def test_broken_promises_are_named(registry: Registry, plugin: Any, words: str) -> None:
    question, task_type, answered = _ready(registry, "choice")
    with pytest.raises(AssertionError, match=words):
        check_aggregator(plugin, question, task_type, answered)


@pytest.mark.parametrize("name", ["majority", "weighted"])
def test_boxes_stay_on_their_pages(registry: Registry, name: str) -> None:
    question = make_question("boxes", LABELS | {"pages": True})
    place = {"x": 5.0, "y": 5.0, "w": 20.0, "h": 10.0, "label": "red"}
    second, third = [place | {"page": 1}], [place | {"page": 2}]
    answered = Answered(np.zeros(3, np.int64), np.arange(3), ["a", "b", "c"], [second, second, third])
    found = registry.aggregators.get(name).resolve(question, registry.task_types.get("boxes"), answered)
    assert [box["page"] for box in found.values[0]] == [1]
