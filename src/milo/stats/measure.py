"""A measured number together with how sure it is, or the reason why it cannot be told.

Stands alone because every measure of people and models ends in one: a page, a file or a command shows it as it is.
"""

from __future__ import annotations

from typing import NamedTuple


class Measure(NamedTuple):
    """A value with its interval (`low`, `high`), on `n_items` items and `n_pairs` compared pairs of answers.

    `value` is None where the measure is undefined, and `low` and `high` where no interval can be given; `why` then says the
    reason and what would help, in words for a reader. No field is ever NaN.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n_items: int = 0
    n_pairs: int = 0
    why: str = ""


NOTHING_SHARED = "No item has two answers, so that nothing can be compared: ask a second person about some items."
ONE_LABEL = "All answers are one and the same label; agreement beyond chance needs at least two labels in use."
ONE_ITEM = "An interval needs at least two items with two answers each."


def undefined(why: str, n_items: int = 0, n_pairs: int = 0) -> Measure:
    """A measure without a value, for this reason."""
    return Measure(None, None, None, n_items, n_pairs, why)
