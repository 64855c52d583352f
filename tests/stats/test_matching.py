"""Merging boxes and intervals: by hand, by law, and against noise."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milo.stats.matching import match, merge_shapes, overlap

boxes = st.lists(
    st.tuples(*(st.integers(0, 20) for _ in range(2)), *(st.integers(1, 10) for _ in range(2))).map(
        lambda t: [float(v) for v in t]
    ),
    max_size=5,
    unique_by=tuple,
)
intervals = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 10)).map(lambda t: [float(t[0]), float(t[0] + t[1])]), max_size=5
)


def literal_overlap(a, b):
    """By counting unit cells."""
    cells = [{(x, y) for x in range(int(s[0]), int(s[0] + s[2])) for y in range(int(s[1]), int(s[1] + s[3]))} for s in (a, b)]
    return len(cells[0] & cells[1]) / len(cells[0] | cells[1])


@given(boxes, boxes)
def test_overlap_is_that_of_cells(a, b):
    found = overlap(a, b)
    assert found.shape == (len(a), len(b))
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            assert found[i, j] == pytest.approx(literal_overlap(x, y))


@given(boxes.filter(lambda b: len(b) <= 4), boxes.filter(lambda b: len(b) <= 4))
def test_match_is_the_best_pairing(a, b):
    i, j, score = match(a, b, least=0.1)
    assert len(set(i.tolist())) == len(i) == len(set(j.tolist()))
    assert (score >= 0.1).all()
    table = overlap(a, b)
    table = np.where(table >= 0.1, table, 0.0)
    small, large = sorted((len(a), len(b)))
    wide = table if len(a) == small else table.T
    best = max((sum(wide[r, c] for r, c in enumerate(cols)) for cols in permutations(range(large), small)), default=0.0)
    assert score.sum() == pytest.approx(best, abs=1e-6)


def test_merge_by_hand():
    people = [[[0, 0, 10, 10], [50, 50, 5, 5]], [[1, 0, 10, 10]], [[0, 1, 10, 10], [80, 80, 5, 5]]]
    found = merge_shapes(people)
    assert found.shapes.tolist() == [[0, 0, 10, 10]]
    assert found.support.tolist() == [1]
    assert found.members == [[(0, 0), (1, 0), (2, 0)]]
    assert len(merge_shapes(people, needed=0.3).shapes) == 3
    assert len(merge_shapes(people, weight=[3, 1, 1]).shapes) == 2
    times = merge_shapes([[[0, 10]], [[1, 11]], [[2, 9], [30, 40]]])
    assert times.shapes.tolist() == [[1, 10]]


def test_labels_separate_or_are_voted_on():
    people, labels = [[[0, 0, 10, 10]], [[0, 0, 10, 10]], [[0, 0, 10, 10]]], [[1], [1], [2]]
    apart = merge_shapes(people, labels, needed=0.3)
    assert sorted(zip(apart.label.tolist(), apart.support.round(3).tolist(), strict=True)) == [(1, 0.667), (2, 0.333)]
    voted = merge_shapes(people, labels, across_labels=True)
    assert (voted.label.tolist(), voted.support.tolist()) == ([1], [1.0])


@settings(max_examples=60)
@given(st.lists(st.one_of(boxes), min_size=1, max_size=4))
def test_laws(people):
    found = merge_shapes(people)
    assert ((found.support >= 0.5 - 1e-9) & (found.support <= 1 + 1e-9)).all()
    for group in found.members:
        persons = [p for p, _ in group]
        assert len(persons) == len(set(persons))
    once = merge_shapes([people[0]])
    assert sorted(once.shapes.tolist()) == sorted(people[0])
    same = merge_shapes([people[0]] * 3)
    assert sorted(same.shapes.tolist()) == sorted(people[0])


@given(intervals, st.randoms(use_true_random=False))
def test_the_order_of_people_and_shapes_does_not_matter(base, rng):
    spread = [[200.0 * i, 200.0 * i + (b - a) + 10] for i, (a, b) in enumerate(base)]
    people = [[[s + k, e + k] for s, e in spread[: len(spread) - k % 2]] for k in range(4)]
    one = merge_shapes(people)
    two = merge_shapes([rng.sample(p, len(p)) for p in rng.sample(people, 4)])
    assert two.shapes.tolist() == one.shapes.tolist()
    assert two.support.tolist() == one.support.tolist()


def test_the_middle_is_nearer_the_truth_than_people_are():
    rng = np.random.default_rng(0)
    truth = np.column_stack([np.arange(20) * 100.0, np.zeros(20), np.full(20, 40.0), np.full(20, 30.0)])
    people = []
    for _ in range(5):
        seen = truth[rng.random(20) < 0.9]
        drawn = seen + rng.normal(0, 2, seen.shape)
        false = np.column_stack([rng.uniform(0, 2000, 2), rng.uniform(100, 200, 2), np.full(2, 20.0), np.full(2, 20.0)])
        people.append(np.concatenate([drawn, false]))
    found = merge_shapes(people)
    assert len(found.shapes) == 20
    merged = overlap(found.shapes, truth).max(axis=1).mean()
    assert merged > max(overlap(p[:-2], truth).max(axis=1).mean() for p in people)


def test_nothing_and_nonsense():
    assert merge_shapes([]).shapes.shape == (0, 4)
    assert merge_shapes([[], []]).members == []
    for bad in ([[0, 0, -1, 2]], [[5, 4]], [[1, 2, 3]]):
        with pytest.raises(ValueError, match=r"negative|needed|before"):
            merge_shapes([bad])
    with pytest.raises(ValueError, match="Boxes go with boxes"):
        overlap([[0, 0, 1, 1]], [[0, 1]])
    with pytest.raises(ValueError, match="one label"):
        merge_shapes([[[0, 1]]], [[1, 2]])
