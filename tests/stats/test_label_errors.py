"""Label errors against cleanlab and against planted ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milo.stats.label_errors import METHODS, label_errors, review_order, thresholds


def noisy(seed, n=2000, labels=5, flips=0.1, sharp=3.0):
    """True labels, given labels with planted flips, and probabilities of a classifier that sees neither."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(labels, n, p=np.linspace(1, 2, labels) / np.linspace(1, 2, labels).sum())
    logits = rng.normal(size=(n, labels))
    logits[np.arange(n), truth] += sharp
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    flip = rng.random(n) < flips
    label = np.where(flip, (truth + rng.integers(1, labels, n)) % labels, truth)
    return truth, label, p


THEIRS = {
    "noise_rate": "prune_by_noise_rate",
    "class": "prune_by_class",
    "both": "both",
    "confident": "confident_learning",
    "argmax": "predicted_neq_given",
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", range(3))
def test_suspects_are_those_of_cleanlab(method, seed):
    theirs = pytest.importorskip("cleanlab.filter", reason="cleanlab is not installed")
    _, label, p = noisy(seed)
    ours = label_errors(label, p, method).suspect
    other = theirs.find_label_issues(label, p, filter_by=THEIRS[method], n_jobs=1)
    # small differences: rounding of the joint, and the label an item counts for when several are above their threshold
    assert (ours != other).sum() <= 0.03 * other.sum() + 2
    assert (ours & other).sum() > 50


def test_scores_and_joint_are_those_of_cleanlab():
    rank = pytest.importorskip("cleanlab.rank", reason="cleanlab is not installed")
    from cleanlab.count import compute_confident_joint, get_confident_thresholds

    _, label, p = noisy(7)
    found = label_errors(label, p)
    assert found.self_confidence == pytest.approx(rank.get_label_quality_scores(label, p, method="self_confidence"))
    assert found.margin == pytest.approx(rank.get_label_quality_scores(label, p, method="normalized_margin"))
    assert found.thresholds == pytest.approx(get_confident_thresholds(label, p))
    assert found.joint == pytest.approx(compute_confident_joint(label, p), abs=3)


def test_planted_errors_are_found():
    precision, recall, expected = [], [], []
    for seed in range(5):
        truth, label, p = noisy(seed, sharp=5.0)
        found = label_errors(label, p)
        wrong = truth != label
        precision.append((wrong & found.suspect).sum() / found.suspect.sum())
        recall.append((wrong & found.suspect).sum() / wrong.sum())
        expected.append(found.expected / wrong.sum())
    assert np.mean(precision) > 0.85
    assert np.mean(recall) > 0.85
    assert np.mean(expected) == pytest.approx(1, abs=0.15)


def test_reviewing_by_worth_finds_errors_first():
    truth, label, p = noisy(3)
    found = label_errors(label, p)
    wrong = truth != label
    first = review_order(found, most=int(wrong.sum()))
    assert wrong[first].mean() > 0.7
    assert found.wrong.sum() == pytest.approx(found.expected, rel=1e-3)
    stake = np.where(label == 1, 10.0, 1.0)
    costly = review_order(found, stake, most=200)
    assert (label[costly] == 1).mean() > 2 * (label[first] == 1).mean()
    assert sorted(review_order(found, effort=1 + p[:, 0]).tolist()) == list(range(len(p)))


tables = st.integers(2, 4).flatmap(
    lambda k: st.lists(
        st.tuples(st.integers(0, k - 1), st.lists(st.integers(1, 1000), min_size=k, max_size=k, unique=True)), max_size=30
    )
)


@settings(max_examples=60)
@given(tables, st.sampled_from(METHODS))
def test_laws(rows, method):
    if not rows:
        return
    label = np.array([r[0] for r in rows])
    p = np.array([r[1] for r in rows], dtype=float)
    p /= p.sum(axis=1, keepdims=True)
    found = label_errors(label, p, method)
    assert not found.suspect[p.argmax(axis=1) == label].any()
    assert found.joint.sum(axis=1) == pytest.approx(np.bincount(label, minlength=p.shape[1]))
    assert ((found.wrong >= 0) & (found.wrong <= 1)).all()
    assert ((found.margin >= 0) & (found.margin <= 1)).all()
    names = np.roll(np.arange(p.shape[1]), 1)
    renamed = label_errors(names[label], p[:, np.argsort(names)], method)
    assert renamed.joint[np.ix_(names, names)] == pytest.approx(found.joint)


def test_perfect_labels_have_no_suspects():
    p = np.eye(3)[[0, 1, 2, 0, 1, 2]] * 0.9 + 0.1 / 3
    found = label_errors([0, 1, 2, 0, 1, 2], p)
    assert not found.suspect.any()
    assert found.expected == 0
    assert thresholds([0, 0], [[1.0, 0.0], [0.5, 0.5]]).tolist() == [0.75, 1.0]


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="noise_rate"):
        label_errors([0], [[1.0, 0.0]], "magic")
    with pytest.raises(ValueError, match="One row"):
        label_errors([0, 1], [[1.0, 0.0]])
    with pytest.raises(ValueError, match=r"0\.\.1"):
        label_errors([2], [[1.0, 0.0]])
    with pytest.raises(ValueError, match="sum to 1"):
        label_errors([0], [[1.0, 1.0]])
    with pytest.raises(ValueError, match="positive number"):
        review_order(label_errors([0], [[1.0, 0.0]]), effort=[0.0])
