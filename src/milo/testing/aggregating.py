"""What every aggregator must keep, as plain assertions for any test runner."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from milo.domain.question import Question
from milo.kinds.aggregator import Aggregator, Answered, Resolved
from milo.kinds.task_type import TaskType

CODED = ("label", "labels", "number")
"""The shapes whose values become codes, so that certainty can be told."""


def check_aggregator(plugin: Aggregator, question: Question, task_type: TaskType, answered: Answered) -> Resolved:
    """Hold an aggregator to its promises, on valid answers (some dozens, of a few authors); returns what it resolved."""
    assert isinstance(plugin.name, str), "an aggregator needs a name"
    assert plugin.name, "the name must not be empty"
    assert plugin.title, "an aggregator needs a title"
    assert "*" in plugin.shapes or task_type.shape in plugin.shapes, f"{plugin.name} must take the shape {task_type.shape}"
    found = plugin.resolve(question, task_type, answered)
    _check_form(question, task_type, answered, found)
    _check_unanimous(answered, found)
    _check_order(plugin, question, task_type, answered, found)
    _check_nothing(plugin, question, task_type)
    if task_type.shape in CODED:
        _check_copies(plugin, question, task_type, answered, found)
    return found


def _check_form(question: Question, task_type: TaskType, answered: Answered, found: Resolved) -> None:
    assert found.item_ids.tolist() == sorted(set(answered.item_ids.tolist())), "each item with an answer once, by rising id"
    assert len(found.values) == len(found.item_ids), "one value for each item"
    for value in found.values:
        assert task_type.check(question, value, None) == value, f"a resolved value must be valid, got {value!r}"
    known = found.scores[~np.isnan(found.scores)]
    assert ((known >= 0) & (known <= 1)).all(), "scores must lie in 0..1"
    for name in ("ability", "ability_low", "ability_high", "n_answers"):
        assert getattr(found, name).shape == (len(answered.names),), f"{name} must have one entry for each author"
    inside = (found.ability_low <= found.ability + 1e-9) & (found.ability <= found.ability_high + 1e-9)
    assert inside.all(), "an ability must lie in its interval"
    counted = np.bincount(answered.authors, minlength=len(answered.names))
    assert found.n_answers.tolist() == counted.tolist(), "n_answers must count the answers of each author"
    if found.soft is not None:
        assert found.soft.shape == (len(found.item_ids), len(found.labels)), "soft needs a row per item, a column per label"
        assert ((found.soft >= 0) & (found.soft <= 1 + 1e-9)).all(), "soft must lie in 0..1"
        if task_type.shape == "label":
            assert np.allclose(found.soft.sum(axis=1), 1), "the soft labels of an item must sum to 1"


def _check_unanimous(answered: Answered, found: Resolved) -> None:
    given: dict[int, list[Any]] = defaultdict(list)
    for item, value in zip(answered.item_ids.tolist(), answered.values, strict=True):
        given[item].append(value)
    for item, value in zip(found.item_ids.tolist(), found.values, strict=True):
        if len(given[item]) >= 3 and all(v == given[item][0] for v in given[item]):
            assert value == given[item][0], f"an item on which all agree must keep its value, item {item} became {value!r}"


def _check_order(plugin: Aggregator, question: Question, task_type: TaskType, answered: Answered, found: Resolved) -> None:
    rng = np.random.default_rng(0)
    order, names = (rng.permutation(len(x)) for x in (answered.values, answered.names))
    moved = Answered(
        answered.item_ids[order],
        np.argsort(names)[answered.authors[order]],
        [answered.names[i] for i in names.tolist()],
        [answered.values[i] for i in order.tolist()],
    )
    again = plugin.resolve(question, task_type, moved)
    assert again.values == found.values, "the order of answers and the names of authors must not matter"
    assert np.allclose(again.scores, found.scores, atol=0.01, equal_nan=True), "scores must not depend on order or names"
    assert np.allclose(again.ability, found.ability[names], atol=0.01), "abilities must go with their authors"


def _check_nothing(plugin: Aggregator, question: Question, task_type: TaskType) -> None:
    none = np.empty(0, dtype=np.int64)
    found = plugin.resolve(question, task_type, Answered(none, none, [], []))
    assert found.values == [], "no answers, nothing resolved"


def _check_copies(plugin: Aggregator, question: Question, task_type: TaskType, answered: Answered, found: Resolved) -> None:
    """Twenty copies of the busiest author."""
    most = int(np.bincount(answered.authors).argmax())
    rows: list[int] = np.flatnonzero(answered.authors == most).tolist()
    if len(rows) < 40:
        return
    n, times = len(answered.names), 20
    copied = Answered(
        np.concatenate([answered.item_ids, *[answered.item_ids[rows]] * times]),
        np.concatenate([answered.authors, *[np.full(len(rows), n + i) for i in range(times)]]),
        [*answered.names, *[f"copy {i}" for i in range(times)]],
        [*answered.values, *[answered.values[r] for r in rows] * times],
    )
    after = plugin.resolve(question, task_type, copied)
    odds = [np.clip(r.scores, 1e-9, 1 - 1e-9) for r in (found, after)]
    risen = np.log(odds[1] / (1 - odds[1])).mean() - np.log(odds[0] / (1 - odds[0])).mean()
    assert risen < 1.0, f"copies of one author must not raise certainty much, but the mean log odds rose by {risen:.2f}"
