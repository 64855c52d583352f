"""Alpha and its relatives against published values, slow literal versions, other libraries, and their laws."""

# pyright: reportOptionalOperand=false, reportOperatorIssue=false

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milo.stats.agreement import NAMES, alpha, alpha_of_values, krippendorff_alpha, label_counts
from milo.stats.kappa import (
    cohen_kappa,
    fleiss_kappa,
    gwet_ac,
    observed_agreement,
    percent_agreement,
    weight_matrix,
)
from milo.stats.ratings import column_counts, table_counts

FOUR_OBSERVERS = (
    np.array(
        [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
            [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
        ]
    ).T
    - 1
)
"""Krippendorff (2011), example C: twelve units, four observers, values 1 to 5 (here codes 0 to 4)."""

tables = st.integers(2, 4).flatmap(
    lambda raters: st.lists(st.lists(st.integers(-1, 3), min_size=raters, max_size=raters), min_size=1, max_size=12)
)


@pytest.mark.parametrize(("distance", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)])
def test_alpha_of_the_published_example(distance, value):
    found = krippendorff_alpha(FOUR_OBSERVERS, distance, values=[1, 2, 3, 4, 5])
    assert found.value == pytest.approx(value, abs=5e-4)
    assert found.low < found.value <= found.high
    assert (found.n_items, found.n_pairs, found.why) == (11, 55, "")


def test_gwet_and_fleiss_of_the_published_example():
    # Gwet, Handbook of Inter-Rater Reliability (2014): the same twelve units, coefficient and 95 % interval
    for measure, value, low in ((gwet_ac, 0.77544, 0.461), (fleiss_kappa, 0.76117, 0.424)):
        found = measure(FOUR_OBSERVERS)
        assert found.value == pytest.approx(value, abs=5e-6)
        assert found.low == pytest.approx(low, abs=5e-4)
        assert found.high == 1.0
    assert observed_agreement(FOUR_OBSERVERS).value == pytest.approx(0.81818, abs=5e-6)


def literal_alpha(table, distance):
    """By the definition: mean distance within items (weighed by their size) over mean distance among all answers."""
    items = [[c for c in row if c >= 0] for row in table]
    items = [row for row in items if len(row) >= 2]
    pool = [c for row in items for c in row]
    if not pool:
        return None
    within = sum(2 * sum(distance(a, b, pool) for a, b in combinations(row, 2)) / (len(row) - 1) for row in items)
    between = 2 * sum(distance(a, b, pool) for a, b in combinations(pool, 2)) / (len(pool) - 1)
    return None if between == 0 else 1 - within / between


def literal_ordinal(a, b, pool):
    low, high = min(a, b), max(a, b)
    count = [pool.count(c) for c in range(low, high + 1)]
    return (sum(count) - (count[0] + count[-1]) / 2) ** 2


LITERAL = {
    "nominal": lambda a, b, pool: float(a != b),
    "ordinal": literal_ordinal,
    "interval": lambda a, b, pool: (a - b) ** 2,
    "ratio": lambda a, b, pool: ((a - b) / (a + b)) ** 2 if a + b else 0.0,
}


@pytest.mark.parametrize("distance", NAMES)
@given(table=tables)
def test_alpha_is_the_literal_one(distance, table):
    found = krippendorff_alpha(table, distance, replicates=0)
    expected = literal_alpha(table, LITERAL[distance])
    assert found.value == (None if expected is None else pytest.approx(expected, abs=1e-9))
    assert (found.value is None) == bool(found.why and "interval" not in found.why)
    assert found.value is None or found.value <= 1


@given(tables, st.randoms(use_true_random=False))
def test_order_and_names_do_not_matter(table, random):
    table = np.array(table)
    items, raters, codes = [random.sample(range(n), n) for n in (*table.shape, 4)]
    moved = table[items][:, raters]
    renamed = np.where(moved >= 0, np.array([*codes, -1])[moved], -1)
    for measure in (lambda t: krippendorff_alpha(t, replicates=0), fleiss_kappa, observed_agreement):
        one, two, three = (measure(t) for t in (table, moved, renamed))
        for other in (two, three):
            assert other.value == (None if one.value is None else pytest.approx(one.value, abs=1e-9))
    same, other = gwet_ac(table_counts(table, 4)), gwet_ac(table_counts(renamed, 4))
    assert other.value == (None if same.value is None else pytest.approx(same.value, abs=1e-9))


