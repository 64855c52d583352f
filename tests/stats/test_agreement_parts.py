"""Agreement by label, pair and item against counting by hand."""

# pyright: reportOptionalOperand=false, reportOperatorIssue=false

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.stats.agreement import krippendorff_alpha
from milo.stats.agreement_parts import by_item, by_label, by_pair, shared
from milo.stats.kappa import cohen_kappa
from milo.stats.ratings import column_counts

answers = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4), st.integers(0, 2)), max_size=25).map(
    lambda rows: list({(i, r): (i, r, c) for i, r, c in rows}.values())
)


@given(answers)
def test_pairs_are_those_of_the_double_loop(rows):
    item, rater, code = np.array(rows).reshape(-1, 3).T
    found = sorted(zip(*(c.tolist() for c in shared(item, rater, code)), strict=True))
    expected = sorted((r, s, c, d) for i, r, c in rows for j, s, d in rows if i == j and r < s)
    assert found == expected
    for pair in by_pair(item, rater, code):
        both = [(c, d) for r, s, c, d in expected if (r, s) == (pair.a, pair.b)]
        assert pair.observed.value == pytest.approx(np.mean([c == d for c, d in both]))
        assert pair.kappa.value == cohen_kappa(*np.array(both).T).value
        assert pair.observed.n_items == len(both)


def test_labels_by_hand():
    # two raters, four items: both a, both a, a and b, both b
    counts = column_counts([0, 0, 1, 1, 2, 2, 3, 3], [0, 0, 0, 0, 0, 1, 1, 1])
    first, second = by_label(counts, replicates=200)
    assert first.specific.value == pytest.approx(4 / 5)
    assert second.specific.value == pytest.approx(2 / 3)
    assert (first.n, second.n) == (5, 3)
    assert first.specific.low <= 0.8 <= first.specific.high
    assert first.alpha.value == second.alpha.value == krippendorff_alpha([[0, 0], [0, 0], [0, 1], [1, 1]]).value
    nobody = by_label(column_counts([0, 0], [0, 0], n_codes=2))[1]
    assert "Nobody" in nobody.specific.why


@given(answers)
def test_items(rows):
    item, rater, code = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    share, pairs = by_item(item, code, 7)
    assert share.shape == pairs.shape == (7,)
    assert np.array_equal(np.isnan(share), pairs == 0)
    assert ((share[pairs > 0] >= 0) & (share[pairs > 0] <= 1)).all()
    assert pairs.sum() == len(shared(item, rater, code)[0])


def test_least_leaves_out_pairs_that_share_little():
    item, rater, code = [0, 0, 0, 1, 1], [0, 1, 2, 0, 1], [0, 0, 1, 1, 1]
    assert [(p.a, p.b) for p in by_pair(item, rater, code)] == [(0, 1), (0, 2), (1, 2)]
    assert [(p.a, p.b) for p in by_pair(item, rater, code, least=2)] == [(0, 1)]
    assert by_pair([], [], []) == []
