"""Where one more answer pays: by hand, by law, and in a simulated project."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milo.stats.overlap import ask_another

softs = st.integers(2, 4).flatmap(
    lambda k: st.lists(st.lists(st.floats(0.01, 1), min_size=k, max_size=k), min_size=1, max_size=8).map(
        lambda rows: np.array(rows) / np.array(rows).sum(axis=1, keepdims=True)
    )
)


def test_by_hand():
    # a coin toss and a worker who is right in 80 %: the loss falls from 0.5 to 0.2
    found = ask_another([[0.5, 0.5], [0.9, 0.1], [1.0, 0.0]], worker=0.8, lookahead=1)
    assert found.gain == pytest.approx([0.3, 0.0, 0.0])
    assert found.chosen.tolist() == [0]
    assert (found.spent, found.saved) == (1.0, pytest.approx(0.3))
    # two answers that both contradict would change the second one: 0.1 * 0.64 - 0.9 * 0.04 = 0.028 for two
    assert ask_another([[0.9, 0.1]], worker=0.8, lookahead=2).gain == pytest.approx([0.014])


def test_budget_cost_and_stake():
    soft = [[0.5, 0.5]] * 4
    assert ask_another(soft, [4.0, 1.0, 2.0, 3.0], budget=6.0).chosen.tolist() == [1, 2, 3]
    assert ask_another(soft, [4.0, 1.0, 2.0, 3.0], budget=5.0).chosen.tolist() == [1, 2]
    assert ask_another(soft, stake=[1, 5, 2, 0], budget=2).chosen.tolist() == [1, 2]
    assert ask_another(soft, 1.0, stake=[2, 4, 10, 1], least=1.0, lookahead=1).chosen.tolist() == [2, 1]
    assert ask_another(soft, budget=0.0).chosen.tolist() == []


def literal_gain(p, confusion, loss):
    now = min(sum(loss[d][z] * p[z] for z in range(len(p))) for d in range(len(p)))
    after = 0.0
    for answer in range(len(p)):
        chance = [p[z] * confusion[z][answer] for z in range(len(p))]
        after += min(sum(loss[d][z] * chance[z] for z in range(len(p))) for d in range(len(p)))
    return now - after


@settings(max_examples=60)
@given(softs, st.floats(0, 1), st.integers(0, 100))
def test_the_gain_is_the_literal_one(soft, right, seed):
    k = soft.shape[1]
    loss = np.random.default_rng(seed).random((k, k)) * (1 - np.eye(k))
    confusion = np.where(np.eye(k, dtype=bool), right, (1 - right) / (k - 1))
    found = ask_another(soft, worker=right, loss=loss, lookahead=1)
    assert found.gain == pytest.approx([max(0.0, literal_gain(p, confusion, loss)) for p in soft], abs=1e-9)
    assert ask_another(soft, worker=confusion, loss=loss, lookahead=1).gain == pytest.approx(found.gain)
    assert (ask_another(soft, worker=right, loss=loss, lookahead=3).gain >= found.gain - 1e-12).all()
    assert ask_another(soft, worker=1 / k, loss=loss).gain == pytest.approx(0, abs=1e-9)


def test_adaptive_overlap_is_cheaper_than_more_for_all():
    """The same number of answers: two for each task, then two more for all, or by turns where it changes most."""
    rng = np.random.default_rng(0)
    n, k, right = 1500, 3, 0.75
    truth = rng.integers(0, k, n)

    def answers(tasks):
        wrong = (truth[tasks] + rng.integers(1, k, len(tasks))) % k
        return np.where(rng.random(len(tasks)) < right, truth[tasks], wrong)

    def updated(soft, tasks, labels):
        out = soft.copy()
        out[tasks] *= np.where(np.arange(k) == labels[:, None], right, (1 - right) / (k - 1))
        return out / out.sum(axis=1, keepdims=True)

    start = np.full((n, k), 1 / k)
    for _ in range(2):
        start = updated(start, np.arange(n), answers(np.arange(n)))
    everyone = start
    for _ in range(2):
        everyone = updated(everyone, np.arange(n), answers(np.arange(n)))
    adaptive, left = start, 2.0 * n
    while left >= 1:
        found = ask_another(adaptive, budget=min(left, n / 4), worker=right)
        if not len(found.chosen):
            break
        adaptive = updated(adaptive, found.chosen, answers(found.chosen))
        left -= found.spent
    errors = [float((s.argmax(axis=1) != truth).mean()) for s in (everyone, adaptive)]
    assert errors[1] < 0.75 * errors[0], errors


def test_what_the_gain_promises_comes_true():
    rng = np.random.default_rng(1)
    soft = rng.dirichlet(np.ones(3), 20_000)
    truth = (rng.random(20_000)[:, None] > soft.cumsum(axis=1)).sum(axis=1)
    found = ask_another(soft, worker=0.7, lookahead=1)
    answer = np.where(rng.random(20_000) < 0.7, truth, (truth + rng.integers(1, 3, 20_000)) % 3)
    after = soft * np.where(np.arange(3) == answer[:, None], 0.7, 0.15)
    fallen = (soft.argmax(axis=1) != truth).mean() - (after.argmax(axis=1) != truth).mean()
    assert fallen == pytest.approx(found.gain.mean(), abs=0.008)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"soft": [[0.5, 0.6]]}, "sum to 1"),
        ({"cost": [1.0, 2.0]}, "cost"),
        ({"cost": 0.0}, "positive"),
        ({"worker": 1.5}, r"0\.\.1"),
        ({"worker": [[1, 1], [0, 1]]}, "confusion"),
        ({"loss": [[0, 1]]}, "loss"),
    ],
)
def test_what_makes_no_sense_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        ask_another(**({"soft": [[0.5, 0.5]]} | change))
