"""A planted suggestion is a valid answer that is wrong, whatever is marked."""

from __future__ import annotations

import numpy as np
import pytest

from contracts.test_differing import SAME_AND_NOT, asked
from milo.flow.planting import caught, wrong_value
from milo.kinds.registry import Registry


@pytest.mark.parametrize(("name", "config", "one", "near", "far"), SAME_AND_NOT)
def test_marks_get_another_label_or_are_left_out(
    registry: Registry, name: str, config: dict[str, object], one: object, near: object, far: object
) -> None:
    task, question = asked(registry, name, config)
    truth = task.check(question, [one, far], None)
    for seed in range(6):
        planted = wrong_value(question, task, truth, [], np.random.default_rng(seed))
        assert planted is not None
        assert task.agreement(question, planted, truth) < 1
        assert caught(question, task, truth, planted, truth)
        assert not caught(question, task, planted, planted, truth)