@given(tables)
def test_no_value_without_a_reason_and_no_nan(table):
    for found in (
        krippendorff_alpha(table, replicates=50),
        fleiss_kappa(table),
        gwet_ac(table),
        observed_agreement(table),
        cohen_kappa(np.array(table)[:, 0], np.array(table)[:, 1]),
        percent_agreement(np.array(table)[:, 0], np.array(table)[:, 1]),
    ):
        assert (found.value is not None) or found.why
        assert all(v is None or math.isfinite(v) for v in found[:3])
        if found.low is not None:
            assert found.low <= found.value + 1e-9
            assert found.value - 1e-9 <= found.high <= 1
        elif found.value is not None:
            assert found.why


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=60))
def test_two_raters_are_symmetric(pairs):
    a, b = np.array(pairs).T
    for weights in ("identity", "linear", "quadratic", "ordinal"):
        one, two = cohen_kappa(a, b, weights, 4), cohen_kappa(b, a, weights, 4)
        assert one.value == (None if two.value is None else pytest.approx(two.value))
        assert one.low == (None if two.low is None else pytest.approx(two.low, abs=1e-6))
        whole = cohen_kappa(a, a, weights, 4).value
        assert whole is None or whole == pytest.approx(1)


def test_kappa_agrees_with_statsmodels_and_scikit_learn():
    raters = pytest.importorskip("statsmodels.stats.inter_rater", reason="statsmodels is not installed")
    from sklearn.metrics import cohen_kappa_score

    rng = np.random.default_rng(5)
    a = rng.integers(0, 4, 300)
    b = np.where(rng.random(300) < 0.6, a, rng.integers(0, 4, 300))
    joint = np.zeros((4, 4))
    np.add.at(joint, (a, b), 1)
    for weights, theirs, sk in (("identity", None, None), ("linear", "linear", "linear"), ("quadratic", "fc", "quadratic")):
        ours = cohen_kappa(a, b, weights)
        other = raters.cohens_kappa(joint, wt=theirs) if theirs else raters.cohens_kappa(joint)
        assert ours.value == pytest.approx(other.kappa)
        assert ours.value == pytest.approx(cohen_kappa_score(a, b, weights=sk))
        assert (ours.low, ours.high) == pytest.approx((other.kappa_low, other.kappa_upp))
    table = rng.integers(0, 3, (80, 5))
    assert fleiss_kappa(table).value == pytest.approx(raters.fleiss_kappa(label_counts(table)))


@pytest.mark.parametrize("measure", [fleiss_kappa, gwet_ac, observed_agreement])
@pytest.mark.parametrize("weights", ["identity", "quadratic"])
def test_analytic_errors_are_those_of_the_jackknife(measure, weights):
    rng = np.random.default_rng(8)
    truth = rng.choice(4, 150, p=[0.6, 0.2, 0.1, 0.1])
    table = np.where(rng.random((150, 4)) < 0.7, truth[:, None], rng.integers(0, 4, (150, 4)))
    table[rng.random((150, 4)) < 0.25] = -1
    table[:, 0] = np.maximum(table[:, 0], 0)
    found = measure(table, weights)
    left = np.array([measure(np.delete(table, i, axis=0), weights).value for i in range(150)])
    error = math.sqrt(149 / 150 * ((left - left.mean()) ** 2).sum())
    assert (found.high - found.low) / 2 / 1.976 == pytest.approx(error, rel=0.03)


def simulated(rng, items):
    truth = rng.choice(3, items, p=[0.6, 0.3, 0.1])
    return np.where(rng.random((items, 3)) < 0.7, truth[:, None], rng.choice(3, (items, 3), p=[0.6, 0.3, 0.1]))


def test_intervals_cover_the_truth_at_their_rate():
    rng = np.random.default_rng(11)
    large = simulated(rng, 400_000)
    measures = {
        "alpha": lambda t: krippendorff_alpha(t, replicates=300),
        "fleiss": fleiss_kappa,
        "gwet": gwet_ac,
        "cohen": lambda t: cohen_kappa(t[:, 0], t[:, 1]),
    }
    truth = {name: measure(large).value for name, measure in measures.items()}
    covered = dict.fromkeys(measures, 0)
    for _ in range(300):
        table = simulated(rng, 100)
        for name, measure in measures.items():
            found = measure(table)
            covered[name] += found.low <= truth[name] <= found.high
    # two standard errors of 300 runs at 95 % are 2.5 points; a percentile bootstrap is a little narrow at 100 items
    assert all(0.915 <= count / 300 <= 0.985 for count in covered.values()), covered


