"""Results of studies: nominal errors with people and items that differ, verdicts by the book, a second opinion that agrees."""

import math
from typing import Any

import numpy as np
import pytest

from milo.stats.intervals import Estimate, clopper_pearson
from milo.stats.rehearsal import Person, Task, rehearse
from milo.stats.study import (
    Ratio,
    clustered_share,
    learning,
    pull,
    quality_difference,
    reliance,
    throughput_ratio,
    time_ratio,
    time_ratio_between,
    tlx,
    verdict,
)  # fmt: skip
from milo.stats.study_mixed import fit
from milo.stats.study_plan import Spread, crossover


def study(seed: int, people: int = 8, per_arm: int = 20, effect: float = 0.0, spread: Spread | None = None):
    """Log times and qualities of a crossover in which people, items and people's gain differ."""
    s, rng = spread or Spread(), np.random.default_rng(seed)
    plan = crossover(people, 2, per_arm, np.zeros(2 * per_arm + 5), seed=seed)
    who, item, arm = plan.annotator, plan.item, plan.arm
    pace, gain, hard = (
        sd * rng.normal(size=n) for sd, n in ((s.annotator, people), (s.help, people), (s.item, 2 * per_arm + 5))
    )
    logs = 3 + pace[who] + hard[item] + arm * (effect + gain[who]) + s.residual * rng.normal(size=len(who))
    skill, lift, ease = 0.6 * rng.normal(size=people), 0.4 * rng.normal(size=people), rng.normal(size=2 * per_arm + 5)
    right = rng.random(len(who)) < 1 / (1 + np.exp(-(1.5 + skill[who] + lift[who] * arm + ease[item])))
    return np.exp(logs), right.astype(float), who, item, arm


def test_no_effect_is_claimed_no_more_often_than_stated() -> None:
    runs, time_, quality = 400, 0, 0
    for seed in range(runs):
        seconds, right, who, item, arm = study(seed)
        time_ = time_ + (time_ratio(seconds, who, arm).p <= 0.05)
        found = quality_difference(right, who, item, arm)
        quality += not found.low <= 0 <= found.high
    limit = runs * 0.05 + 2 * math.sqrt(runs * 0.05 * 0.95)
    assert time_ <= limit
    assert quality <= limit


def test_a_true_saving_is_found_and_covered() -> None:
    covered, found, methods = 0, 0, set[str]()
    for seed in range(200):
        seconds, _, who, _, arm = study(seed, people=16, per_arm=40, effect=math.log(0.8))
        ratio = time_ratio(seconds, who, arm)
        covered += ratio.low <= 0.8 <= ratio.high
        found += ratio.p <= 0.05
        methods.add(ratio.method)
    assert covered >= 190 - 2 * math.sqrt(200 * 0.05 * 0.95)
    assert found >= 0.93 * 200  # power says .97
    assert methods == {"paired t"}


def test_small_teams() -> None:
    seconds, _, who, _, arm = study(1, people=6, effect=-1.0)
    six = time_ratio(seconds, who, arm)
    assert six.p == pytest.approx(2 / 64)
    assert six.method.startswith("exact")
    one = time_ratio(seconds[who == 0], who[who == 0], arm[who == 0])
    assert one.scope == "this person only"
    assert one.p < 0.01
    nobody = time_ratio(seconds[arm == 0], who[arm == 0], arm[arm == 0])
    assert math.isnan(nobody.value)
    assert nobody.p == 1


def test_one_arm_per_person_against_scipy() -> None:
    from scipy.stats import ttest_ind

    rng = np.random.default_rng(2)
    who = np.repeat(np.arange(12), 5)
    arm = (who % 2).astype(int)
    seconds = np.exp(rng.normal(size=12)[who] * 0.3 - 0.4 * arm)
    found = time_ratio_between(seconds, who, arm)
    means = np.array([np.log(seconds[who == a]).mean() for a in range(12)])
    peer: Any = ttest_ind(means[1::2], means[::2], equal_var=False)
    assert found.p == pytest.approx(float(peer.pvalue))
    assert math.log(found.low) == pytest.approx(float(peer.confidence_interval().low))
    assert math.isnan(time_ratio_between(seconds[:5], who[:5], arm[:5]).value)


def test_the_verdict_grid() -> None:
    def ratio(value: float, low: float, high: float, p: float) -> Ratio:
        return Ratio(value, low, high, p, 8, 0.95, "", "")

    def quality(value: float, low: float, high: float) -> Estimate:
        return Estimate(value, low, high, 100)

    fast, same, unsure, slow = (
        ratio(0.8, 0.7, 0.9, 0.01), ratio(1, 0.97, 1.03, 0.9), ratio(0.9, 0.7, 1.1, 0.3), ratio(1.3, 1.1, 1.5, 0.01),
    )  # fmt: skip
    good, bad, open_ = quality(0, -0.01, 0.01), quality(-0.1, -0.15, -0.05), quality(0, -0.1, 0.1)
    assert verdict(fast, good).grid == "faster and not worse"
    assert verdict(fast, bad).grid == "faster and worse"
    assert verdict(fast, open_).grid == "cannot tell"
    assert verdict(same, good).grid == "no gain"
    assert verdict(slow, good).grid == "no gain"
    assert verdict(unsure, good).grid == "cannot tell"
    assert verdict(fast, good, p=0.2).grid == "cannot tell"
    # slightly but surely lower, within the margin: not worse by the margin set beforehand
    assert verdict(fast, quality(-0.01, -0.015, -0.005)).quality == "not worse"
    assert "0.80 times as long" in verdict(fast, good).why


