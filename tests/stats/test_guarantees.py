"""Promises about what is accepted unseen: kept for every threshold and look, with odds, and honest where nothing may be."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.stats.guarantees import (
    _BETS,
    ALPHA,
    answers_needed,
    exact_upper,
    grid,
    permit,
    promises,
    spend,
    split,
    together,
    upper_bound,
)  # fmt: skip
from milo.stats.intervals import clopper_pearson

losses = st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.25, 1.0]), min_size=1, max_size=60)


def allowed(runs: int, alpha: float = ALPHA) -> float:
    """As many broken promises as the level allows, plus two standard errors."""
    return runs * alpha + 2 * math.sqrt(runs * alpha * (1 - alpha))


def world(n: int, rng: np.random.Generator, kind: str = "right or wrong"):
    """Scores and losses. "committee": five models that err together, whose agreement is the score and looks far too sure."""
    ease = rng.normal(size=n)
    right = 1 / (1 + np.exp(-(2.2 + 1.2 * ease)))
    if kind == "committee":
        fooled = rng.random(n) < 0.12
        votes = rng.binomial(5, np.where(fooled, 0.03, right)[:, None], (n, 1))[:, 0]
        return np.maximum(votes, 5 - votes) / 5 + 1e-6 * rng.random(n), (votes < 3).astype(float)
    wrong = (rng.random(n) > right).astype(float)
    score = 1 / (1 + np.exp(-(2 + 1.2 * ease + 0.7 * rng.normal(size=n))))
    return score, wrong * rng.beta(2, 1, n) if kind == "partly right" else wrong


@given(losses, st.sampled_from([0.01, 0.05, 0.2]))
def test_a_bound_lies_above_the_mean_and_forgets_the_order(values, alpha) -> None:
    bound = upper_bound(values, alpha)
    assert np.mean(values) <= bound <= 1
    assert bound == pytest.approx(upper_bound(sorted(values), alpha), abs=1e-12)
    assert bound <= upper_bound(values, alpha / 2) + 1e-9
    assert bound == pytest.approx(upper_bound(values, alpha, np.ones(len(values))))
    assert upper_bound([*values, 0.0], alpha) <= bound + 1e-9


def test_one_look_is_clopper_pearson_and_every_look_costs_little_more() -> None:
    assert exact_upper(3, 100, 0.025) == pytest.approx(clopper_pearson(3, 100)[1])
    assert exact_upper(0, 0, 0.05) == 1
    for errors, n in ((0, 100), (5, 200), (50, 1000), (200, 1000)):
        exact, always = exact_upper(errors, n, 0.05), upper_bound([1.0] * errors + [0.0] * (n - errors), 0.05)
        assert exact < always < 1.5 * exact


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.3])
def test_peeking_after_every_answer_breaks_no_bound(rate: float) -> None:
    rng, runs, n = np.random.default_rng(1), 1000, 2000
    wrong = (rng.random((runs, n)) < rate).cumsum(axis=1)
    right = np.arange(1, n + 1) - wrong
    lost, won = np.log1p(-_BETS), np.log1p(_BETS * rate / (1 - rate))
    evidence = np.log(np.mean([np.exp(wrong * a + right * b) for a, b in zip(lost, won, strict=True)], axis=0))
    below = evidence >= -math.log(ALPHA)  # the bound lies below the truth
    assert below.any(axis=1).sum() <= allowed(runs)
    for run in range(10):
        at = int(evidence[run].argmax())
        counts = [1.0] * int(wrong[run, at]) + [0.0] * int(right[run, at])
        assert (upper_bound(counts, ALPHA) < rate) == below[run, at]


@pytest.mark.parametrize("kind", ["right or wrong", "partly right", "committee"])
def test_promises_hold_at_all_thresholds_and_looks(kind: str) -> None:
    runs, broken = 40, 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        score, loss = world(2000, rng, kind)
        order, rungs, bad = rng.permutation(2000), grid(score), False
        for n in (30, 60, 120, 250, 500):
            audited = order[:n]
            unseen = np.ones(2000, dtype=bool)
            unseen[audited] = False
            rows = promises(
                rungs, score[audited], loss[audited], score, unseen=score[unseen], at=np.quantile(score, np.linspace(0, 1, 23))
            )
            for row in rows:
                found = float(loss[unseen & (score >= row.threshold)].sum())
                bad |= found > row.errors + 1e-9
        broken += bad
    assert broken <= allowed(runs)


def test_odds_are_taken_into_account() -> None:
    """Audits go to likely errors three times as often, and some errors hide where audits are rare."""
    runs, broken, naive = 60, 0, 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        score = rng.random(4000)
        hard = rng.random(4000) < 0.3
        loss = (rng.random(4000) < np.where(hard, 0.01, 0.15)).astype(float)
        odds = np.where(hard, 0.3, 0.03)
        drawn = rng.random(4000) < odds
        truth = float(loss.mean())
        rungs = np.array([0.0])
        broken += promises(rungs, score[drawn], loss[drawn], score, odds=odds[drawn])[0].among < truth
        naive += promises(rungs, score[drawn], loss[drawn], score)[0].among < truth
    assert broken <= allowed(runs)
    assert naive > runs / 2


def test_everything_to_people_is_an_answer() -> None:
    rng = np.random.default_rng(2)
    score = rng.random(5000)
    coin = (rng.random(400) < 0.5).astype(float)
    found = permit(promises(grid(score), score[:400], coin, score), 0.05, "among")
    assert found == (None, None, "send everything to people: errors are too frequent for this promise")
    early = permit(promises(grid(score), score[:5], np.zeros(5), score), 0.05, "among")
    assert early.promise is None
    assert early.more is not None
    assert "more blind answers" in early.why
    none = permit(promises(grid(score), [], [], score), 0.05)
    assert none.promise is None
    assert none.more is not None


@pytest.mark.parametrize("kind", ["total", "among"])
def test_the_answers_needed_suffice(kind: str) -> None:
    score = np.random.default_rng(3).random(20_000)
    audited, wrong = score[:200], np.zeros(200)
    wrong[np.argsort(audited)[[3, 60]]] = 1
    rungs = grid(score)
    before = permit(promises(rungs, audited, wrong, score), 0.02, kind)
    assert before.promise is None
    assert before.more
    times = math.ceil((200 + before.more) / 200 * 1.02)
    after = permit(promises(rungs, np.tile(audited, times), np.tile(wrong, times), score), 0.02, kind)
    assert after.promise is not None
    short = max(1, int((200 + before.more) / 200 * 0.5))
    assert permit(promises(rungs, np.tile(audited, short), np.tile(wrong, short), score), 0.02, kind).promise is None


def test_good_suggestions_are_accepted_and_more_of_them_with_more_audits() -> None:
    rng = np.random.default_rng(4)
    score, loss = world(20_000, rng)
    shares = []
    for n in (100, 1000, 5000):
        found = permit(promises(grid(score), score[:n], loss[:n], score), 0.05)
        shares.append(found.promise.accepted / 20_000 if found.promise else 0.0)
    assert shares[0] < shares[1] < shares[2]
    assert shares[2] > 0.4
    row = promises(grid(score), score[:1000], loss[:1000], score)[-1]
    assert row.accepted == row.of == row.above == 20_000
    assert answers_needed(row, 0.9) == 0


def test_between_two_thresholds_the_looser_one_decides() -> None:
    score = np.linspace(0, 1, 1001)
    rows = promises([0.5, 0.0], score[::10], np.zeros(101), score, at=[0.75, 0.5, 0.25, -1.0])
    assert [r.accepted for r in rows] == [251, 501, 751, 1001]
    assert rows[0].errors == pytest.approx(rows[1].errors)
    assert rows[0].among == pytest.approx(2 * rows[1].among, rel=0.01)
    assert rows[2].errors == rows[3].errors or rows[3].errors == 1001
    # below the loosest threshold of the grid nothing is promised
    assert rows[3].among == 1


def test_the_grid_accepts_equal_shares() -> None:
    assert grid(np.arange(100)).tolist() == [90, 80, 70, 60, 50, 40, 30, 20, 10, 0]
    assert grid([0.5] * 30).tolist() == [0.5]
    with pytest.raises(ValueError, match="No items"):
        grid([])


def test_alpha_is_shared_and_never_overspent() -> None:
    assert sum(spend(0.05, v) for v in range(1, 2000)) < 0.05
    assert split(0.05, [1, 3]).tolist() == pytest.approx([0.0125, 0.0375])
    score = np.linspace(0, 1, 100)
    rows = [promises([0.5], score, np.zeros(100), score, alpha=float(a))[0] for a in split(0.05, [1, 1])]
    accepted, of, among, total = together(rows)
    assert (accepted, of) == (100, 200)
    assert among == pytest.approx(sum(r.errors for r in rows) / 100) == 2 * total


def test_what_makes_no_sense_is_refused() -> None:
    for call, words in (
        (lambda: promises([0.5], [1.0], [1.5], [1.0]), "0..1"),
        (lambda: promises([0.5], [1.0], [], [1.0]), "as many losses"),
        (lambda: promises([0.5], [1.0], [0.0], [math.nan]), "NaN"),
        (lambda: promises([0.5], [1.0], [0.0], [1.0], odds=[0.0]), "odds"),
        (lambda: promises([0.5], [1.0], [0.0], [1.0], odds=[0.1], least_odds=0.2), "least odds"),
        (lambda: promises([0.5], [1.0], [0.5], [1.0], one_look=True), "exact bound"),
        (lambda: permit([], 2.0), "bound asked for"),
        (lambda: permit([], 0.1, "some"), "promise is"),
        (lambda: spend(0.05, 0), "from 1"),
        (lambda: split(0.05, [0, 0]), "Shares"),
        (lambda: exact_upper(2, 1, 0.05), "no share"),
    ):
        with pytest.raises(ValueError, match=words):
            call()
    assert permit([], 0.1).promise is None
