"""Aggregation against slow literal versions, its own simulations, recorded crowds, and its laws."""

# pyright: reportOptionalSubscript=false, reportOptionalMemberAccess=false

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milo.stats.answers import answers
from milo.stats.dawid_skene import dawid_skene, one_coin
from milo.stats.glad import glad
from milo.stats.mace import competence, mace
from milo.stats.voting import majority, vote_shares, weighted
from stats.crowds import crowd, recorded

METHODS = {
    "majority": majority,
    "vote_shares": vote_shares,
    "weighted": weighted,
    "dawid_skene": dawid_skene,
    "one_coin": one_coin,
    "mace": lambda a, w=None: mace(a, w, restarts=1),
    "glad": lambda a, w=None: glad(a, w).resolved,
}
each_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)

rows = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 4), st.integers(-1, 2)), min_size=1, max_size=40)


def columns(given_rows):
    return np.array(given_rows).reshape(-1, 3).T


@each_method
@settings(max_examples=40)
@given(rows=rows)
def test_soft_labels_are_distributions(method, rows):
    task, worker, label = columns(rows)
    given = answers(task, worker, label, 8, 5, 3)
    found = method(given)
    assert found.soft.shape == (8, 3)
    assert np.isfinite(found.soft).all()
    assert (found.soft >= 0).all()
    assert found.soft.sum(axis=1) == pytest.approx(1)
    ability = found.ability
    assert (ability.low >= 0).all()
    assert (ability.low <= ability.mean).all()
    assert (ability.mean <= ability.high).all()
    assert (ability.high <= 1).all()
    assert ability.n.tolist() == np.bincount(given.worker, minlength=5).tolist()


@each_method
@settings(max_examples=25)
@given(rows=rows, random=st.randoms(use_true_random=False))
def test_order_and_names_do_not_matter(method, rows, random):
    task, worker, label = columns(rows)
    one = method(answers(task, worker, label, 8, 5, 3))
    order = random.sample(range(len(task)), len(task))
    tasks, workers, labels = (np.array(random.sample(range(n), n)) for n in (8, 5, 3))
    renamed = np.where(label >= 0, labels[label], -1)
    two = method(answers(tasks[task][order], workers[worker][order], renamed[order], 8, 5, 3))
    assert two.soft[tasks][:, labels] == pytest.approx(one.soft, abs=2e-3)
    assert two.ability.mean[workers] == pytest.approx(one.ability.mean, abs=2e-3)


@each_method
@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), min_size=1, max_size=6, unique_by=lambda r: r[0]))
def test_all_agree_all_right(method, rows):
    task, label = np.array(rows).T
    workers = np.repeat(np.arange(4), len(task))
    found = method(answers(np.tile(task, 4), workers, np.tile(label, 4), 6, 4, 3))
    assert found.soft[task].argmax(axis=1).tolist() == label.tolist()


def test_votes_by_hand():
    given = answers([0, 0, 0, 1, 1, 2], [0, 1, 2, 0, 1, 0], [0, 0, 1, 0, 1, 2], n_tasks=4)
    assert majority(given).soft.tolist()[:3] == [[1, 0, 0], [0.5, 0.5, 0], [0, 0, 1]]
    assert vote_shares(given).soft[0] == pytest.approx([2 / 3, 1 / 3, 0])
    assert vote_shares(given).soft[3] == pytest.approx([3 / 6, 2 / 6, 1 / 6])
    assert weighted(given, worth=[1, 3, 1]).soft[0] == pytest.approx([0.8, 0.2, 0])
    assert weighted(given, worth=[0, 0, 1]).soft[1] == pytest.approx([0.5, 0.5, 0])
    with pytest.raises(ValueError, match="at least 0"):
        weighted(given, worth=[1, -1, 1])


