"""Typed values read from what documents say. The cases are shared with the web app, which reads them in the same way."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.domain.typed import read_date, read_number

CASES: dict[str, list[list[Any]]] = json.loads(
    (Path(__file__).parents[2] / "web" / "src" / "lib" / "typed-cases.json").read_text("utf-8")
)


@pytest.mark.parametrize(("text", "wanted"), CASES["numbers"])
def test_numbers(text: str, wanted: float | None) -> None:
    assert read_number(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), CASES["amounts"])
def test_amounts(text: str, wanted: float | None) -> None:
    assert read_number(text, amount=True) == wanted


@pytest.mark.parametrize(("text", "decimal", "wanted"), CASES["pointed"])
def test_a_decimal_mark_that_is_told(text: str, decimal: str, wanted: float | None) -> None:
    assert read_number(text, decimal) == wanted


@pytest.mark.parametrize(("text", "wanted"), CASES["dates"])
def test_dates(text: str, wanted: str | None) -> None:
    assert read_date(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), CASES["american"])
def test_dates_with_the_month_first(text: str, wanted: str | None) -> None:
    assert read_date(text, "mdy") == wanted


@given(st.integers(-(10**9), 10**9), st.integers(0, 99))
def test_what_is_written_with_marks_reads_as_the_same_number(whole: int, cents: int) -> None:
    number = whole + cents / 100 if whole >= 0 else whole - cents / 100
    english = f"{abs(whole):,}.{cents:02d}"
    european = english.translate(str.maketrans(",.", ".,"))
    sign = "-" if number < 0 else ""
    assert read_number(sign + english, amount=True) == pytest.approx(number)
    assert read_number(sign + european, amount=True) == pytest.approx(number)


@given(st.dates(date(1970, 1, 1), date(2069, 12, 31)))
def test_every_date_reads_back_from_every_way_of_writing(day: date) -> None:
    iso = day.isoformat()
    assert read_date(iso) == iso
    assert read_date(day.strftime("%d.%m.%Y")) == iso
    assert read_date(day.strftime("%d/%m/%y")) == iso
    assert read_date(day.strftime("%m/%d/%Y"), "mdy") == iso
    assert read_date(day.strftime("%d %B %Y")) == iso
    assert read_date(day.strftime("%b %d, %Y")) == iso


@given(st.text(max_size=40))
def test_any_text_gives_a_value_or_none(text: str) -> None:
    read_number(text)
    read_date(text)
