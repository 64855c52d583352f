"""Outlines, lines, figures and masks as arrays: against what can be worked out by hand, or slowly and plainly."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milo.stats import outlines, rle

SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]
_bitmaps = st.integers(1, 9).flatmap(
    lambda h: st.integers(1, 9).flatmap(
        lambda w: st.lists(st.booleans(), min_size=h * w, max_size=h * w).map(lambda on: np.array(on).reshape(h, w))
    )
)


def counts_of(bitmap: Any) -> Any:
    return rle.from_bitmap(bitmap, 0, 0, bitmap.shape)


def whole(counts: Any, size: tuple[int, int]) -> Any:
    left, top, part = rle.to_bitmap(counts, size)
    out = np.zeros(size, bool)
    out[top : top + part.shape[0], left : left + part.shape[1]] = part
    return out


@settings(max_examples=200, deadline=None)
@given(_bitmaps)
def test_a_mask_comes_back_from_its_text(bitmap: Any) -> None:
    counts = counts_of(bitmap)
    assert counts.sum() == bitmap.size
    assert rle.area(counts) == bitmap.sum()
    again = rle.read_text(rle.write_text(counts))
    assert (again == counts).all()
    assert (whole(again, bitmap.shape) == bitmap).all()
    rows, columns = np.nonzero(bitmap)
    x, y, w, h = rle.extent(counts, bitmap.shape[0])
    if len(rows):
        assert (x, w) == (columns.min(), np.ptp(columns) + 1)
        assert y <= rows.min()
        assert y + h >= rows.max() + 1


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_masks_are_held_against_each_other_pixel_by_pixel(data: st.DataObject) -> None:
    first = data.draw(_bitmaps)
    others = [
        np.array(data.draw(st.lists(st.booleans(), min_size=first.size, max_size=first.size))).reshape(first.shape)
        for _ in range(2)
    ]
    a, b, c = (counts_of(m) for m in (first, *others))
    assert rle.common(a, b) == ((first & others[0]).sum(), (first | others[0]).sum())
    votes = first.astype(int) + others[0] + others[1]
    assert (whole(rle.majority([a, b, c], first.size), first.shape) == (2 * votes >= 3)).all()


def test_the_text_is_that_of_coco() -> None:
    assert rle.write_text([6, 1, 40, 4, 5, 4, 5, 4, 21]) == "61X13mN000`0"
    assert rle.read_text("61X13mN000`0").tolist() == [6, 1, 40, 4, 5, 4, 5, 4, 21]
    big = [0, 400_000_000, 3, 1, 400_000_000]
    assert rle.read_text(rle.write_text(big)).tolist() == big


@given(st.lists(st.integers(0, 2**33), max_size=12), st.integers(1, 40))
@settings(max_examples=40)
def test_short_and_long_masks_are_written_and_read_alike(part: list[int], times: int) -> None:
    counts = part * times
    together = rle.write_text(counts * 20)
    assert rle.read_text(together).tolist() == counts * 20
    with pytest.MonkeyPatch.context() as patch:
        texts = [rle.write_text(counts)]
        patch.setattr(rle, "_SHORT", -1)
        texts.append(rle.write_text(counts))
        long = rle.read_text(texts[0]).tolist()
        patch.setattr(rle, "_SHORT", 10**9)
        assert long == rle.read_text(texts[0]).tolist() == counts
    assert texts[0] == texts[1]


@pytest.mark.parametrize("bad", ["é", "P", "oooooooo0", " ", "0é", "00o"])
@pytest.mark.parametrize("length", [1, 1000])
def test_what_is_no_compressed_mask_is_refused(bad: str, length: int) -> None:
    with pytest.raises(ValueError, match=r"."):
        rle.read_text("0" * (length - 1) + bad)


def test_a_mask_without_empty_runs_stays_as_it_is() -> None:
    assert rle.canonical([0, 3, 2]).tolist() == [0, 3, 2]
    assert rle.canonical([2, 3, 0, 1, 4, 0]).tolist() == [2, 4, 4]


def test_an_outline_takes_the_pixels_whose_middle_it_holds() -> None:
    counts = rle.from_outlines([[(1, 1), (4, 1), (4, 3.4), (1, 3.4)], [(2, 1), (3, 1), (3, 2), (2, 2)]], (5, 6))
    expected = np.zeros((5, 6), bool)
    expected[1:3, 1:4] = True
    expected[1, 2] = False
    assert (whole(counts, (5, 6)) == expected).all()


def test_areas_of_outlines() -> None:
    hole = [(2, 2), (8, 2), (8, 8), (2, 8)]
    assert outlines.area([SQUARE]) == pytest.approx(100)
    assert outlines.area([SQUARE, hole]) == pytest.approx(64, rel=0.01)
    assert outlines.area([[(0, 0), (10, 10), (10, 0), (0, 10)]]) == pytest.approx(50, rel=0.01)  # a bow tie
    circle = [(50 + 40 * math.cos(t), 50 + 40 * math.sin(t)) for t in np.linspace(0, 2 * math.pi, 400, endpoint=False)]
    assert outlines.area([circle]) == pytest.approx(math.pi * 1600, rel=0.001)
    shifted = [(x + 5, y) for x, y in SQUARE]
    assert outlines.overlap([SQUARE], [shifted]) == pytest.approx(1 / 3, rel=0.001)
    assert outlines.overlap([SQUARE], [[(20, 0), (30, 0), (30, 10)]]) == 0.0
    assert outlines.overlap([SQUARE], [SQUARE, hole]) == pytest.approx(0.64, rel=0.01)


@settings(max_examples=100, deadline=None)
@given(*[st.lists(st.tuples(st.floats(0, 99), st.floats(0, 99)), min_size=3, max_size=8)] * 2)
def test_overlap_is_symmetric_and_a_share(a: Any, b: Any) -> None:
    score = outlines.overlap([a], [b])
    assert 0 <= score <= 1
    assert score == outlines.overlap([b], [a])


def test_lines_and_figures() -> None:
    flat = [(0, 0), (100, 0)]
    assert outlines.distance(flat, [(100, 3), (50, 3), (0, 3)]) == pytest.approx(3)
    assert outlines.distance(flat, flat) == pytest.approx(0, abs=1e-9)
    figure = [[0, 0, 2], [100, 0, 2], [100, 100, 1], [0, 0, 0]]
    moved = [[x + 5, y, v] if v else [0, 0, 0] for x, y, v in figure]
    near = math.exp(-25 / (2 * 10_000 * 0.1**2))
    assert outlines.likeness(figure, moved, [0.05] * 4) == pytest.approx(near)
    less = [*figure[:2], [0, 0, 0], [0, 0, 0]]
    assert outlines.likeness(figure, less, [0.05] * 4) == pytest.approx(2 / 3)