def literal_dawid_skene(given, iterations):
    """Dawid and Skene (1979), equations 2.3 to 2.5, with loops; no priors but 1e-9."""
    n, w, k = given.n_tasks, given.n_workers, given.n_labels
    rows = list(zip(given.task.tolist(), given.worker.tolist(), given.label.tolist(), strict=True))
    soft = np.zeros((n, k))
    for task, _, label in rows:
        soft[task, label] += 1
    soft /= soft.sum(axis=1, keepdims=True)
    confusion = np.zeros((w, k, k))
    for _ in range(iterations):
        confusion = np.full((w, k, k), 1e-9)
        for task, worker, label in rows:
            for true in range(k):
                confusion[worker, true, label] += soft[task, true]
        confusion /= confusion.sum(axis=2, keepdims=True)
        share = soft.mean(axis=0)
        soft = np.tile(share, (n, 1))
        for task, worker, label in rows:
            soft[task] *= confusion[worker, :, label]
        soft /= soft.sum(axis=1, keepdims=True)
    return soft, confusion


def test_dawid_skene_is_the_literal_one():
    _, given, _ = crowd(1, tasks=60, workers=6, labels=3, each=4)
    expected, confusion = literal_dawid_skene(given, 12)
    found = dawid_skene(given, prior=0.0, pooled=0.0, max_iterations=12, tolerance=0.0)
    assert found.iterations == 12
    assert not found.converged
    assert found.soft == pytest.approx(expected, abs=1e-6)
    assert found.confusion == pytest.approx(confusion, abs=1e-6)


def test_mace_sees_what_the_model_says():
    """Soft labels and loss from the parameters by the formula of the paper, with loops."""
    _, given, _ = crowd(2, tasks=40, workers=5, labels=3, each=3)
    found = mace(given, restarts=2, max_iterations=200, tolerance=1e-12)
    likelihood = np.full((40, 3), 1 / 3)
    for task, worker, label in zip(given.task, given.worker, given.label, strict=True):
        likelihood[task] *= found.confusion[worker, :, label]
    assert found.soft == pytest.approx(likelihood / likelihood.sum(axis=1, keepdims=True), abs=1e-6)
    assert np.allclose(found.confusion.sum(axis=2), 1)


@pytest.mark.parametrize("method", [dawid_skene, one_coin, lambda a, **o: glad(a, **o).resolved])
def test_the_loss_falls(method):
    _, given, _ = crowd(3)
    losses = [method(given, max_iterations=i, tolerance=0.0).loss for i in (1, 2, 4, 8, 16, 32)]
    assert all(later <= earlier + 1e-3 for earlier, later in pairwise(losses)), losses


def test_models_beat_votes_where_workers_differ():
    gains = dict.fromkeys(METHODS, 0.0)
    for seed in range(5):
        truth, given, _ = crowd(seed, tasks=600, workers=12, labels=3, each=5, accuracy=(0.34, 0.95))
        for name, method in METHODS.items():
            gains[name] += float((method(given).soft.argmax(axis=1) == truth).mean()) / 5
    for name in ("weighted", "dawid_skene", "one_coin", "mace", "glad"):
        assert gains[name] > gains["majority"] + 0.02, gains


def test_dawid_skene_finds_confusion_and_bias():
    rng = np.random.default_rng(0)
    truth = rng.choice(3, 3000, p=[0.6, 0.3, 0.1])
    cells = np.array(
        [[[0.9, 0.05, 0.05], [0.1, 0.8, 0.1], [0.4, 0.1, 0.5]], [[0.7, 0.2, 0.1], [0.0, 1.0, 0.0], [0.1, 0.1, 0.8]]]
    )
    cells = cells[[0, 1, 0, 1, 0]]
    label = np.stack([[rng.choice(3, p=cells[w, z]) for z in truth] for w in range(5)], axis=1)
    given = answers(np.repeat(np.arange(3000), 5), np.tile(np.arange(5), 3000), label.ravel())
    found = dawid_skene(given)
    assert found.converged
    assert found.confusion == pytest.approx(cells, abs=0.06)
    assert found.soft.mean(axis=0) == pytest.approx([0.6, 0.3, 0.1], abs=0.03)


