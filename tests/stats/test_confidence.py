"""One probability from many signals: honest on new data, honest about too little data, and the same after JSON."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milo.stats.calibration import auroc, brier, sigmoid
from milo.stats.confidence import NEEDED, Confidence, Fitted, NotEnough, fit_confidence, ridge_logistic
from milo.stats.reliability import ece


def world(n: int, rng: np.random.Generator):
    """Predictions whose signals share one hidden ease: log probability, committee, stated number, in-loop model, noise."""
    ease = rng.normal(size=n)
    right = rng.random(n) < sigmoid(1.5 + 1.2 * ease)
    logprob = -np.exp(-(ease + 0.8 * rng.normal(size=n)))
    committee = rng.binomial(5, sigmoid(ease + 0.8 + rng.normal(size=n))) / 5
    stated = np.clip(0.9 + 0.05 * rng.normal(size=n) + 0.01 * ease, 0, 1)
    loop = sigmoid(0.8 * ease + rng.normal(size=n))
    table = np.column_stack([logprob, committee, stated, loop, rng.normal(size=n)])
    table[rng.random(n) < 0.1, 0] = np.nan
    table[rng.random(n) < 0.3, 3] = np.nan
    return table, right.astype(float)


def fitted(table, right, **more) -> Fitted:
    found = fit_confidence(table, right, **more)
    assert isinstance(found, Fitted)
    return found


def test_too_few_answers_give_a_sentence_not_a_number() -> None:
    table, right = world(NEEDED - 1, np.random.default_rng(0))
    found = fit_confidence(table, right)
    assert found == NotEnough(NEEDED - 1)
    assert str(found) == f"not enough yet: {NEEDED - 1} of about {NEEDED} blind answers"
    # rows without any signal are no evidence
    table, right = world(60, np.random.default_rng(0))
    table[:40] = np.nan
    assert fit_confidence(table, right) == NotEnough(20)


@pytest.mark.parametrize(("n", "used", "worst"), [(40, 1, 0.2), (200, 5, 0.09), (1500, 5, 0.05)])
def test_new_predictions_are_right_as_often_as_it_says(n: int, used: int, worst: float) -> None:
    rng = np.random.default_rng(3)
    found = fitted(*world(n, rng))
    new, truth = world(20_000, rng)
    p = found.confidence.predict(new)
    there = ~np.isnan(p)
    assert len(found.confidence.used) == used
    assert (found.confidence.bend is not None) == (n >= 500)
    assert ece(p[there], truth[there]).value < worst
    if used > 1:
        assert auroc(p[there], truth[there]) > max(auroc(new[:, j], truth) for j in (1, 2, 4))
        assert brier(p[there], truth[there]) < brier(np.full(len(truth), truth.mean()), truth)


def test_held_out_probabilities_do_not_flatter() -> None:
    """With signals that mean nothing, a fit looks good on its own rows; the held-out probabilities do not."""
    rng = np.random.default_rng(5)
    areas = []
    for _ in range(10):
        table, right = rng.normal(size=(60, 8)), (rng.random(60) < 0.7).astype(float)
        areas.append(auroc(fitted(table, right).out_of_fold, right))
    assert np.mean(areas) < 0.55


def test_useless_signals_shrink_to_the_share_correct() -> None:
    rng = np.random.default_rng(6)
    table, right = rng.normal(size=(300, 6)), (rng.random(300) < 0.8).astype(float)
    p = fitted(table, right).confidence.predict(rng.normal(size=(1000, 6)))
    assert float(p.std()) < 0.05
    assert float(p.mean()) == pytest.approx(float(right.mean()), abs=0.02)


def test_a_group_is_held_out_whole() -> None:
    """Rows that are copies of each other teach nothing about each other when they are one group."""
    rng = np.random.default_rng(7)
    table, right = rng.normal(size=(40, 3)), (rng.random(40) < 0.6).astype(float)
    table, right, group = np.repeat(table, 5, axis=0), np.repeat(right, 5), np.repeat(np.arange(40), 5)
    torn = auroc(fitted(table, right).out_of_fold, right)
    whole = auroc(fitted(table, right, groups=group).out_of_fold, right)
    assert whole < torn
    with pytest.raises(ValueError, match="one group"):
        fit_confidence(table, right, groups=np.zeros(200))


def test_no_mistake_yet_is_no_certainty() -> None:
    table, _ = world(80, np.random.default_rng(8))
    p = fitted(table, np.ones(80)).confidence.predict(table)
    p = p[~np.isnan(p)]
    assert 0.95 < float(p.mean()) < 1


def test_weights_count() -> None:
    """Three times the weight is the same as three copies."""
    rng = np.random.default_rng(9)
    table, right = world(120, rng)
    design = np.column_stack([np.ones(120), np.nan_to_num(table)])
    heavy = np.where(rng.random(120) < 0.5, 3.0, 1.0)
    rows = np.repeat(np.arange(120), heavy.astype(int))
    once, copies = ridge_logistic(design, right, heavy), ridge_logistic(design[rows], right[rows], np.ones(len(rows)))
    assert once == pytest.approx(copies, abs=1e-6)


def test_ridge_against_scikit_learn() -> None:
    """At the penalty that it settles on, the weights are those of the reference library."""
    from sklearn.linear_model import LogisticRegression

    from milo.stats.confidence import _newton

    rng = np.random.default_rng(10)
    x = rng.normal(size=(200, 3))
    y = (rng.random(200) < sigmoid(x @ np.array([1.0, -0.5, 0.0]))).astype(float)
    theta, _ = _newton(np.column_stack([np.ones(200), x]), y, np.ones(200), 4.0, np.zeros(4))
    peer = LogisticRegression(C=1 / 4, tol=1e-8).fit(x, y)
    assert theta == pytest.approx([peer.intercept_[0], *peer.coef_[0]], abs=1e-3)


@given(
    st.integers(NEEDED, 90).flatmap(
        lambda n: st.tuples(
            st.lists(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=3, max_size=3), min_size=n, max_size=n),
            st.lists(st.booleans(), min_size=n, max_size=n),
        )
    )
)
@settings(max_examples=25, deadline=None)
def test_any_table_gives_probabilities_that_survive_json(given_rows) -> None:
    rows, right = given_rows
    table = np.array([[np.nan if v is None else v for v in row] for row in rows])
    found = fit_confidence(table, right)
    if isinstance(found, NotEnough):
        return
    p = found.confidence.predict(table)
    again = Confidence.from_dict(json.loads(json.dumps(found.confidence.as_dict())))
    assert np.array_equal(again.predict(table), p, equal_nan=True)
    assert again == found.confidence
    for values in (p, found.out_of_fold):
        there = values[~np.isnan(values)]
        assert ((there > 0) & (there < 1)).all()
    assert np.isnan(p[np.isnan(table).all(axis=1)]).all()


def test_the_same_seed_gives_the_same_fit_and_order_of_columns_does_not_matter() -> None:
    table, right = world(300, np.random.default_rng(11))
    one, two = fitted(table, right, seed=1), fitted(table, right, seed=1)
    assert np.array_equal(one.out_of_fold, two.out_of_fold, equal_nan=True)
    turned = fitted(table[:, ::-1], right, seed=1)
    assert turned.out_of_fold == pytest.approx(one.out_of_fold, abs=1e-5, nan_ok=True)


def test_what_makes_no_sense_is_refused() -> None:
    table, right = world(50, np.random.default_rng(12))
    with pytest.raises(ValueError, match="signals, the table has"):
        fitted(table, right).confidence.predict(table[:, :2])
    with pytest.raises(ValueError, match="predictions by signals"):
        fit_confidence(right, right)
    with pytest.raises(ValueError, match="0 or 1"):
        fit_confidence(table, right / 2)
    with pytest.raises(ValueError, match="as many outcomes"):
        fit_confidence(table, right[:-1])
    with pytest.raises(ValueError, match="infinite"):
        fit_confidence(np.where(np.isnan(table), np.inf, table), right)