def test_the_mixed_model_against_statsmodels() -> None:
    pandas, smf = pytest.importorskip("pandas"), pytest.importorskip("statsmodels.formula.api")
    import warnings

    seconds, _, who, item, arm = study(5, people=8, per_arm=12, effect=-0.2, spread=Spread(help=0.3))
    y = np.log(seconds)
    found = fit(y, who, item, arm)
    table = pandas.DataFrame({"y": y, "who": who, "item": item, "arm": arm, "both": who * 2 + arm, "all": 1})
    parts = {"who": "0+C(who)", "both": "0+C(both)", "item": "0+C(item)"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = smf.mixedlm("y ~ arm", table, groups="all", vc_formula=parts).fit(reml=True)
    assert found.criterion <= -2 * peer.llf + 0.02
    assert found.arms[0].value == pytest.approx(peer.params["arm"], abs=0.01)
    assert found.arms[0].error == pytest.approx(peer.bse["arm"], rel=0.1)
    assert found.spread.residual == pytest.approx(math.sqrt(peer.scale), rel=0.05)
    assert found.arms[0].freedom <= 7


def test_where_no_spread_of_help_is_seen_people_are_still_the_evidence() -> None:
    seen = 0
    for seed in range(24):
        seconds, _, who, item, arm = study(seed, people=6, per_arm=10, effect=0.0, spread=Spread(help=0.05))
        y = np.log(seconds)
        found = fit(y, who, item, arm)
        by = np.array([y[(who == w) & (arm == 1)].mean() - y[(who == w) & (arm == 0)].mean() for w in range(6)])
        if found.spread.help == 0:
            seen += 1
            assert found.arms[0].error >= by.std(ddof=1) / math.sqrt(6) - 1e-12
            assert found.arms[0].freedom <= 5
    assert seen >= 5


def test_the_second_opinion_agrees_and_finds_the_spread() -> None:
    true = Spread(0.5, 0.4, 0.3, 0.35)
    fits, ratios = [], []
    for seed in range(6):
        seconds, _, who, item, arm = study(seed, people=12, per_arm=20, effect=-0.3, spread=true)
        fits.append(fit(np.log(seconds), who, item, arm, covariates=np.arange(len(who)) % 7))
        ratios.append(math.log(time_ratio(seconds, who, arm).value))
    assert [f.arms[0].value for f in fits] == pytest.approx(ratios, abs=0.06)
    for name, value in true._asdict().items():
        assert np.mean([getattr(f.spread, name) for f in fits]) == pytest.approx(value, abs=0.1)
    assert all(abs(f.covariates[0].value) < 0.1 for f in fits)
    with pytest.raises(ValueError, match="too few"):
        fit([1.0, 2.0], [0, 0], [0, 1], [0, 1])


def test_pull_and_reliance() -> None:
    found = reliance([1, 1, 0, 1, 0], [1, 0, 0, 1, 1])
    assert (found.over.value, found.under.value) == (0.5, pytest.approx(1 / 3))
    assert (found.over.low, found.over.high) == clopper_pearson(1, 2)
    rng, covered, naive = np.random.default_rng(3), 0, 0
    for _ in range(300):
        who = np.repeat(np.arange(10), 30)
        lean = rng.normal(size=10)
        chance = 1 / (1 + np.exp(-lean[who]))
        truth = float(np.mean(1 / (1 + np.exp(-np.random.default_rng(0).normal(size=100_000)))))
        hit = rng.random(300) < chance
        one, two = clustered_share(hit, who), clustered_share(hit)
        covered += one.low <= truth <= one.high
        naive += two.low <= truth <= two.high
    assert covered >= 285 - 2 * math.sqrt(300 * 0.05 * 0.95)
    assert naive < 250
    shown = rng.random(600) < 0.5
    agrees = rng.random(600) < np.where(shown, 0.9, 0.7)
    found = pull(agrees, shown)
    assert found.low < 0.2 < found.high
    assert found.low > 0
    assert math.isnan(pull([True], [True]).value)


def test_learning_load_and_throughput() -> None:
    rng = np.random.default_rng(4)
    who, trial = np.repeat(np.arange(6), 50), np.tile(np.arange(1, 51), 6)
    seconds = np.exp(3 + 0.2 * rng.normal(size=6)[who] + math.log(0.9) * np.log2(trial) + 0.2 * rng.normal(size=300))
    found = learning(seconds, trial, who)
    assert found.low < 0.9 < found.high < 1
    load = tlx(np.full((4, 6), 50.0) + np.array([[0], [10], [0], [20]]), [0, 0, 1, 1], [0, 1, 0, 1])
    assert load.value == 15
    arm = (trial > 25).astype(int)
    rate = throughput_ratio(np.ones(300), np.where(arm == 1, 5.0, 10.0), who, arm)
    assert rate.value == pytest.approx(2, rel=0.01)
    with pytest.raises(ValueError, match="Six"):
        tlx([[101.0] * 6], [0], [0])
    with pytest.raises(ValueError, match="above 0"):
        time_ratio([0.0], [0], [0])


def test_a_rehearsed_study_finds_what_was_put_in() -> None:
    task = Task(seconds=30, model_right=0.9, saving=0.4)
    people = [Person(accuracy=0.9, reliance=0.2) for _ in range(12)]
    plan = crossover(12, 2, 40, np.zeros(80), seed=1)
    found = rehearse(plan, people, task, arms=(False, True), seed=2)
    ratio = time_ratio(found.seconds, plan.annotator, plan.arm)
    assert ratio.high < 1
    panel = reliance(found.accepted[found.shown], found.suggestion_right[found.shown], plan.annotator[found.shown])
    assert panel.over.value > panel.under.value
