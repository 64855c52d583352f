"""The report on a judge: figures that are worked out by hand, intervals that cover in simulation, and honesty about too little."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.judge_bench import RUBRIC
from milo.domain.rubric import rated
from milo.domain.verdict import Verdict
from milo.flow.judge_report import NEEDED, AdviceCounts, JudgeReport, Response, Seen, corrected_pass_rate, count_advice, report


def verdict(right: int, second: int = 3) -> Verdict:
    return rated(RUBRIC, {"right": right, "score": second})


def seen(pairs: list[tuple[int, int]], odds: float = 0.1, lengths: list[int] | None = None) -> list[Seen]:
    return [
        Seen(verdict(judge), verdict(auditor), odds, lengths[k] if lengths else 10 + k)
        for k, (judge, auditor) in enumerate(pairs)
    ]


def told(pairs: list[tuple[int, int]], judged: tuple[int, int] = (1000, 700), **more: object) -> JudgeReport:
    rows = seen(pairs, lengths=more.get("lengths"))  # type: ignore[arg-type]
    return report(RUBRIC, rows, judged, len(rows), [], AdviceCounts())


def test_figures_worked_out_by_hand() -> None:
    pairs = [(4, 4)] * 30 + [(1, 1)] * 12 + [(1, 4)] * 6 + [(4, 2)] * 2
    found = told(pairs)
    assert found.tested
    assert found.confusion == [[12, 2], [6, 30]], "rows are the auditors: failed, passed"
    assert found.agreement.value == pytest.approx(42 / 50)
    p = (14 * 18 + 36 * 32) / 2500
    assert found.kappa.value == pytest.approx((42 / 50 - p) / (1 - p))
    assert found.alarms is not None
    assert found.alarms.precision.value == pytest.approx(12 / 18)
    assert found.alarms.recall.value == pytest.approx(12 / 14)
    assert found.alarms.defects.value == pytest.approx(14 / 50)
    assert found.raw.value == 0.7
    assert found.corrected.value == pytest.approx(0.7 * 30 / 32 + 0.3 * 6 / 18)
    right = found.criteria[0]
    assert right.confusion == [[12, 0, 0, 0], [0, 0, 0, 2], [0, 0, 0, 0], [6, 0, 0, 30]]
    assert right.bias.value == pytest.approx((6 * -3 + 2 * 2) / 50)
    assert right.alarms is not None
    assert right.alarms.precision.value == pytest.approx(12 / 18)
    assert found.criteria[1].alarms is None, "without a mark there is no alarm"
    assert found.criteria[1].kappa.value is None, "both always said the same"
    assert found.criteria[1].kappa.why


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=60), st.integers(0, 500), st.data())
def test_every_figure_has_a_value_in_its_interval_or_a_reason(
    pairs: list[tuple[int, int]], n: int, data: st.DataObject
) -> None:
    passed = data.draw(st.integers(0, n))
    found = told(pairs, (n, passed))
    assert found.tested == (len(pairs) >= NEEDED)
    figures = [found.raw, found.corrected, found.kappa, found.agreement, found.length]
    for one in found.criteria:
        figures += [one.kappa, one.agreement, one.bias, one.length]
        figures += [one.alarms.precision, one.alarms.recall] if one.alarms else []
    for figure in figures:
        if figure.value is None:
            assert figure.why
        elif figure.low is not None and figure.high is not None:
            assert figure.low - 1e-9 <= figure.value <= figure.high + 1e-9
    assert sum(map(sum, found.confusion)) == len(pairs)


@pytest.mark.parametrize(
    ("good", "catches", "clears"), [(0.8, 0.9, 0.7), (0.95, 0.95, 0.5), (0.6, 0.75, 0.8), (0.3, 0.6, 0.9), (0.9, 1.0, 1.0)]
)
@pytest.mark.parametrize("audits", [50, 120])
def test_the_corrected_pass_rate_covers_the_truth(good: float, catches: float, clears: float, audits: int) -> None:
    """A judge with known errors over 1,000 answers, of which some are audited at random, many times over."""
    rng = np.random.default_rng(7)
    rounds, hit, known, off = 300, 0, 0, 0.0
    for _ in range(rounds):
        truth = rng.random(1000) < good
        passes = np.where(truth, rng.random(1000) < catches, rng.random(1000) >= clears)
        drawn = rng.choice(1000, audits, replace=False)
        found = corrected_pass_rate(passes[drawn], truth[drawn], (1000, int(passes.sum())))
        hit += found.low is None or found.high is None or found.low <= truth.mean() <= found.high
        known += found.value is not None
        off += float(passes.mean() - truth.mean())
    assert hit / rounds >= 0.93, "a 95 % interval; a little below is chance over so many rounds"
    assert known / rounds > 0.95
    if (good, catches) == (0.6, 0.75):
        assert abs(off / rounds) > 0.05, "the raw pass rate would be wrong here"


def test_a_judge_that_likes_long_answers_is_seen() -> None:
    rng = np.random.default_rng(1)
    auditors = rng.integers(1, 5, 200)
    lengths = rng.integers(10, 1000, 200)
    fond = np.clip(auditors + np.where(lengths > 500, 1, -1), 1, 4)
    found = told(list(zip(fond.tolist(), auditors.tolist(), strict=True)), lengths=lengths.tolist())
    assert found.length.low is not None
    assert found.length.low > 0.3
    fair = told(list(zip(auditors.tolist(), auditors.tolist(), strict=True)), lengths=lengths.tolist())
    assert fair.length.value is None or abs(fair.length.value) < 0.15


def test_unequal_odds_weigh_the_alarms() -> None:
    rows = seen([(1, 1)] * 20 + [(4, 4)] * 20, 0.5) + seen([(1, 4)] * 20, 0.1)
    found = report(RUBRIC, rows, (1000, 700), 60, [], AdviceCounts())
    assert found.alarms is not None
    assert found.alarms.precision.value == pytest.approx((20 / 0.5) / (20 / 0.5 + 20 / 0.1))


def test_comparisons_tell_of_a_lean_to_a_place() -> None:
    orders = [(1, -1)] * 30 + [(1, 1)] * 60 + [(-1, 1)] * 10
    found = report(RUBRIC, [], (0, 0), 0, orders, AdviceCounts())
    assert found.position is not None
    assert found.first_place is not None
    assert found.position.value == pytest.approx(0.6)
    assert found.first_place.value == pytest.approx(0.75)


def test_advice_is_counted_by_what_was_done_and_against_gold() -> None:
    rows = [
        Response(True, "taken", "a", "b", "b"), Response(True, "taken", "b", "a", "b"), Response(True, "changed", "a", "c", "b"),
        Response(True, "changed", "a", "b", None), Response(True, "dismissed", "a", None, "a"), Response(True, "none", "a", None, "b"),
        Response(False, "changed", "b", "a", "b"),
    ]  # fmt: skip
    assert count_advice(rows, lambda a, b: float(a == b)) == AdviceCounts(7, 6, 1, 2, 2, 3, right_to_wrong=1, wrong_to_right=1)