def test_mace_tells_knowing_from_guessing():
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 4, 1000)
    label = np.stack([truth if w < 3 else np.full(1000, 2) for w in range(5)], axis=1)
    noise = rng.random((1000, 5)) < [0.1, 0.3, 0.2, 0, 0]
    label = np.where(noise, rng.integers(0, 4, (1000, 5)), label)
    found = mace(answers(np.repeat(np.arange(1000), 5), np.tile(np.arange(5), 1000), label.ravel()), restarts=3)
    assert competence(found) == pytest.approx([0.9, 0.7, 0.8, 0.0, 0.0], abs=0.06)
    assert (found.soft.argmax(axis=1) == truth).mean() > 0.94
    with pytest.raises(ValueError, match="mace"):
        competence(majority(answers([0], [0], [0])))


def test_glad_finds_hard_tasks_and_good_workers():
    rng = np.random.default_rng(5)
    truth, ease = rng.integers(0, 2, 800), np.exp(rng.normal(0.5, 1, 800))
    skill = rng.normal(1.2, 0.7, 20)
    right = rng.random((800, 20)) < 1 / (1 + np.exp(-skill * ease[:, None]))
    label = np.where(right, truth[:, None], 1 - truth[:, None])
    found = glad(answers(np.repeat(np.arange(800), 20), np.tile(np.arange(20), 800), label.ravel()))
    assert found.resolved.converged
    assert np.corrcoef(found.skill, skill)[0, 1] > 0.95
    assert np.corrcoef(np.log(found.ease), np.log(ease))[0, 1] > 0.6


def test_ability_intervals_hold_the_truth():
    held = []
    for seed in range(40):
        _, given, right = crowd(seed, tasks=300, workers=10, labels=3, each=6, accuracy=(0.6, 0.9))
        ability = dawid_skene(given).ability
        held += ((ability.low <= right) & (right <= ability.high)).tolist()
    # the truth is not known but resolved, which costs a few points of coverage
    assert 0.85 <= np.mean(held) <= 0.99


def test_few_answers_say_so():
    ability = majority(answers([0, 1], [0, 0], [0, 0], n_workers=2)).ability
    assert (ability.low[0], ability.high[0]) == pytest.approx((0.292, 0.992), abs=1e-3)
    assert (ability.low[1], ability.mean[1], ability.high[1]) == pytest.approx((0.025, 0.5, 0.975))


@each_method
def test_nothing_and_one_answer(method):
    assert method(answers([], [], [])).soft.shape == (0, 2)
    assert method(answers([], [], [], 2, 1, 3)).soft == pytest.approx(1 / 3)
    assert method(answers([1], [0], [1], 2)).soft.argmax(axis=1)[1] == 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: answers([0], [0, 1], [0]), "length"),
        (lambda: answers([-1], [0], [0]), "task -1 is negative"),
        (lambda: answers([0], [3], [0], n_workers=2), "worker 3"),
        (lambda: answers([0], [0], [0], n_labels=1), "only 1 label"),
    ],
)
def test_what_makes_no_sense_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_recorded_crowds():
    """Snow et al. (2008): published accuracies of Dawid-Skene are 92.75 % (rte) and 94.37 % (temp)."""
    for name, least in (("rte", 0.92), ("temp", 0.935)):
        truth, given = recorded("crowds", name)
        plain = dawid_skene(given, prior=0.01, pooled=0.0)
        assert (plain.soft.argmax(axis=1) == truth).mean() == pytest.approx(0.9275 if name == "rte" else 0.9416, abs=0.005)
        for key, method in METHODS.items():
            share = float((method(given).soft.argmax(axis=1) == truth).mean())
            assert share >= least - (0.01 if key in ("majority", "vote_shares") else 0), (name, key, share)