def test_columns_and_tables_are_the_same_and_pooling_changes_nothing():
    rng = np.random.default_rng(3)
    table = rng.integers(-1, 4, (60, 4))
    item, rater = np.nonzero(table >= 0)
    assert alpha(column_counts(item, table[item, rater], 60)) == krippendorff_alpha(table)
    many = rng.permutation(240).reshape(60, 4) // 2
    one = krippendorff_alpha(many, "interval", replicates=200)
    assert one.value == pytest.approx(literal_alpha(many.tolist(), LITERAL["interval"]))
    assert one.low < one.value < one.high


def test_a_matrix_and_a_function_are_distances_too():
    values = ["red", "reed", "blue", "blues", "green"]
    nominal = krippendorff_alpha(FOUR_OBSERVERS, values=values)
    assert krippendorff_alpha(FOUR_OBSERVERS, lambda a, b: float(a != b), values) == nominal
    assert krippendorff_alpha(FOUR_OBSERVERS, 1 - np.eye(5)) == nominal
    squares = np.subtract.outer(np.arange(5), np.arange(5)) ** 2
    assert krippendorff_alpha(FOUR_OBSERVERS, squares).value == pytest.approx(0.849, abs=5e-4)


def test_alpha_of_any_values_is_alpha_when_all_pairs_are_taken_and_near_it_when_some_are():
    item, rater = np.nonzero(FOUR_OBSERVERS >= 0)
    code = FOUR_OBSERVERS[item, rater]
    found = alpha_of_values(item, lambda i, j: float(code[i] != code[j]))
    assert found.value == pytest.approx(0.743, abs=5e-4)
    assert found.low < found.value <= found.high
    rng = np.random.default_rng(4)
    table = simulated(rng, 3000)
    item, code = np.repeat(np.arange(3000), 3), table.ravel()
    some = alpha_of_values(item, lambda i, j: float(code[i] != code[j]), max_pairs=4000)
    assert some.value == pytest.approx(krippendorff_alpha(table, replicates=0).value, abs=0.05)
    assert some.n_pairs <= 4002
    assert "second person" in alpha_of_values([1, 2, 3], lambda i, j: 1.0).why
    assert "equal" in alpha_of_values([1, 1, 2, 2], lambda i, j: 0.0).why


def test_undefined_says_why():
    assert "No item has two answers" in krippendorff_alpha([[1, -1], [-1, 1]]).why
    assert "one and the same label" in krippendorff_alpha([[0, 0], [0, 0]]).why
    assert "one and the same label" in cohen_kappa([1, 1], [1, 1]).why
    assert percent_agreement([-1, 1], [1, -1]) == (None, None, None, 0, 0, "No item was answered by both.")
    assert gwet_ac([[0, 0], [0, 0]]).value is None
    assert gwet_ac(table_counts([[0, 0], [0, 0]], 2)).value == 1
    assert krippendorff_alpha([[0, 1]]).why.startswith("An interval needs")
    assert label_counts([[0, 1], [1, 1]]).tolist() == [[1, 1], [0, 2]]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: krippendorff_alpha([1, 2]), "items by raters"),
        (lambda: krippendorff_alpha([[0, 1]], "euclid"), "nominal, ordinal"),
        (lambda: krippendorff_alpha([[0, 1]], "ratio", values=[-1, 2]), "interval instead"),
        (lambda: krippendorff_alpha([[0, 1]], "interval", values=[1, math.nan]), "finite number"),
        (lambda: krippendorff_alpha([[0, 1]], np.eye(2)), "0 from a value to itself"),
        (lambda: krippendorff_alpha([[0, 1]], np.zeros((3, 3))), "shape"),
        (lambda: krippendorff_alpha([range(4000)], "ratio"), "round them"),
        (lambda: cohen_kappa([1], [1, 2]), "length"),
        (lambda: cohen_kappa([0, 1], [1, 0], "cubic"), "identity, linear"),
        (lambda: weight_matrix(2 * np.eye(2), 2), "1 on the diagonal"),
        (lambda: weight_matrix(np.eye(2), 3), "shape"),
        (lambda: column_counts([0, -1], [0, 1]), "negative"),
        (lambda: column_counts([0, 5], [0, 1], n_items=3), "announced"),
    ],
)
def test_what_makes_no_sense_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@settings(max_examples=25)
@given(tables)
def test_weights_only_add_credit(table):
    plain, kind = observed_agreement(table), observed_agreement(table, "quadratic")
    assert plain.value is None or plain.value <= kind.value + 1e-12
