"""The alternative annotator test against a literal version, other libraries, and its own promise."""

# pyright: reportOptionalOperand=false, reportOperatorIssue=false

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from milo.stats.alternative_annotator import (
    alternative_annotator_test,
    benjamini_yekutieli,
    compare_scores,
    exact_p_value,
    items_needed,
    power,
    published_p_value,
)


def people_and_model(seed, items=80, people=4, labels=3, human=0.75, model=0.8, missing=0.0):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, labels, items)
    table = np.where(rng.random((items, people)) < human, truth[:, None], rng.integers(0, labels, (items, people)))
    table[rng.random((items, people)) < missing] = -1
    answer = np.where(rng.random(items) < model, truth, rng.integers(0, labels, items))
    item, who = np.nonzero(table >= 0)
    return item, who, table[item, who], answer


def literal(item, who, value, model, score, epsilon):
    """Person by person and item by item, as the paper puts it, with a t-test from 30 items on."""
    answers = {}
    for i, h, v in zip(item.tolist(), who.tolist(), value.tolist(), strict=True):
        answers.setdefault(i, {})[h] = v
    p, advantages = [], []
    for h in sorted({h for a in answers.values() for h in a}):
        d, better = [], []
        for i, a in answers.items():
            if h not in a or len(a) < 2:
                continue
            others = [v for g, v in a.items() if g != h]
            human, machine = score(a[h], others), score(model[i], others)
            better.append(machine >= human - 1e-12)
            d.append(int(human >= machine - 1e-12) - int(machine >= human - 1e-12))
        p.append(stats.ttest_1samp(d, epsilon, alternative="less")[1])
        advantages.append(np.mean(better))
    return p, np.mean(advantages)


@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize("kind", ["match", "rmse"])
def test_it_is_the_literal_one(kind, missing):
    item, who, value, model = people_and_model(3, labels=5, missing=missing)
    scores = {
        "match": lambda v, others: np.mean([v == o for o in others]),
        "rmse": lambda v, others: -np.sqrt(np.mean([(v - o) ** 2 for o in others])),
    }
    found = alternative_annotator_test(item, who, value, model, score=kind, test="published", replicates=50)
    p, advantage = literal(item, who, value, model, scores[kind], 0.2)
    assert [a.p for a in found.against] == pytest.approx(p)
    assert found.advantage.value == pytest.approx(advantage)
    assert [a.adjusted for a in found.against] == pytest.approx(stats.false_discovery_control(p, method="by"))
    assert found.winning_rate == np.mean([a.wins for a in found.against])
    assert found.advantage.low <= advantage <= found.advantage.high


def test_a_similarity_matrix_is_match_when_it_is_the_identity():
    item, who, value, model = people_and_model(4)
    plain = alternative_annotator_test(item, who, value, model)
    assert alternative_annotator_test(item, who, value, model, score=np.eye(3)) == plain
    near = alternative_annotator_test(item, who, value, model, score=[[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]])
    assert near.against != plain.against


def test_the_single_expert_is_the_yardstick():
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 3, 120)
    crowd = [np.where(rng.random(120) < 0.6, truth, rng.integers(0, 3, 120)) for _ in range(3)]
    model = np.where(rng.random(120) < 0.95, truth, rng.integers(0, 3, 120))
    item, who = np.tile(np.arange(120), 4), np.repeat(np.arange(4), 120)
    found = alternative_annotator_test(item, who, np.concatenate([truth, *crowd]), model, expert=0, epsilon=0.1)
    assert [a.annotator for a in found.against] == [1, 2, 3]
    assert found.passes
    assert found.against[0].advantage == pytest.approx(np.mean((model == truth) >= (crowd[0] == truth)))
    back = alternative_annotator_test(item, who, np.concatenate([truth, *crowd]), crowd[0], expert=0, epsilon=0.1)
    assert not back.passes


@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=12))
def test_benjamini_yekutieli_is_scipys(p):
    assert benjamini_yekutieli(p) == pytest.approx(stats.false_discovery_control(p, method="by"))


@given(st.lists(st.integers(-1, 1), min_size=2, max_size=25), st.floats(0, 0.5))
def test_p_values_lie_in_the_unit(d, epsilon):
    assert 0 < exact_p_value(np.array(d, dtype=float), epsilon) <= 1


def test_more_of_the_same_is_stronger_evidence():
    d = np.array([1, 0, 0, 0, -1, 0, 0, 0, 0, 0], dtype=float)
    p = [exact_p_value(np.tile(d, times), 0.2) for times in (1, 3, 10)]
    assert p[0] > p[1] > p[2]
    assert exact_p_value(-np.ones(20), 0.2) < 0.01
    assert exact_p_value(np.ones(20), 0.2) == 1


def rejected(p_value, n, up, down, epsilon, runs):
    rng = np.random.default_rng(n)
    draws = rng.choice([1.0, 0.0, -1.0], (runs, n), p=[up, 1 - up - down, down])
    return np.mean([p_value(d, epsilon) <= 0.05 for d in draws])


@pytest.mark.parametrize(("n", "up", "down"), [(15, 0.2, 0.0), (25, 0.45, 0.25), (40, 0.2, 0.0), (40, 0.3, 0.1)])
def test_the_exact_test_is_wrong_no_more_often_than_it_says(n, up, down):
    assert rejected(exact_p_value, n, up, down, 0.2, 400) <= 0.05 + 2 * (0.05 * 0.95 / 400) ** 0.5


def test_the_published_tests_are_wrong_more_often_which_is_why_they_are_not_the_default():
    assert rejected(published_p_value, 20, 0.2, 0.0, 0.2, 200) > 0.2
    assert rejected(published_p_value, 30, 0.1, 0.0, 0.1, 400) > 0.1


def test_a_good_model_passes_and_a_poor_one_does_not():
    good, poor = (power(80, model_accuracy=a, runs=40, labels=4) for a in (0.9, 0.5))
    assert good.passes > 0.9
    assert poor.passes == 0
    assert good.advantage > poor.advantage
    assert items_needed(0.5, (20, 80), model_accuracy=0.9, runs=20) in (20, 80)
    assert items_needed(0.9, (20,), model_accuracy=0.3, runs=5) is None


def test_too_little_says_so():
    item, who, value, model = people_and_model(1, items=6)
    found = alternative_annotator_test(item, who, value, model)
    assert found.passes is None
    assert "Nobody has 10 items" in found.why
    assert found.skipped == [(h, 6) for h in range(4)]
    two = alternative_annotator_test(*people_and_model(1, items=40, people=2))
    assert "Only 2" in two.why
    assert compare_scores([], [], [], []).passes is None


def test_items_that_the_model_left_out_do_not_count():
    item, who, value, model = people_and_model(2)
    model[:30] = -1
    found = alternative_annotator_test(item, who, value, model)
    assert {a.n for a in found.against} == {50}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"epsilon": 1.5}, "epsilon is 1.5"),
        ({"score": "best"}, "match, rmse"),
        ({"score": np.zeros((2, 3))}, "each pair"),
        ({"test": "z"}, "exact or published"),
    ],
)
def test_what_makes_no_sense_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        alternative_annotator_test(*people_and_model(1), **change)
