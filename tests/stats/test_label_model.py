"""Weak supervision: does it find what the sources are worth, and beat counting votes, planted and recorded."""

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milo.stats.label_model import label_model, triplets
from stats.crowds import RECORDED


def planted(seed, n=3000, labels=2, accuracy=(0.9, 0.8, 0.7, 0.6, 0.85, 0.55), speaks=0.6):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, labels, n)
    votes = np.full((n, len(accuracy)), -1)
    for j, right in enumerate(accuracy):
        wrong = (truth + rng.integers(1, labels, n)) % labels
        said = np.where(rng.random(n) < right, truth, wrong)
        votes[:, j] = np.where(rng.random(n) < speaks, said, -1)
    return truth, votes, np.array(accuracy)


def by_count(votes, labels):
    return np.stack([(votes == k).sum(axis=1) for k in range(labels)], axis=1).argmax(axis=1)


@pytest.mark.parametrize("model", [label_model, triplets])
@pytest.mark.parametrize("labels", [2, 4])
def test_accuracies_are_found_and_votes_beaten(model, labels):
    truth, votes, accuracy = planted(1, labels=labels)
    found = model(votes, labels)
    assert (found.soft.argmax(axis=1) == truth).mean() > (by_count(votes, labels) == truth).mean()
    assert np.corrcoef(found.accuracy, accuracy)[0, 1] > 0.97
    assert found.coverage == pytest.approx(0.6, abs=0.03)
    if model is label_model:
        assert found.accuracy == pytest.approx(accuracy, abs=0.05)


def test_silence_speaks():
    """Rules that know only one label, three of them the first: where they are silent it is likely the other."""
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 2, 4000)
    votes = np.full((4000, 4), -1)
    for j, (label, hit, false) in enumerate(((0, 0.7, 0.05), (0, 0.6, 0.02), (1, 0.5, 0.1), (0, 0.5, 0.1))):
        votes[:, j] = np.where(rng.random(4000) < np.where(truth == label, hit, false), label, -1)
    found = label_model(votes, 2)
    assert (found.soft.argmax(axis=1) == truth).mean() > (by_count(votes, 2) == truth).mean() + 0.02
    assert found.share == pytest.approx([0.5, 0.5], abs=0.06)


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(-1, 2), min_size=3, max_size=3), min_size=1, max_size=15), st.permutations(range(3)))
def test_laws(rows, order):
    votes = np.array(rows)
    for model in (label_model, triplets):
        found = model(votes, 3)
        assert found.soft.shape == (len(votes), 3)
        assert found.soft.sum(axis=1) == pytest.approx(1)
        moved = model(votes[::-1][:, list(order)], 3)
        assert moved.soft[::-1] == pytest.approx(found.soft, abs=1e-3)


def test_recorded_rules():
    files = [RECORDED / "weak" / "TubeSpam" / f"TubeSpam_lf_matrix_{part}.csv" for part in ("train", "test")]
    if not files[0].exists():
        pytest.skip(f"the recorded rules are not at hand (looked for {files[0]})")
    tables = []
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            tables += [[int(float(row[c])) for c in (*map(str, range(10)), "Label")] for row in csv.DictReader(file)]
    table = np.array(tables)
    votes, truth = np.where(table[:, :10] == 0, -1, (table[:, :10] + 1) // 2), (table[:, 10] + 1) // 2
    found = label_model(votes, 2)
    ties = (votes == 0).sum(axis=1) == (votes == 1).sum(axis=1)
    counted = np.where(ties, 0.5, by_count(votes, 2) == truth).mean()
    assert (found.soft.argmax(axis=1) == truth).mean() > counted + 0.01


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="items by sources"):
        label_model([0, 1])
    with pytest.raises(ValueError, match="three sources"):
        triplets([[0, 1]])
    with pytest.raises(ValueError, match="announced"):
        label_model([[5]], 2)
    with pytest.raises(ValueError, match="share is needed"):
        label_model([[0]], 2, share=[1.0])
    assert label_model([[-1, -1]], 2).soft.tolist() == [[0.5, 0.5]]
