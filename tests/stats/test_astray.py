"""Confusion matrices that went astray are noticed, and one number for each author is used instead."""

from __future__ import annotations

import numpy as np
import pytest

from milo.builtin.aggregators.dawid_skene import PLUGIN
from milo.builtin.tasks.choice import PLUGIN as CHOICE
from milo.domain.question import Question
from milo.kinds.aggregator import Answered
from milo.stats.answers import Answers, answers
from milo.stats.dawid_skene import astray, dawid_skene, guarded, one_coin
from milo.stats.independence import independence
from stats.crowds import crowd, recorded

LABELS = "abc"


def careless(seed: int, tasks: int = 150, workers: int = 12, labels: int = 3, each: int = 3) -> tuple[np.ndarray, Answers]:
    """A crowd of which a third answers one label whatever they see."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, labels, tasks)
    skill = rng.beta(6, 3, workers)
    worker = np.concatenate([rng.choice(workers, each, replace=False) for _ in range(tasks)])
    task = np.repeat(np.arange(tasks), each)
    right = rng.random(len(task)) < skill[worker]
    said = np.where(right, truth[task], (truth[task] + rng.integers(1, labels, len(task))) % labels)
    said = np.where(worker % 3 == 0, worker % labels, said)
    return truth, answers(task, worker, said, tasks, workers, labels)


def test_with_careless_people_the_guard_is_better_than_whole_matrices() -> None:
    full, held, noticed = [], [], 0
    for seed in range(12):
        truth, given = careless(seed)
        alone = independence(given).weight
        found = guarded(given, alone)
        full.append((dawid_skene(given, alone).soft.argmax(1) == truth).mean())
        held.append((found.soft.argmax(1) == truth).mean())
        noticed += bool(found.note)
    assert noticed >= 6
    assert np.mean(held) > np.mean(full) + 0.05


def test_exchanged_labels_are_noticed() -> None:
    given = crowd(3)[1]
    full, plain = dawid_skene(given), one_coin(given)
    assert astray(given, full, plain) == ""
    assert guarded(given).soft == pytest.approx(full.soft)
    swapped = full._replace(soft=full.soft[:, [1, 0, 2]])
    assert "exchanged their meaning" in astray(given, swapped, plain)
    swallowed = full._replace(soft=0.45 * full.soft + 0.55 * np.array([1.0, 0.0, 0.0]))
    assert "moves" in astray(given, swallowed, plain)


@pytest.mark.parametrize("name", ["rte", "temp"])
def test_nothing_is_held_against_good_fits_of_recorded_crowds(name: str) -> None:
    given = recorded("crowds", name)[1]
    assert guarded(given).note == ""


def test_the_aggregator_says_why() -> None:
    for seed in range(12):
        _, given = careless(seed)
        if not guarded(given, independence(given).weight).note:
            continue
        names = [f"p{k}" for k in range(12)]
        asked = Question("q", "choice", config={"labels": list(LABELS)})
        values = [LABELS[k] for k in given.label.tolist()]
        found = PLUGIN.resolve(asked, CHOICE, Answered(given.task, given.worker, names, values))
        assert "one number for each author" in found.info["fallback"]
        return
    pytest.fail("no crowd went astray")
