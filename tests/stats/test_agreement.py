"""Agreement against published worked examples and against slow, obvious definitions."""

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.stats.agreement import cohen_kappa, krippendorff_alpha, label_counts, percent_agreement

# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", section C: 4 observers, 12 units, alpha = 0.743
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, -1, -1, -1],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, -1, 3],
    [-1, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, -1],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, -1],
]
# the same paper, section A: 2 observers, 10 units, binary, alpha = 0.095
BINARY = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]


def test_published_alphas() -> None:
    assert krippendorff_alpha(np.array(OBSERVERS).T) == pytest.approx(0.743, abs=5e-4)
    assert krippendorff_alpha(np.array(BINARY).T) == pytest.approx(0.095, abs=5e-4)


def test_kappa_of_a_published_table() -> None:
    # 20 both yes, 5 yes/no, 10 no/yes, 15 both no: kappa = (0.7 - 0.5) / (1 - 0.5)
    a = [1] * 25 + [0] * 25
    b = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    assert percent_agreement(a, b) == 0.7
    assert cohen_kappa(a, b) == pytest.approx(0.4)


def slow_alpha(table: list[list[int]]) -> float:
    units = [[v for v in row if v >= 0] for row in table]
    units = [u for u in units if len(u) >= 2]
    values = [v for u in units for v in u]
    n = len(values)
    observed = sum(sum(a != b for a, b in permutations(u, 2)) / (len(u) - 1) for u in units) / n if n else math.nan
    expected = sum(a != b for a, b in permutations(values, 2)) / (n * (n - 1)) if n > 1 else 0
    return 1 - observed / expected if expected else math.nan


tables = st.integers(2, 4).flatmap(
    lambda raters: st.lists(st.lists(st.integers(-1, 3), min_size=raters, max_size=raters), min_size=1, max_size=12)
)


@given(tables)
def test_alpha_equals_its_definition(table: list[list[int]]) -> None:
    assert krippendorff_alpha(table) == pytest.approx(slow_alpha(table), nan_ok=True)
    shuffled = [list(reversed(row)) for row in reversed(table)]
    assert krippendorff_alpha(shuffled) == pytest.approx(krippendorff_alpha(table), nan_ok=True)


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3)), min_size=1, max_size=40))
def test_kappa_is_symmetric_and_bounded(rows: list[tuple[int, int]]) -> None:
    a, b = zip(*rows, strict=True)
    kappa = cohen_kappa(a, b)
    assert kappa == pytest.approx(cohen_kappa(b, a), nan_ok=True)
    assert math.isnan(kappa) or -1 <= kappa <= 1
    assert math.isnan(cohen_kappa(a, a)) or cohen_kappa(a, a) == 1


def test_nothing_in_common() -> None:
    assert math.isnan(percent_agreement([-1, 1], [1, -1]))
    assert math.isnan(cohen_kappa([1, 1], [1, 1]))
    assert math.isnan(krippendorff_alpha([[1, -1], [-1, 1]]))
    assert label_counts([[0, 1], [1, 1]]).tolist() == [[1, 1], [0, 2]]
    with pytest.raises(ValueError, match="items by raters"):
        krippendorff_alpha([1, 2])
    with pytest.raises(ValueError, match="length"):
        cohen_kappa([1], [1, 2])
