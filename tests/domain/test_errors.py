"""Errors: one tree, each with a message and a place."""

from __future__ import annotations

import re

from milo.domain import errors
from milo.domain.errors import InvalidValue, MiloError, MissingExtra


def test_the_drawn_tree_is_the_real_one() -> None:
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or ""))
    real = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, MiloError)}
    assert real == drawn | {"MiloError"}


def test_an_error_carries_its_place() -> None:
    error = InvalidValue("too long", place="questions.q")
    assert (str(error), error.message, error.place) == ("too long", "too long", "questions.q")


def test_a_missing_extra_says_how_to_install_it() -> None:
    assert str(MissingExtra("Parquet", "parquet")) == (
        'Parquet needs the extra "parquet". Install it with: pip install "milo[parquet]"'
    )
