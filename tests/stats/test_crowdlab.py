"""A classifier with annotators: against cleanlab, and against what each of them can do alone."""

import numpy as np
import pytest

from milo.stats.answers import answers
from milo.stats.crowdlab import crowdlab
from milo.stats.voting import majority


def crowd_and_classifier(seed, n=400, labels=4, workers=12, most=3, sure=0.75, model=0.8):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, labels, n)
    guess = np.where(rng.random(n) < model, truth, rng.integers(0, labels, n))
    probabilities = np.full((n, labels), 0.1) + rng.random((n, labels)) * 0.05
    probabilities[np.arange(n), guess] += 0.8
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    task = np.repeat(np.arange(n), rng.integers(1, most + 1, n))
    order = rng.random((n, workers)).argsort(axis=1)
    worker = order[task, np.arange(len(task)) - np.searchsorted(task, task)]
    label = np.where(rng.random(len(task)) < sure, truth[task], rng.integers(0, labels, len(task)))
    return truth, answers(task, worker, label, n, workers, labels), probabilities


@pytest.mark.parametrize("seed", range(4))
def test_weights_and_qualities_are_those_of_cleanlab(seed):
    theirs = pytest.importorskip("cleanlab.multiannotator", reason="cleanlab is not installed")
    _, given, probabilities = crowd_and_classifier(seed)
    table = np.full((given.n_tasks, given.n_workers), np.nan)
    table[given.task, given.worker] = given.label
    found = crowdlab(given, probabilities)
    expected = theirs.get_label_quality_multiannotator(table, probabilities, return_weights=True, verbose=False)
    assert found.model_worth == pytest.approx(expected["model_weight"])
    assert found.worth == pytest.approx(expected["annotator_weight"])
    assert found.quality == pytest.approx(expected["label_quality"]["consensus_quality_score"].to_numpy())
    assert found.label.tolist() == expected["label_quality"]["consensus_label"].tolist()


def test_better_than_votes_and_than_the_classifier():
    gains = np.zeros(3)
    for seed in range(5):
        truth, given, probabilities = crowd_and_classifier(seed, most=2)
        found = crowdlab(given, probabilities)
        for i, label in enumerate((found.label, majority(given).soft.argmax(axis=1), probabilities.argmax(axis=1))):
            gains[i] += (label == truth).mean() / 5
    assert gains[0] > gains[1] + 0.03
    assert gains[0] > gains[2] + 0.01


def test_a_poor_classifier_is_not_believed():
    truth, given, _ = crowd_and_classifier(1)
    nonsense = np.random.default_rng(0).dirichlet(np.ones(4) * 0.2, len(truth))
    found = crowdlab(given, nonsense)
    assert found.model_worth < 0.3 * found.worth.mean()


def test_one_answer_each_and_none_at_all():
    truth, given, probabilities = crowd_and_classifier(2, most=1)
    found = crowdlab(given, probabilities)
    assert "No item has two answers" in found.why
    assert found.resolved.soft.sum(axis=1) == pytest.approx(1)
    assert (found.label == truth).mean() > 0.75
    nothing = crowdlab(answers([], [], [], len(truth), 1, 4), probabilities)
    assert nothing.resolved.soft.tolist() == probabilities.tolist()
    assert "no answers" in nothing.why


def test_order_does_not_matter():
    _, given, probabilities = crowd_and_classifier(3)
    moved = answers(given.task[::-1], given.worker[::-1], given.label[::-1], given.n_tasks, given.n_workers, given.n_labels)
    assert crowdlab(moved, probabilities).resolved.soft == pytest.approx(crowdlab(given, probabilities).resolved.soft)


def test_odd_probabilities_are_refused():
    _, given, probabilities = crowd_and_classifier(4)
    with pytest.raises(ValueError, match="shape"):
        crowdlab(given, probabilities[:, :2])
    with pytest.raises(ValueError, match="sum to 1"):
        crowdlab(given, probabilities * 2)
