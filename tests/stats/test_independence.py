"""Copies of an annotator must not raise what is claimed without limit, and must not decide."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milo.stats.answers import answers
from milo.stats.dawid_skene import dawid_skene, one_coin
from milo.stats.glad import glad
from milo.stats.independence import independence
from milo.stats.mace import mace
from milo.stats.voting import vote_shares
from stats.crowds import crowd, recorded, with_copies

METHODS = {
    "vote_shares": vote_shares,
    "dawid_skene": dawid_skene,
    "one_coin": one_coin,
    "mace": lambda a, w=None: mace(a, w, restarts=1),
    "glad": lambda a, w=None: glad(a, w).resolved,
}


def log_odds(soft):
    top = np.clip(soft.max(axis=1), 1e-12, 1 - 1e-12)
    return np.log(top / (1 - top))


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
@settings(max_examples=8, derandomize=True)
@given(seed=st.integers(0, 1000), who=st.integers(0, 4), times=st.integers(1, 25), labels=st.integers(2, 4))
def test_copies_of_one_worker_add_nothing(method, seed, who, times, labels):
    truth, base, _ = crowd(seed, tasks=300, workers=5, labels=labels, each=5, accuracy=(0.6, 0.85))
    copied = with_copies(base, who, times)
    before, after = (method(a, independence(a).weight) for a in (base, copied))
    most = 3.0 if method is METHODS["glad"] else 0.5  # glad: 2.8 once in 200 crowds, else as the others
    assert log_odds(after.soft).max() <= log_odds(before.soft).max() + most
    assert log_odds(after.soft).mean() <= log_odds(before.soft).mean() + most / 3
    right = [float((r.soft.argmax(axis=1) == truth).mean()) for r in (before, after)]
    assert right[1] >= right[0] - 0.1  # mostly within 0.01; rarely the fit finds another optimum


def test_without_weights_copies_do_decide():
    """What the weights are for: with ten copies of one, plain Dawid-Skene believes the copied worker."""
    truth, base, _ = crowd(1, tasks=300, workers=5, labels=3, each=5, accuracy=(0.6, 0.7))
    copied = with_copies(base, 0, 10)
    plain, careful = dawid_skene(copied), dawid_skene(copied, independence(copied).weight)
    assert plain.soft.max(axis=1).mean() > 0.99
    assert (careful.soft.argmax(axis=1) == truth).mean() > (plain.soft.argmax(axis=1) == truth).mean() + 0.1


@settings(max_examples=15)
@given(st.integers(0, 500), st.floats(0.0, 0.4), st.integers(2, 40), st.floats(0.02, 1.0))
def test_the_total_weight_of_a_task_has_a_limit(seed, noise, times, floor):
    _, base, _ = crowd(seed, tasks=60, workers=4, labels=2, each=2)
    found = independence(with_copies(base, 0, times, noise), floor=floor)
    total = np.bincount(with_copies(base, 0, times, noise).task, found.weight)
    assert (total <= 1 / floor + 1e-9).all()
    assert (found.weight > 0).all()
    assert (found.weight <= 1).all()


def test_independent_workers_are_left_alone():
    """Hardly any pair is suspected in 200 independent crowds, experts among them included."""
    suspected = 0
    for seed in range(200):
        _, given, _ = crowd(seed, tasks=200, workers=8, labels=3, each=4, accuracy=(0.5, 0.99))
        suspected += bool(independence(given).pairs)
    assert suspected <= 200 * 0.01 + 2 * (200 * 0.01 * 0.99) ** 0.5 + 1


def test_experts_are_no_copies_while_others_can_vouch_for_them():
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 3, 800)
    right = np.array([0.995, 0.995, 0.995, 0.7, 0.7, 0.7, 0.7])
    label = np.where(rng.random((800, 7)) < right, truth[:, None], rng.integers(0, 3, (800, 7)))
    found = independence(answers(np.repeat(np.arange(800), 7), np.tile(np.arange(7), 800), label.ravel()))
    assert found.pairs == []
    assert found.effective.min() > 6.5


def test_noisy_copies_are_found_too():
    _, base, _ = crowd(7, tasks=500, workers=6, labels=3, each=6, accuracy=(0.6, 0.8))
    found = independence(with_copies(base, 2, 1, noise=0.15), floor=0.0)
    assert (found.pairs[0].a, found.pairs[0].b) == (2, 6)
    assert 0.5 < found.pairs[0].dependence < 1
    assert 6 < found.effective.mean() < 6.7


def test_a_second_answer_of_one_worker_counts_as_none():
    given = answers([0, 0, 0, 1], [0, 0, 1, 0], [1, 1, 0, 1], n_labels=2)
    found = independence(given, floor=0.0)
    assert found.effective.tolist() == [2, 1]
    assert found.weight.tolist() == [0.5, 0.5, 1, 1]


def test_a_recorded_crowd_has_two_accounts_that_never_differ():
    truth, given = recorded("crowds", "temp")
    found = independence(given)
    assert found.pairs[0].seen == 1.0
    assert found.pairs[0].shared == 100
    plain, careful = dawid_skene(given), dawid_skene(given, found.weight)
    loss = [-np.log(r.soft[np.arange(len(truth)), truth]).mean() for r in (plain, careful)]
    assert loss[1] < 0.6 * loss[0]


def test_order_does_not_matter_and_senseless_floors_are_refused():
    _, given, _ = crowd(9)
    moved = answers(given.task[::-1], given.worker[::-1], given.label[::-1], given.n_tasks, given.n_workers, given.n_labels)
    assert sorted(independence(moved).weight) == pytest.approx(sorted(independence(given).weight))
    with pytest.raises(ValueError, match="between 0 and 1"):
        independence(given, floor=2)
    assert independence(answers([], [], [])).pairs == []
