"""What of an answer others do not say, by each task type's own measure of what is the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from contracts.task_cases import CASES
from contracts.task_cases import FIELDS as ALL_FIELDS
from milo.domain.question import Field, Question
from milo.flow.differing import differences, paths, shared
from milo.kinds.registry import Registry
from milo.testing.builders import make_question

FIELDS = (Field("text"), Field("image", "image"), Field("video", "video"), Field("sound", "audio"), Field("paper", "document"))
LABELS = {"labels": ["cat", "dog"]}
CORNER: list[list[float]] = [[0, 0], [100, 0], [100, 20], [20, 20], [20, 100], [0, 100]]
"""Two bars: the box around them is mostly empty."""
OTHER_CORNER: list[list[float]] = [[100, 100], [0, 100], [0, 80], [80, 80], [80, 0], [100, 0]]


def cat(**geometry: Any) -> dict[str, Any]:
    return geometry | {"label": "cat"}


def moved(points: list[list[float]], by: float) -> list[list[float]]:
    return [[x + by, *rest] for x, *rest in points]


def bar(angle: float) -> dict[str, Any]:
    return cat(x=200.0, y=200.0, w=100.0, h=8.0, angle=angle)


def seen(*xs: float) -> dict[str, Any]:
    return cat(keyframes=[{"frame": 10 * i, "box": [x, 10, 40, 40]} for i, x in enumerate(xs)])


SAME_AND_NOT: list[Any] = [
    pytest.param("polygons", {}, cat(points=CORNER), cat(points=moved(CORNER, 2)), cat(points=OTHER_CORNER), id="polygons"),
    pytest.param("masks", {}, cat(size=[120, 120], points=CORNER), cat(size=[120, 120], points=moved(CORNER, 2)),
                 cat(size=[120, 120], points=OTHER_CORNER), id="masks"),
    pytest.param("boxes", {"rotated": True}, bar(0.0), bar(1.0), bar(45.0), id="turned boxes"),
    pytest.param("boxes", {}, cat(x=0, y=0, w=10, h=10), cat(x=1, y=0, w=10, h=10), cat(x=9, y=0, w=10, h=10), id="boxes"),
    pytest.param("lines", {"tolerance": 3}, cat(points=[[0, 0], [100, 100]]), cat(points=[[0, 2], [100, 102]]),
                 cat(points=[[0, 100], [100, 0]]), id="lines"),
    pytest.param("keypoints", {"points": ["nose", "tail"]}, cat(points=[[0, 0, 2], [100, 100, 2]]),
                 cat(points=[[2, 0, 2], [100, 98, 2]]), cat(points=[[100, 100, 2], [0, 0, 2]]), id="keypoints"),
    pytest.param("tracks", {}, seen(0, 100), seen(3, 102), seen(100, 0), id="tracks"),
    pytest.param("segments", {}, cat(start=1.0, end=9.0), cat(start=1.5, end=9.0), cat(start=8.0, end=20.0), id="segments"),
]  # fmt: skip


def asked(registry: Registry, name: str, config: dict[str, Any]) -> tuple[Any, Question]:
    task = registry.task_types.get(name)
    return task, task.check_config(make_question(name, LABELS | config), FIELDS)


@pytest.mark.parametrize(("name", "config", "one", "near", "far"), SAME_AND_NOT)
def test_marks_are_the_same_by_their_own_geometry(
    registry: Registry, name: str, config: dict[str, Any], one: Any, near: Any, far: Any
) -> None:
    task, question = asked(registry, name, config)
    first, second, third = (task.check(question, [mark | {"id": "m"}], None) for mark in (one, near, far))
    assert differences(task, question, [first, second]) == [[], []]
    found = differences(task, question, [first, second, third])
    assert [[(d.path, d.n) for d in own] for own in found] == [[([0], 2)], [([0], 2)], [([0], 1)]]
    assert task.agreement(question, first, third) == 0.0


@pytest.mark.parametrize(("name", "config", "one", "near", "far"), SAME_AND_NOT)
def test_each_mark_stands_for_one(registry: Registry, name: str, config: dict[str, Any], one: Any, near: Any, far: Any) -> None:
    task, question = asked(registry, name, config)
    twice = task.check(question, [one, near], None)
    once = task.check(question, [near], None)
    found = differences(task, question, [twice, once])
    kept = twice.index(once[0])
    assert [d.path for d in found[0]] == [[1 - kept]], "of two marks on one thing the closer one is the same"
    assert found[1] == []


def test_other_attributes_are_a_difference(registry: Registry) -> None:
    colour = {"attributes": [{"name": "colour", "config": {"labels": ["red", "blue"]}}]}
    for name, mark in (("polygons", cat(points=CORNER)), ("boxes", cat(x=0, y=0, w=9, h=9)), ("segments", cat(start=0, end=4))):
        task, question = asked(registry, name, colour)
        red, blue = (task.check(question, [mark | {"attributes": {"colour": c}}], None) for c in ("red", "blue"))
        assert [len(own) for own in differences(task, question, [red, blue])] == [1, 1]


def test_amounts_are_the_same_within_the_tolerance(registry: Registry) -> None:
    form = {"fields": [{"name": "total", "type": "amount", "tolerance": 0.05}, {"name": "from", "type": "text"}]}
    task = registry.task_types.get("fields")
    question = task.check_config(make_question("fields", form), FIELDS)
    values = [
        task.check(question, {"total": {"value": v}, "from": {"value": who}}, None)
        for v, who in ((10.0, "Acme"), (10.04, " ACME"), (10.2, "acme"))
    ]
    found = differences(task, question, values)
    assert [[(d.path, d.n) for d in own] for own in found] == [[(["total"], 2)], [(["total"], 2)], [(["total"], 1)]]


def test_relations_are_those_of_equal_spans_whatever_their_ids(registry: Registry) -> None:
    task = registry.task_types.get("relations")
    config = {"labels": ["a"], "relations": ["knows", {"value": "same", "kind": "chain"}]}
    question = task.check_config(make_question("relations", config), FIELDS)

    def value(names: str, *links: tuple[int, int, str]) -> Any:
        spans = [{"start": i, "end": i + 1, "label": "a", "id": name} for i, name in enumerate(names)]
        found = [{"head": names[h], "tail": names[t], "label": label} for h, t, label in links]
        return task.check(question, {"spans": spans, "relations": found}, None)

    first = value("xyz", (0, 1, "knows"), (0, 1, "same"), (1, 2, "same"))
    second = value("pqr", (1, 0, "knows"), (0, 2, "same"))
    found = differences(task, question, [first, second])
    assert [d.path for d in found[0]] == [["relations", i] for i in range(3)]
    assert [second["relations"][d.path[1]]["label"] for d in found[1]] == ["knows"], "its chain lies within the other one"


@pytest.mark.parametrize("name", ["boxes", "polygons", "lines", "masks", "tracks", "segments", "spans"])
def test_as_many_are_shared_one_way_as_the_other(registry: Registry, name: str) -> None:
    task, case = registry.task_types.get(name), CASES[name][0]
    question = task.check_config(case.question, ALL_FIELDS)
    counted = not question.config.get("attributes") and question.config.get("agree_by") != "time"

    @settings(max_examples=25, deadline=None)
    @given(case.values, case.values)
    def holds(a: Any, b: Any) -> None:
        first, second = (task.check(question, value, case.item) for value in (a, b))
        there, back = (len(shared(task, question, *pair)) for pair in ((first, second), (second, first)))
        assert there == back
        if counted and (first or second):
            f1 = 2 * there / (len(paths(first)) + len(paths(second)))
            assert task.agreement(question, first, second) == pytest.approx(f1)

    holds()


@pytest.mark.parametrize("name", ["boxes", "polygons"])
def test_other_relations_between_things_are_a_difference(registry: Registry, name: str) -> None:
    task, question = asked(registry, name, {"relations": ["chases"]})

    def value(first: str, second: str, *, reverse: bool) -> Any:
        left, right = ((0, 10), (50, 60)) if name == "polygons" else (0, 50)
        marks = [_square(left) | {"id": first}, _square(right) | {"id": second}]
        marks[reverse]["relations"] = [{"to": marks[not reverse]["id"], "label": "chases"}]
        return task.check(question, marks, None)

    def _square(at: Any) -> dict[str, Any]:
        if name == "boxes":
            return cat(x=at, y=0, w=10, h=10)
        return cat(points=[[at[0], 0], [at[1], 0], [at[1], 10], [at[0], 10]])

    same = differences(task, question, [value("a", "b", reverse=False), value("p", "q", reverse=False)])
    assert same == [[], []]
    other = differences(task, question, [value("a", "b", reverse=False), value("p", "q", reverse=True)])
    assert [[d.path for d in own] for own in other] == [[[0]], [[1]]]
